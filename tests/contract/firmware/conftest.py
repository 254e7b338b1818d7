"""Rigs: every driver with what it needs around it. A new driver is added here, and the suite must pass unchanged."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import segno

from firmware.camera.libcamera import LibcameraCamera
from firmware.camera.replay import ReplayCamera
from firmware.camera.v4l2 import V4L2Camera
from firmware.indicator.gpio import GpioIndicator, LightPins
from firmware.indicator.standin import StandInIndicator
from firmware.lamps.kernel_pwm import KernelPwmLamps, LampChannels
from firmware.lamps.none import NoLamps
from firmware.lamps.pwm import LampPins, PwmLamps
from firmware.lamps.scene import SceneLamps
from firmware.ports import (
    Camera,
    CodeScanner,
    Frame,
    Indicator,
    LampDrive,
    LampLevel,
    Lamps,
    Pattern,
    Trigger,
    TriggerEvent,
)
from firmware.scanner.hid import HidScanner
from firmware.scanner.optical import OpticalScanner
from firmware.scanner.serial import SerialScanner
from firmware.scene import Scene
from firmware.trigger.gpio import GpioTrigger
from firmware.trigger.keys import KeyTrigger
from firmware.trigger.standin import StandInTrigger

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugins"))
from picamera_fake import FakePicamera
from scanner_fakes import FakeGm65, FakeKeys, Stroke

STILL = (1280, 960)  # smaller than a real sensor's, so that the suite stays quick


@pytest.fixture(scope="session")
def portrait() -> np.ndarray:
    """A drawn head and shoulders before a wall: no promise of a driver depends on a real face."""
    picture = np.full((675, 675, 3), (205, 206, 208), np.uint8)
    cv2.ellipse(picture, (337, 640), (260, 190), 0, 0, 360, (90, 70, 60), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (337, 320), (110, 150), 0, 0, 360, (150, 175, 215), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (337, 240), (118, 100), 0, 180, 360, (40, 45, 50), -1, cv2.LINE_AA)
    for x in (295, 380):
        cv2.circle(picture, (x, 310), 9, (30, 30, 30), -1, cv2.LINE_AA)
    return picture


class FakeWebcam:
    """A `cv2.VideoCapture` whose cable can be pulled, that can hang and tear frames, and that blocks in `read` as real ones do."""

    def __init__(self, picture: np.ndarray, rate: float = 60.0) -> None:
        self.picture = picture
        self.plugged = True
        self.hanging = threading.Event()
        self.torn = False
        self.can_lock = True
        self.opened = 0
        self.properties: dict[int, float] = {cv2.CAP_PROP_EXPOSURE: 156.0, cv2.CAP_PROP_AUTO_EXPOSURE: 3.0}
        self._rate = rate

    def open(self, device: int | str) -> FakeWebcam:
        self.opened += 1
        return self

    def isOpened(self) -> bool:
        return self.plugged

    def read(self) -> tuple[bool, np.ndarray | None]:
        time.sleep(1 / self._rate)
        while self.hanging.is_set():
            time.sleep(0.02)
        if not self.plugged:
            return False, None
        return True, self.picture[: len(self.picture) // 2].copy() if self.torn else self.picture.copy()

    def get(self, prop: int) -> float:
        if prop == cv2.CAP_PROP_FRAME_WIDTH:
            return float(self.picture.shape[1])
        if prop == cv2.CAP_PROP_FRAME_HEIGHT:
            return float(self.picture.shape[0])
        return self.properties.get(prop, 0.0)

    def set(self, prop: int, value: float) -> bool:
        if prop == cv2.CAP_PROP_AUTO_EXPOSURE and not self.can_lock:
            return False
        self.properties[prop] = value
        return True

    def release(self) -> None:
        """Released by its owner thread."""


@pytest.fixture
def fake_webcam(portrait: np.ndarray) -> FakeWebcam:
    return FakeWebcam(cv2.resize(portrait, (1280, 720)))


@dataclass
class CameraRig:
    """A camera and the lamps that light what it sees."""

    camera: Camera
    lamps: Lamps
    impossible: dict[str, object] = field(default_factory=dict)  # a control it must refuse


@pytest.fixture(params=["replay", "v4l2", "libcamera"])
def camera_rig(request: pytest.FixtureRequest, portrait: np.ndarray, fake_webcam: FakeWebcam) -> Iterator[CameraRig]:
    with ExitStack() as stack:
        if request.param == "replay":
            scene = Scene(still_size=STILL)
            stack.callback(scene.close)
            scene.show_person(portrait)
            assert scene.wait_settled()
            rig = CameraRig(ReplayCamera(scene), SceneLamps(scene), {"exposure_us": 5e6})
        elif request.param == "libcamera":
            pi, room_light = FakePicamera(cv2.resize(portrait, (1280, 960))), NoLamps()
            rig = CameraRig(
                LibcameraCamera(0, room_light.lit_during, opener=pi.open), room_light, {"analogue_gain": 100.0}
            )
        else:
            no_lamps = NoLamps()
            rig = CameraRig(
                V4L2Camera(0, no_lamps.lit_during, opener=fake_webcam.open), no_lamps, {"colour_gains": (2.0, 1.5)}
            )
        rig.lamps.start()
        stack.callback(rig.lamps.stop)
        stack.callback(rig.camera.stop)
        yield rig


@dataclass
class LampsRig:
    """Lamps, and what really shines (None where nothing can)."""

    lamps: Lamps
    lit_during: Callable[[float, float], LampLevel | None]
    shines: Callable[[], LampDrive] | None


def pwm_rig() -> LampsRig:
    """gpiozero on its mock pins."""
    factory = mock_pins()
    lamps = PwmLamps(LampPins(left=12, right=13, background=18), factory=factory)

    def shines() -> LampDrive:
        return LampDrive(*(float(factory.pin(pin).state) for pin in (12, 13, 18)))

    return LampsRig(lamps, lamps.lit_during, shines)


def kernel_pwm_rig(folder: Path) -> LampsRig:
    """Three channels of a chip, as files."""
    for channel in range(3):
        place = folder / "pwmchip0" / f"pwm{channel}"
        place.mkdir(parents=True)
        for name in ("duty_cycle", "period", "enable"):
            (place / name).write_text("0", encoding="ascii")
    (folder / "pwmchip0" / "export").touch()
    (folder / "pwmchip0" / "unexport").touch()
    lamps = KernelPwmLamps(LampChannels((0, 0), (0, 1), (0, 2)), frequency=1000.0, root=folder)

    def shines() -> LampDrive:
        duties = []
        for channel in range(3):
            place = folder / "pwmchip0" / f"pwm{channel}"
            enabled = place.joinpath("enable").read_text() == "1"
            duties.append(int(place.joinpath("duty_cycle").read_text()) / 1e6 if enabled else 0.0)
        return LampDrive(*duties)

    return LampsRig(lamps, lamps.lit_during, shines)


@pytest.fixture(params=["scene", "none", "pwm", "kernel_pwm"])
def lamps_rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LampsRig]:
    with ExitStack() as stack:
        if request.param == "scene":
            scene = Scene(still_size=STILL)
            stack.callback(scene.close)
            burning = SceneLamps(scene)
            rig = LampsRig(burning, burning.lit_during, lambda: scene.look()[1])
        elif request.param == "pwm":
            rig = pwm_rig()
        elif request.param == "kernel_pwm":
            rig = kernel_pwm_rig(tmp_path)
        else:
            absent = NoLamps()
            rig = LampsRig(absent, absent.lit_during, None)
        stack.callback(rig.lamps.stop)
        yield rig


@dataclass
class ScannerRig:
    """A scanner, and hands that hold codes before it."""

    scanner: CodeScanner
    hold: Callable[[str], None]
    take_away: Callable[[], None]
    gone_after: float


class Hands:
    """Offers a camera's frames to a frame scanner, with or without a code in them."""

    def __init__(self, scanner: OpticalScanner) -> None:
        self._scanner = scanner
        self._picture = self._empty = np.full((480, 640, 3), 180, np.uint8)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._offer, daemon=True)
        self._thread.start()

    def hold(self, payload: str) -> None:
        matrix = np.array([[bool(cell) for cell in row] for row in segno.make_qr(payload).matrix])
        ink = np.kron(np.pad(matrix, 4), np.ones((5, 5), bool))
        picture = self._empty.copy()
        picture[60 : 60 + len(ink), 150 : 150 + len(ink)][~ink] = 235
        picture[60 : 60 + len(ink), 150 : 150 + len(ink)][ink] = 25
        self._picture = picture

    def take_away(self) -> None:
        self._picture = self._empty

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def _offer(self) -> None:
        sequence = 0
        while not self._end.wait(1 / 30):
            self._scanner.offer(Frame(self._picture, sequence, time.monotonic()))
            sequence += 1


