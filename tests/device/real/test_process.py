"""What happens to real pins and real keys when their process dies or somebody else wants them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import evdev
import pytest
from keys import RealKeys
from pins import Bank

from firmware.scanner.hid import HidScanner

PINS = (12, 13, 18)
BURNING = """
import sys, time
sys.path.insert(0, {here!r})
from pins import factory
from firmware.lamps.pwm import LampPins, PwmLamps
from firmware.ports import LampLevel
lamps = PwmLamps(LampPins(left=12, right=13, background=18), frequency=1000.0, factory=factory())
lamps.start()
lamps.set_level(LampLevel.SHOT)
print("burning", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_lamps_go_dark_when_their_process_dies(how: signal.Signals) -> None:
    bank = Bank()
    here = str(Path(__file__).parent)
    process = subprocess.Popen([sys.executable, "-c", BURNING.format(here=here)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"burning\n"
    end = time.monotonic() + 10
    while not all(bank.duty(pin) > 0.05 for pin in PINS):
        assert time.monotonic() < end, "the lamps never burned"
    process.send_signal(how)
    process.wait(10)
    assert [bank.duty(pin) for pin in PINS] == [0.0, 0.0, 0.0]


def test_nothing_of_a_code_is_typed_into_the_page() -> None:
    keyboard = RealKeys()
    page = evdev.InputDevice(keyboard.path)  # whoever else listens to this keyboard: a browser, a console
    scanner = HidScanner(keyboard.path)
    heard: list[str] = []
    scanner.start(lambda scan: heard.append(scan.payload))
    try:
        keyboard.hold("CHSI:7f3a90c2d1")
        end = time.monotonic() + 10
        while not heard:
            assert time.monotonic() < end, "never scanned"
            time.sleep(0.05)
        assert page.read_one() is None
    finally:
        scanner.stop()
        keyboard.stop()
        page.close()
    assert heard == ["CHSI:7f3a90c2d1"]
