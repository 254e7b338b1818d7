"""Power and heat as Linux tells them in sysfs; what a machine does not tell stays `None`.

The Raspberry Pi's firmware gives its throttling word in `get_throttled` (bits: Raspberry Pi documentation, `vcgencmd
get_throttled`); older kernels only alarm through the `rpi_volt` hwmon device.
"""

from __future__ import annotations

from pathlib import Path

from firmware.ports import PowerReading

UNDERVOLTAGE_NOW = 1 << 0
FREQUENCY_CAPPED_NOW, THROTTLED_NOW, SOFT_LIMIT_NOW = 1 << 1, 1 << 2, 1 << 3
THROTTLING_WORDS = (
    "sys/devices/platform/soc/soc:firmware/get_throttled",
    "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled",
)
CPU_ZONES = ("cpu-thermal", "cpu_thermal", "x86_pkg_temp")


class LinuxPower:
    """A `PowerMonitor` that reads sysfs below `root`."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def read(self) -> PowerReading:
        """The present reading; a handful of small files, well below a millisecond each."""
        word = self._throttling()
        percent, on_battery = self._supply()
        return PowerReading(
            undervoltage=self._alarm() if word is None else bool(word & UNDERVOLTAGE_NOW),
            throttled=None if word is None else bool(word & (FREQUENCY_CAPPED_NOW | THROTTLED_NOW | SOFT_LIMIT_NOW)),
            temperature_c=self._temperature(),
            battery_percent=percent,
            on_battery=on_battery,
        )

    def _throttling(self) -> int | None:
        for path in THROTTLING_WORDS:
            text = _text(self._root / path)
            if text is not None:
                try:
                    return int(text.removeprefix("throttled="), 16)
                except ValueError:
                    return None
        return None

    def _alarm(self) -> bool | None:
        for device in sorted(self._root.glob("sys/class/hwmon/hwmon*")):
            if _text(device / "name") == "rpi_volt":
                alarm = _number(device / "in0_lcrit_alarm")
                return None if alarm is None else bool(alarm)
        return None

    def _temperature(self) -> float | None:
        """Degrees Celsius of the processor, else of the hottest zone."""
        zones: dict[str, float] = {}
        for zone in sorted(self._root.glob("sys/class/thermal/thermal_zone*")):
            value = _number(zone / "temp")
            if value is not None:
                zones[_text(zone / "type") or zone.name] = value / 1000.0
        for name in CPU_ZONES:
            if name in zones:
                return zones[name]
        return max(zones.values(), default=None)

    def _supply(self) -> tuple[float | None, bool | None]:
        """Charge in percent, and whether the battery feeds the station."""
        percent: float | None = None
        mains: bool | None = None
        discharging: bool | None = None
        for supply in sorted(self._root.glob("sys/class/power_supply/*")):
            if _text(supply / "scope") == "Device":  # the battery of a mouse or scanner
                continue
            kind = _text(supply / "type")
            if kind in ("Battery", "UPS"):
                percent = _number(supply / "capacity") if percent is None else percent
                discharging = bool(discharging) or _text(supply / "status") == "Discharging"
            elif kind in ("Mains", "USB"):
                mains = bool(mains) or _number(supply / "online") == 1
        if percent is None and discharging is None:
            return None, None
        return percent, discharging if mains is None else not mains


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None


def _number(path: Path) -> float | None:
    text = _text(path)
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