@pytest.fixture(params=["optical", "serial", "hid"])
def scanner_rig(request: pytest.FixtureRequest) -> Iterator[ScannerRig]:
    with ExitStack() as stack:
        if request.param == "serial":
            pytest.importorskip("serial", reason="pyserial is installed on stations only")
            gm65 = FakeGm65()
            stack.callback(gm65.unplug)
            serial = SerialScanner(gm65.path, gone_after=0.6)
            stack.callback(serial.stop)
            yield ScannerRig(serial, gm65.hold, gm65.take_away, gone_after=0.6)
            return
        if request.param == "hid":
            keys = FakeKeys()
            stack.callback(keys.stop)
            hid = HidScanner("/dev/input/event9", opener=keys.open, gone_after=0.6)
            stack.callback(hid.stop)
            yield ScannerRig(hid, keys.hold, keys.take_away, gone_after=0.6)
            return
        optical = OpticalScanner(gone_after=0.6)
        hands = Hands(optical)
        stack.callback(optical.stop)
        stack.callback(hands.stop)
        yield ScannerRig(optical, hands.hold, hands.take_away, gone_after=0.6)


@dataclass
class TriggerRig:
    """A trigger, and a foot."""

    trigger: Trigger
    press: Callable[[TriggerEvent], None]


def mock_pins() -> Any:
    """gpiozero's mock pins."""
    mock = pytest.importorskip("gpiozero.pins.mock", reason="gpiozero is installed on stations only")
    return mock.MockFactory(pin_class=mock.MockPWMPin)


