"""Soft start, limits, faults and the dark end of lamps, on an output that remembers what it was driven with."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from firmware.lamps.driven import DrivenLamps, Limits
from firmware.lamps.kernel_pwm import KernelPwmOutput, LampChannels, darken
from firmware.lamps.pwm import GpioOutput, LampPins, PwmLamps
from firmware.lamps.ramp import DEFAULT_DRIVES, RISE
from firmware.ports import DeviceState, DeviceUnavailable, LampDrive, LampLevel

DARK = LampDrive()
SHOT, FRAMING = DEFAULT_DRIVES[LampLevel.SHOT], DEFAULT_DRIVES[LampLevel.FRAMING]


class Recorder:
    """An output that keeps (time, drive), can be taken by another, and can break."""

    def __init__(self) -> None:
        self.history: list[tuple[float, LampDrive]] = []
        self.taken = self.broken = False
        self.threads: set[int] = set()

    @property
    def now(self) -> LampDrive:
        return self.history[-1][1] if self.history else DARK

    def open(self) -> None:
        if self.taken:
            raise DeviceUnavailable("pin 12 is in use by another program")
        self.drive(DARK)

    def drive(self, drive: LampDrive) -> None:
        self.threads.add(threading.get_ident())
        if self.broken:
            raise OSError("driver board gone")
        self.history.append((time.monotonic(), drive))

    def close(self) -> None:
        self.history.append((time.monotonic(), DARK))


@pytest.fixture
def output():
    return Recorder()


@pytest.fixture
def lamps(output):
    lamps = DrivenLamps(output)
    yield lamps
    lamps.stop()


def until(condition, within: float = 1.5) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)


def test_the_start_is_soft_and_ends_exactly(lamps, output):
    lamps.start()
    lamps.set_level(LampLevel.SHOT)
    until(lambda: output.now == SHOT)
    rise = [(at, drive.left) for at, drive in output.history if drive.left > 0]
    assert [level for _, level in rise] == sorted(level for _, level in rise)
    assert len(rise) >= 4
    assert 0.6 * RISE * SHOT.left < rise[-1][0] - rise[0][0] < 0.5


def test_only_the_owner_thread_touches_the_output(lamps, output):
    lamps.start()
    for level in (LampLevel.SHOT, LampLevel.OFF, LampLevel.FRAMING):
        lamps.set_level(level)
        time.sleep(0.05)
    lamps.stop()
    assert len(output.threads) == 1
    assert threading.get_ident() not in output.threads


def test_pins_taken_by_another_are_told_and_claimed_when_free(lamps, output):
    output.taken = True
    with pytest.raises(DeviceUnavailable, match="pin 12 is in use"):
        lamps.start()
    assert lamps.status().state is DeviceState.FAILING
    assert "wiring" in lamps.status().advice
    output.taken = False
    lamps.set_level(LampLevel.FRAMING)
    until(lambda: output.now == FRAMING)
    assert lamps.status().state is DeviceState.READY


def test_a_broken_driver_goes_dark_and_comes_back_to_its_level(lamps, output):
    lamps.start()
    lamps.set_level(LampLevel.FRAMING)
    until(lambda: output.now == FRAMING)
    output.broken = True
    lamps.set_level(LampLevel.SHOT)
    until(lambda: lamps.status().state is DeviceState.FAILING)
    assert lamps.drive == DARK
    assert lamps.lit_during(time.monotonic(), time.monotonic()) is None
    output.broken = False
    until(lambda: output.now == SHOT)
    until(lambda: lamps.lit_during(time.monotonic(), time.monotonic()) is LampLevel.SHOT)


def test_shot_level_does_not_burn_for_ever(output):
    lamps = DrivenLamps(output, limits=Limits(shot_s=0.4))
    lamps.start()
    lamps.set_level(LampLevel.SHOT)
    until(lambda: output.now == SHOT)
    until(lambda: output.now == FRAMING, within=2)
    full = [at for at, drive in output.history if drive == SHOT][-1]
    lowered = next(at for at, drive in output.history if at > full)
    assert lamps.lit_during(full + 0.02, full + 0.02) is LampLevel.SHOT
    assert lamps.lit_during(lowered, lowered) is None  # from the first step down
    assert "taken back" in lamps.status().detail
    assert lamps.level is LampLevel.SHOT  # what was asked for; but nobody may take a picture for lit by it
    assert lamps.lit_during(time.monotonic(), time.monotonic()) is None
    lamps.set_level(LampLevel.FRAMING)
    until(lambda: lamps.lit_during(time.monotonic(), time.monotonic()) is LampLevel.FRAMING)
    assert lamps.status().detail == ""
    lamps.stop()


def test_hot_lamps_are_lowered_until_they_are_cool(output):
    heat = [50.0]
    lamps = DrivenLamps(output, temperature=lambda: heat[0])
    lamps.start()
    lamps.set_level(LampLevel.FRAMING)
    until(lambda: output.now == FRAMING)
    heat[0] = 80.0
    until(lambda: output.now.left == pytest.approx(0.2))
    assert "80 °C" in lamps.status().detail
    heat[0] = 70.0  # cooler, not yet cool
    time.sleep(0.4)
    assert output.now.left == pytest.approx(0.2)
    heat[0] = 60.0
    until(lambda: output.now == FRAMING)
    assert lamps.status().detail == ""
    lamps.stop()
    assert output.now == DARK


def test_a_pwm_that_flickers_is_refused():
    with pytest.raises(ValueError, match="1000 Hz or more"):
        GpioOutput(LampPins(), frequency=200)


def test_gpio_pins_keep_a_history_of_a_whole_visit():
    mock = pytest.importorskip("gpiozero.pins.mock", reason="gpiozero is installed on stations only")
    factory = mock.MockFactory(pin_class=mock.MockPWMPin)
    lamps = PwmLamps(LampPins(left=12, right=13, background=None), factory=factory)
    lamps.start()
    assert factory.pin(12).frequency == 2000.0
    for level in (LampLevel.FRAMING, LampLevel.SHOT, LampLevel.FRAMING):
        lamps.set_level(level)
        until(lambda drive=DEFAULT_DRIVES[level]: lamps.drive == drive)
    pin = factory.pin(12)
    lamps.stop()
    duties = [state.state for state in pin.states]
    assert duties[0] == 0
    assert max(duties) == SHOT.left
    assert max(abs(b - a) for a, b in pairwise(duties) if b) <= 0.4  # soft all the way
    assert pin.function == "input"  # released


def test_a_gpio_pin_in_use_is_told_and_nothing_stays_claimed():
    gpiozero = pytest.importorskip("gpiozero", reason="gpiozero is installed on stations only")
    mock = pytest.importorskip("gpiozero.pins.mock")
    factory = mock.MockFactory(pin_class=mock.MockPWMPin)
    other = gpiozero.LED(13, pin_factory=factory)
    lamps = PwmLamps(LampPins(left=12, right=13, background=18), factory=factory)
    with pytest.raises(DeviceUnavailable, match=r"pin 13 \(right\)"):
        lamps.start()
    other.close()
    until(lambda: lamps.status().state is DeviceState.READY, within=3)
    lamps.stop()


def chip(folder: Path, channels: int = 2) -> Path:
    """`pwmchip0` as the kernel lays it out, exported."""
    for channel in range(channels):
        place = folder / "pwmchip0" / f"pwm{channel}"
        place.mkdir(parents=True)
        for name in ("duty_cycle", "period", "enable"):
            (place / name).write_text("0", encoding="ascii")
    for name in ("export", "unexport"):
        (folder / "pwmchip0" / name).touch()
    return folder


def test_kernel_channels_get_nanoseconds(tmp_path):
    output = KernelPwmOutput(LampChannels((0, 0), (0, 1)), frequency=2000.0, root=chip(tmp_path))
    output.open()
    output.drive(LampDrive(left=0.25, right=1.0))
    left, right = tmp_path / "pwmchip0/pwm0", tmp_path / "pwmchip0/pwm1"
    assert left.joinpath("period").read_text() == "500000"
    assert left.joinpath("duty_cycle").read_text() == "125000"
    assert right.joinpath("duty_cycle").read_text() == "500000"
    assert left.joinpath("enable").read_text() == "1"
    output.close()
    assert left.joinpath("duty_cycle").read_text() == "0"
    assert left.joinpath("enable").read_text() == "0"


def test_a_missing_chip_says_what_to_do(tmp_path):
    with pytest.raises(DeviceUnavailable, match="overlay in"):
        KernelPwmOutput(LampChannels(), root=tmp_path).open()


def test_what_a_killed_process_left_burning_is_darkened(tmp_path):
    chip(tmp_path)
    program = (
        "import os, signal; from pathlib import Path; from firmware.lamps.kernel_pwm import *; "
        f"o = KernelPwmOutput(LampChannels((0, 0), (0, 1)), root=Path({str(tmp_path)!r})); o.open(); "
        "o.drive(LampDrive(1, 1)); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    burning = tmp_path / "pwmchip0/pwm0/duty_cycle"
    assert burning.read_text() != "0"
    darken(tmp_path)
    assert burning.read_text() == "0"
    assert (tmp_path / "pwmchip0/pwm1/enable").read_text() == "0"
