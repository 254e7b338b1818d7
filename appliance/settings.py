"""Everything that can be set, from the environment (`STATION_...`) or a TOML file named by `STATION_SETTINGS`."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from appliance.backup.settings import BackupSettings
from appliance.device_settings import CameraDriver, DeviceSettings
from appliance.update.settings import UpdateSettings


def default_data_dir() -> Path:
    """Where a station keeps its data: systemd's state directory, else the user's."""
    given = os.environ.get("STATE_DIRECTORY")
    if given:
        return Path(given.split(":")[0])
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "capture-station"


class Settings(BaseSettings):
    """One station's settings. Unknown keys are an error, so that a misspelt one does not vanish."""

    model_config = SettingsConfigDict(env_prefix="STATION_", env_nested_delimiter="__", extra="forbid", frozen=True)

    name: str = Field(default="station", min_length=1, max_length=60)
    data_dir: Path = Field(default_factory=default_data_dir)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    https: bool = Field(default=False, description="serve over TLS with the certificate of `station keys make`")
    devices: DeviceSettings = DeviceSettings()
    camera: CameraDriver | None = Field(default=None, description="in place of devices.camera.driver, for a quick try")
    camera_device: int | None = Field(default=None, ge=0, description="in place of devices.camera.device")
    profile: str = "moe-2017-99"
    threads: int = Field(default=2, ge=1, le=8, description="threads of the networks that judge a still")
    platform: str | None = Field(default=None, description="address of the central platform")
    plan: Path | None = Field(
        default=None, description="plan file: the signed roster document; a plain plan with stand-in hardware only"
    )
    log_json: bool = False
    update: UpdateSettings = UpdateSettings()
    backup: BackupSettings = BackupSettings()

    @property
    def body(self) -> DeviceSettings:
        """`devices`, with the camera named on the command line or in the environment in place of the file's.

        Raises `pydantic.ValidationError` when the rest does not fit that camera.
        """
        given = {"driver": self.camera, "device": self.camera_device}
        named = {key: value for key, value in given.items() if value is not None}
        if not named:
            return self.devices
        body = self.devices.model_dump()
        return DeviceSettings.model_validate(body | {"camera": body["camera"] | named})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line first, then the environment, then the file."""
        del dotenv_settings, file_secret_settings
        named = os.environ.get("STATION_SETTINGS")
        file = (_in_file(settings_cls, Path(named)),) if named else ()
        return (init_settings, env_settings, *file)


def _in_file(settings_cls: type[BaseSettings], path: Path) -> TomlConfigSettingsSource:
    """Raises `ValidationError`, as for any other wrong setting: one that is no TOML was edited by a person a moment ago.

    One that is named and not there is as wrong: a station would begin with stand-ins for its devices, and say nothing.
    """
    try:
        path.stat()
        return TomlConfigSettingsSource(settings_cls, path)
    except (ValueError, OSError) as error:
        lost = (
            "there is no such file: write it, or unset STATION_SETTINGS 没有这个文件: 请写好它，或不设 STATION_SETTINGS"
        )
        told = lost if isinstance(error, FileNotFoundError) else "the file is no TOML 文件不是 TOML: {error}"
        wrong = PydanticCustomError("no_settings", told, {"error": str(error)})
        found = InitErrorDetails(type=wrong, loc=(str(path),), input={})
        raise ValidationError.from_exception_data(settings_cls.__name__, [found]) from error


def explained(error: ValidationError) -> str:
    """Each wrong setting on a line of its own: key, what is wrong with it, and what was given."""
    lines = []
    for wrong in error.errors(include_url=False, include_context=False):
        key = ".".join(str(part) for part in wrong["loc"]) or "devices"
        message = wrong["msg"].removeprefix("Value error, ")
        given = wrong["input"]
        shown = "" if isinstance(given, dict | BaseModel) else f" (given: {given!r})"
        lines.append(f"settings: {key}: {message}{shown}")
    return "\n".join(dict.fromkeys(lines))