def foot_switch_rig() -> TriggerRig:
    """A bouncing contact to ground on pin 17."""
    factory = mock_pins()
    trigger = GpioTrigger(17, long_press_s=0.8, factory=factory)

    def press(event: TriggerEvent) -> None:
        pin = factory.pin(17)
        if pin.function != "input" or pin.pull != "up":
            return  # stopped: the foot presses, and nothing listens
        for _ in range(4):
            pin.drive_low()
            pin.drive_high()
        pin.drive_low()
        time.sleep(1.2 if event is TriggerEvent.LONG_PRESS else 0.3)
        pin.drive_high()
        time.sleep(0.2)  # a busy machine samples late: it must still see that the foot was lifted

    return TriggerRig(trigger, press)


def pedal_rig(stack: ExitStack) -> TriggerRig:
    """A USB foot switch that types "b"."""
    keys = FakeKeys()
    stack.callback(keys.stop)
    trigger = KeyTrigger("/dev/input/event7", long_press_s=0.4, opener=keys.open)

    def press(event: TriggerEvent) -> None:
        keys.type([Stroke(48, 1, time.monotonic())])
        time.sleep(0.7 if event is TriggerEvent.LONG_PRESS else 0.12)
        keys.type([Stroke(48, 0, time.monotonic())])
        time.sleep(0.06)

    return TriggerRig(trigger, press)


@pytest.fixture(params=["standin", "gpio", "keyboard"])
def trigger_rig(request: pytest.FixtureRequest) -> Iterator[TriggerRig]:
    stack = ExitStack()
    if request.param == "gpio":
        rig = foot_switch_rig()
    elif request.param == "keyboard":
        rig = pedal_rig(stack)
    else:
        standin = StandInTrigger()
        rig = TriggerRig(standin, standin.press)
    with stack:
        yield rig
        rig.trigger.stop()


@dataclass
class IndicatorRig:
    """A status light, and an eye on it."""

    indicator: Indicator
    is_dark: Callable[[], bool]
    shows: Callable[[Pattern], bool]


def pin_light_rig() -> IndicatorRig:
    """Red, green and blue on pins 5, 6 and 26, a buzzer on 16."""
    factory = mock_pins()
    light = GpioIndicator(LightPins(red=5, green=6, blue=26, buzzer=16), factory=factory)

    def is_dark() -> bool:
        return not any(factory.pin(pin).state for pin in (5, 6, 26, 16) if factory.pin(pin).function == "output")

    return IndicatorRig(light, is_dark, light.wait_shown)


@pytest.fixture(params=["standin", "gpio"])
def indicator_rig(request: pytest.FixtureRequest) -> Iterator[IndicatorRig]:
    if request.param == "gpio":
        rig = pin_light_rig()
    else:
        standin = StandInIndicator()
        rig = IndicatorRig(standin, lambda: standin.showing is Pattern.DARK, lambda p: standin.showing is p)
    yield rig
    rig.indicator.stop()


@pytest.fixture
def empty_root(tmp_path: Path) -> Path:
    """A machine that tells nothing."""
    return tmp_path
