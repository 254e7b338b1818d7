"""Two stations on one device: the second is told, the first is not disturbed; and which device, when nobody said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from firmware.camera.v4l2 import V4L2Camera
from firmware.claim import Claim
from firmware.lamps.kernel_pwm import KernelPwmOutput, LampChannels
from firmware.ports import DeviceFault, DeviceUnavailable, LampDrive
from firmware.scanner.finding import keyboard_scanner, serial_port, typing_switch
from firmware.worker import Patience

QUICK = Patience(step=0.5, open=1.0, close=0.5, pause=0.05, longest_pause=0.1)


class Film:
    """A `cv2.VideoCapture` that always gives the same frame."""

    def isOpened(self) -> bool:
        return True

    def read(self) -> tuple[bool, np.ndarray]:
        return True, np.full((48, 64, 3), 90, np.uint8)

    def get(self, prop: int) -> float:
        return 0.0

    def set(self, prop: int, value: float) -> bool:
        return True

    def release(self) -> None:
        """Nothing is held."""


def test_a_claim_is_had_once_and_given_back(tmp_path: Path) -> None:
    device = tmp_path / "device"
    device.touch()
    first = Claim(device, "camera")
    with pytest.raises(DeviceUnavailable, match="in use by another station"):
        Claim(device, "camera")
    first.release()
    first.release()
    Claim(device, "camera").release()
    Claim(tmp_path / "missing", "camera").release()


def test_the_second_camera_waits_until_the_first_lets_go(tmp_path: Path) -> None:
    node = tmp_path / "video0"
    node.touch()
    first = V4L2Camera(str(node), opener=lambda device: Film(), patience=QUICK)
    second = V4L2Camera(str(node), opener=lambda device: Film(), patience=QUICK)
    try:
        first.start()
        first.next_preview(timeout=5)
        second.start()
        with pytest.raises(DeviceUnavailable, match="in use by another station"):
            second.next_preview(timeout=0.3)
        assert second.status().fault is DeviceFault.IN_USE
        seen = first.next_preview().sequence
        assert first.next_preview(seen, timeout=5).sequence > seen
        first.stop()
        assert second.next_preview(timeout=5).pixels.shape == (48, 64, 3)
    finally:
        first.stop()
        second.stop()


def test_the_second_lamps_leave_the_first_burning(tmp_path: Path) -> None:
    place = tmp_path / "pwmchip0" / "pwm0"
    place.mkdir(parents=True)
    for file in (place / "duty_cycle", place / "period", place / "enable", place.parent / "unexport"):
        file.write_text("0")
    channels = LampChannels((0, 0), None, None)
    first, second = (KernelPwmOutput(channels, 1000.0, tmp_path) for _ in range(2))
    first.open()
    first.drive(LampDrive(left=0.5))
    with pytest.raises(DeviceUnavailable, match="in use by another station") as refused:
        second.open()
    assert refused.value.fault is DeviceFault.IN_USE
    second.close()
    assert (place / "duty_cycle").read_text() == "500000"
    first.close()
    second.open()
    second.close()


def test_the_only_device_is_found(tmp_path: Path) -> None:
    serial, keys = tmp_path / "dev/serial/by-id", tmp_path / "dev/input/by-id"
    for finder in (serial_port, keyboard_scanner, typing_switch):
        with pytest.raises(DeviceUnavailable, match="plug it in"):
            finder("auto", tmp_path)
    serial.mkdir(parents=True)
    keys.mkdir(parents=True)
    (serial / "usb-GM65").touch()
    for name in (
        "usb-Logitech_Keyboard-event-kbd",
        "usb-WCM_Barcode_Reader-event-kbd",
        "usb-PCsensor_FootSwitch-event-kbd",
    ):
        (keys / name).touch()
    assert serial_port("auto", tmp_path).endswith("usb-GM65")
    assert "Barcode" in keyboard_scanner("auto", tmp_path)
    assert "FootSwitch" in typing_switch("auto", tmp_path)
    assert serial_port("/dev/ttyS0", tmp_path) == "/dev/ttyS0"
    (serial / "usb-other").touch()
    with pytest.raises(DeviceUnavailable, match=r"several could be it .*devices\.scanners\.serial_port"):
        serial_port("auto", tmp_path)
