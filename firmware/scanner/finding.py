"""Which device is the scanner, when nobody said: looked up at each opening, so that another socket does no harm."""

from __future__ import annotations

from pathlib import Path

from firmware.ports import DeviceFault, DeviceUnavailable

AUTO = "auto"
SCANNER_WORDS = ("scan", "barcode", "qr", "symbol", "honeywell", "zebra", "newland", "hid_keyboard")


def serial_port(named: str, root: Path = Path("/")) -> str:
    """The path of the serial line; the only USB one when `named` is "auto". Raises `DeviceUnavailable`."""
    if named != AUTO:
        return named
    found = sorted((root / "dev/serial/by-id").glob("*")) or sorted(
        path for pattern in ("ttyUSB*", "ttyACM*") for path in (root / "dev").glob(pattern)
    )
    return _only(found, "serial scanner", "devices.scanners.serial_port")


def keyboard_scanner(named: str, root: Path = Path("/")) -> str:
    """The input device of a scanner that types; by its name, else the only keyboard, when `named` is "auto".

    Raises `DeviceUnavailable`.
    """
    if named != AUTO:
        return named
    keyboards = sorted((root / "dev/input/by-id").glob("*-event-kbd"))
    likely = [path for path in keyboards if any(word in path.name.lower() for word in SCANNER_WORDS)]
    return _only(likely or keyboards, "USB scanner", "devices.scanners.hid_device")


def typing_switch(named: str, root: Path = Path("/")) -> str:
    """The input device of a foot switch that types a key; the only likely one when `named` is "auto".

    Raises `DeviceUnavailable`.
    """
    if named != AUTO:
        return named
    keyboards = sorted((root / "dev/input/by-id").glob("*-event-kbd"))
    likely = [path for path in keyboards if any(word in path.name.lower() for word in ("foot", "pedal", "switch"))]
    return _only(likely or keyboards, "foot switch", "devices.trigger.keyboard")


def _only(found: list[Path], what: str, key: str) -> str:
    if not found:
        raise DeviceUnavailable(f"{what}: none is plugged in; plug it in, or name its path in {key}")
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise DeviceUnavailable(
            f"{what}: several could be it ({names}); name the path of the right one in {key}", DeviceFault.AMBIGUOUS
        )
    return str(found[0])
