"""The rigs of the contract suite on real libraries and the kernel's own devices; the suite itself runs unchanged.

Runs only inside the machine of `devices_machine.py`, where `run.sh` has made the devices and laid the suite beside this file.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import pytest
from camera_rigs import CameraRig
from keys import RealKeys
from lamp_rigs import LampsRig
from pins import Bank, factory
from scanner_fakes import FakeGm65
from scanner_rigs import ScannerRig
from switch_rigs import IndicatorRig, TriggerRig
from virtual_camera import open_virtual
from vivid import capture_device

from firmware.camera.libcamera import LibcameraCamera
from firmware.camera.v4l2 import V4L2Camera
from firmware.indicator.gpio import GpioIndicator, LightPins
from firmware.lamps.none import NoLamps
from firmware.lamps.pwm import LampPins, PwmLamps
from firmware.ports import DeviceState, LampDrive, TriggerEvent
from firmware.scanner.hid import HidScanner
from firmware.scanner.serial import SerialScanner
from firmware.trigger.gpio import GpioTrigger
from firmware.trigger.keys import KeyTrigger

SOURCE = Path(__file__).resolve().parents[3]


def _contract() -> ModuleType:
    """The rigs' own module: their types, and the fixtures that need no device."""
    spec = importlib.util.spec_from_file_location("contract_rigs", SOURCE / "tests/contract/firmware/conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["contract_rigs"] = module
    spec.loader.exec_module(module)
    return module


LAMPS = (12, 13, 18)
SOFTWARE_TIMED = 0.3  # how far a duty may be off that a program times
contract = _contract()
portrait = contract.portrait
empty_root = contract.empty_root


@pytest.fixture(params=["libcamera", "v4l2"])
def camera_rig(request: pytest.FixtureRequest) -> Iterator[object]:
    room_light = NoLamps()
    if request.param == "libcamera":
        camera = LibcameraCamera(0, room_light.lit_during, opener=open_virtual)
        rig = CameraRig(camera, room_light, {"analogue_gain": 100.0})
    else:
        camera = V4L2Camera(capture_device(), room_light.lit_during, largest=(640, 480))
        rig = CameraRig(camera, room_light, {"colour_gains": (2.0, 1.5)})
    room_light.start()
    yield rig
    camera.stop()
    room_light.stop()


def about(asked: float, seen: float) -> float:
    """What was asked for where the pin comes near it, and what was seen where not; dark is exactly dark."""
    return asked if asked > 0 and seen > 0 and abs(seen - asked) <= SOFTWARE_TIMED else seen


@pytest.fixture(params=["pwm"])
def lamps_rig() -> Iterator[object]:

    bank, pins = Bank(), factory()
    lamps = PwmLamps(LampPins(left=12, right=13, background=18), frequency=1000.0, factory=pins)

    def shines() -> LampDrive:
        asked = lamps.drive
        wanted = (asked.left, asked.right, asked.background)
        return LampDrive(*(about(duty, bank.duty(pin)) for duty, pin in zip(wanted, LAMPS, strict=True)))

    yield LampsRig(lamps, lamps.lit_during, shines)
    lamps.stop()
    pins.close()


@pytest.fixture(params=["serial", "hid"])
def scanner_rig(request: pytest.FixtureRequest) -> Iterator[object]:
    with ExitStack() as stack:
        if request.param == "serial":
            gm65 = FakeGm65()
            stack.callback(gm65.unplug)
            serial = SerialScanner(gm65.path, gone_after=0.6)
            stack.callback(serial.stop)
            yield ScannerRig(serial, gm65.hold, gm65.take_away, gone_after=0.6)
            return

        keyboard = RealKeys()
        stack.callback(keyboard.stop)
        hid = HidScanner(keyboard.path, gone_after=0.6)
        stack.callback(hid.stop)

        def hold(payload: str) -> None:
            end = time.monotonic() + 2  # what is typed before the device is grabbed belongs to nobody
            while hid.status().state is DeviceState.STARTING and time.monotonic() < end:
                time.sleep(0.02)
            keyboard.hold(payload)

        yield ScannerRig(hid, hold, keyboard.take_away, gone_after=0.6)


@pytest.fixture(params=["gpio", "keyboard"])
def trigger_rig(request: pytest.FixtureRequest) -> Iterator[object]:
    with ExitStack() as stack:
        if request.param == "gpio":
            bank, pins = Bank(), factory()
            stack.callback(pins.close)
            bank.drive(17, high=True)
            trigger = GpioTrigger(17, long_press_s=0.4, factory=pins)

            def contact(down: bool) -> None:
                bank.drive(17, high=not down)
        else:
            keyboard = RealKeys()
            stack.callback(keyboard.stop)
            trigger = KeyTrigger(keyboard.path, long_press_s=0.4)

            def contact(down: bool) -> None:
                keyboard.key(48, down)

        stack.callback(trigger.stop)

        def press(event: TriggerEvent) -> None:
            for _ in range(4 if request.param == "gpio" else 0):  # a contact bounces
                contact(True)
                contact(False)
            contact(True)
            time.sleep(0.9 if event is TriggerEvent.LONG_PRESS else 0.15)
            contact(False)
            time.sleep(0.15)

        yield TriggerRig(trigger, press)


@pytest.fixture(params=["gpio"])
def indicator_rig() -> Iterator[object]:
    bank, pins = Bank(), factory()
    light = GpioIndicator(LightPins(red=5, green=6, blue=26, buzzer=16), factory=pins)
    yield IndicatorRig(light, lambda: not any(bank.level(pin) for pin in (5, 6, 26, 16)), light.wait_shown)
    light.stop()
    pins.close()
