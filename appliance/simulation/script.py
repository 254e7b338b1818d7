"""The script of a simulation: acts at times, read from TOML and checked before anything starts."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from firmware.scene.mishaps import CameraMishap

SAMPLE = Path(__file__).with_name("a_bad_morning.toml")
Lamp = Literal["left", "right", "background"]


class ScriptError(ValueError):
    """The script cannot be played; the message names file, act and key."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PhoneLook(_Part):
    """How well the phone shows its code; see `firmware.scene.phone.Phone`."""

    brightness: float = Field(default=1.0, gt=0, le=1)
    blur: float = Field(default=0.0, ge=0, le=3)
    glare: float = Field(default=0.0, ge=0, le=1)
    quality: int = Field(default=100, ge=1, le=100)


class Act(_Part):
    """What happens at one moment. What is not named stays as it is; an empty text takes away."""

    at: float = Field(ge=0, description="seconds since the station started")
    say: str = Field(default="", description="told in the log, for whoever watches")
    person: str | None = Field(
        default=None, description="id of the installed cast, or path of a picture; empty: nobody"
    )
    code: str | None = Field(default=None, description="what the phone shows, or student:N of the stand-in's list")
    phone: PhoneLook = PhoneLook()
    camera: CameraMishap | None = None
    lamp_fails: Lamp | None = None
    lamp_works: Lamp | None = None
    press: bool = False
    battery_percent: float | None = Field(default=None, ge=0, le=100)
    on_battery: bool | None = None
    temperature_c: float | None = Field(default=None, ge=-40, le=125)
    undervoltage: bool | None = None


class Script(_Part):
    """A whole simulation; with `repeat_after` seconds it begins again."""

    title: str
    repeat_after: float | None = Field(default=None, gt=0)
    act: tuple[Act, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        times = [act.at for act in self.act]
        for number, (before, after) in enumerate(pairwise(times), 2):
            if after < before:
                raise ValueError(f"act {number} is at {after:g} s, before act {number - 1} at {before:g} s")
        if self.repeat_after is not None and self.repeat_after <= times[-1]:
            raise ValueError(f"repeat_after of {self.repeat_after:g} s cuts off the last act at {times[-1]:g} s")
        return self


def read_script(path: Path) -> Script:
    """Raises `ScriptError`."""
    try:
        return Script.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScriptError(f"{path}: {error}") from error
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        place = " ".join(f"{part + 1}" if isinstance(part, int) else str(part) for part in wrong["loc"])
        raise ScriptError(f"{path}: {place}: {wrong['msg'].removeprefix('Value error, ')}") from error
