"""The settings file chooses every driver; what does not fit is refused with its key."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from pydantic import ValidationError

from appliance.composition import cameras
from appliance.composition.body import devices
from appliance.device_settings import DeviceSettings
from appliance.settings import Settings, explained
from firmware.camera.libcamera import LibcameraCamera
from firmware.camera.replay import ReplayCamera
from firmware.camera.v4l2 import V4L2Camera
from firmware.indicator.gpio import GpioIndicator
from firmware.lamps.kernel_pwm import KernelPwmLamps
from firmware.lamps.none import NoLamps
from firmware.lamps.pwm import PwmLamps
from firmware.lamps.scene import SceneLamps
from firmware.power.ups import UpsPower
from firmware.scanner.hid import HidScanner
from firmware.scanner.optical import OpticalScanner
from firmware.scanner.serial import SerialScanner
from firmware.trigger.gpio import GpioTrigger
from firmware.trigger.keys import KeyTrigger

WHOLE = """
[devices.camera]
driver = "picamera2"
upside_down = true
[devices.lamps]
driver = "kernel_pwm"
left = [0, 2]
right = [0, 3]
[devices.scanners]
use = ["serial", "optical", "hid"]
[devices.trigger]
driver = "gpio"
pin = 22
[devices.indicator]
driver = "gpio"
red = 5
green = 6
[devices.power]
ups = "max17048"
"""


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "station.toml"
    monkeypatch.setenv("STATION_SETTINGS", str(file))
    return file


def body(settings: Settings, tmp_path: Path):
    return devices(settings.body, tmp_path)


@pytest.mark.parametrize("content", [b'name = "x\n', b"\xff\xfe", b"a = = 1"])
def test_a_settings_file_that_is_no_toml_is_named_with_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    file = tmp_path / "station.toml"
    file.write_bytes(content)
    monkeypatch.setenv("STATION_SETTINGS", str(file))
    with pytest.raises(ValidationError) as wrong:
        Settings()
    assert str(file) in explained(wrong.value)
    assert "no TOML" in explained(wrong.value)


def test_a_settings_file_that_is_not_there_starts_no_stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "station.toml"
    monkeypatch.setenv("STATION_SETTINGS", str(file))
    with pytest.raises(ValidationError) as wrong:
        Settings()
    assert f"settings: {file}: there is no such file" in explained(wrong.value)


def test_a_whole_station_out_of_its_file(settings_file: Path, tmp_path: Path) -> None:
    settings_file.write_text(WHOLE, encoding="utf-8")
    built = body(Settings(), tmp_path)
    assert isinstance(built.camera, LibcameraCamera)
    assert isinstance(built.lamps, KernelPwmLamps)
    assert built.lamps_driven
    assert [type(scanner) for scanner in built.scanners] == [SerialScanner, OpticalScanner, HidScanner]
    assert isinstance(built.trigger, GpioTrigger)
    assert isinstance(built.indicator, GpioIndicator)
    assert isinstance(built.power, UpsPower)
    assert built.stand_in is None


def test_without_a_file_a_stand_in_that_reacts(tmp_path: Path) -> None:
    built = body(Settings(), tmp_path)
    assert isinstance(built.camera, ReplayCamera)
    assert isinstance(built.lamps, SceneLamps)
    assert built.lamps_driven
    assert built.stand_in is not None
    built.stand_in.stage.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("installed", "expected"), [(True, LibcameraCamera), (False, V4L2Camera)])
def test_auto_is_a_real_camera_never_the_stand_in(installed, expected, tmp_path, monkeypatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        cameras.importlib.util,
        "find_spec",
        lambda name, *more: (object() if installed else None) if name == "picamera2" else found(name, *more),
    )
    built = body(Settings(camera="auto"), tmp_path)
    assert isinstance(built.camera, expected)
    assert isinstance(built.lamps, NoLamps)
    assert not built.lamps_driven


def test_the_command_line_names_another_camera(settings_file: Path, tmp_path: Path) -> None:
    settings_file.write_text(WHOLE.replace("upside_down = true", ""), encoding="utf-8")
    built = body(Settings(camera="v4l2", camera_device=3), tmp_path)
    assert isinstance(built.camera, V4L2Camera)
    assert isinstance(built.lamps, KernelPwmLamps)


def test_pins_by_gpiozero_and_a_foot_switch_that_types(tmp_path: Path) -> None:
    settings = DeviceSettings.model_validate(
        {
            "camera": {"driver": "v4l2", "device": "/dev/v4l/by-id/cam"},
            "lamps": {"driver": "pwm", "left": 12, "right": 13},
            "trigger": {"driver": "keyboard"},
        }
    )
    built = devices(settings, tmp_path)
    assert isinstance(built.lamps, PwmLamps)
    assert isinstance(built.trigger, KeyTrigger)


@pytest.mark.parametrize(
    ("text", "key", "says"),
    [
        ('[devices.camera]\ndriver = "webcam"', "devices.camera.driver", "'webcam'"),
        ('[devices.camera]\ndrvier = "v4l2"', "devices.camera.drvier", "not permitted"),
        ('[devices.lamps]\ndriver = "pwm"\nleft = 40', "devices.lamps", "0 to 27"),
        ('[devices.lamps]\ndriver = "kernel_pwm"\nleft = 12', "devices.lamps", "[chip, channel]"),
        ('[devices.lamps]\ndriver = "pwm"\nleft = 12\nright = 12', "devices.lamps", "share"),
        ("[devices.lamps]\nleft = 12", "devices.lamps", "set driver to pwm"),
        ("[devices.lamps]\nfrequency_hz = 100", "devices.lamps.frequency_hz", "1000"),
        ("[devices.scanners]\nuse = []", "devices.scanners", "name optical, serial or hid"),
        ('[devices.scanners]\nuse = ["hid", "hid"]', "devices.scanners", "each scanner once"),
        ('[devices.camera]\ndriver = "v4l2"\n[devices.lamps]\ndriver = "scene"', "devices", "lamps.driver"),
        (
            '[devices.trigger]\ndriver = "gpio"\npin = 5\n[devices.indicator]\ndriver = "gpio"',
            "devices",
            "pin 5 is wanted",
        ),
        ("[devices.power]\naddress = 300", "devices.power.address", "119"),
    ],
)
def test_a_wrong_setting_is_told_by_its_key(text: str, key: str, says: str, settings_file: Path) -> None:
    settings_file.write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError) as caught:
        Settings()
    told = explained(caught.value)
    assert f"settings: {key}" in told
    assert says in told


@pytest.mark.parametrize(
    ("camera", "says"),
    [
        ({"driver": "picamera2", "device": "/dev/video0"}, "devices.camera.device"),
        ({"driver": "v4l2", "upside_down": True}, "devices.camera.upside_down"),
    ],
)
def test_a_driver_that_cannot_do_it_is_refused(camera: dict[str, object], says: str, tmp_path: Path) -> None:
    with pytest.raises(cameras.NoSuchDriver, match=says):
        devices(DeviceSettings.model_validate({"camera": camera}), tmp_path)
