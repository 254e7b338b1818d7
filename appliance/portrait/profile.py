"""Profiles of the photo standard: figures as data, each profile inheriting what it does not say."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from appliance.portrait.errors import ProfileError

FOLDER = Path(__file__).with_name("profiles")


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile. `limits` maps a rule id to its figure: a maximum, a minimum or a band, as the rule reads it."""

    name: str
    title_zh: str
    title_en: str
    width: int
    height: int
    dpi: int
    background: tuple[int, int, int]  # RGB
    bytes_min: int
    bytes_max: int
    quality_min: int
    limits: dict[str, Any]
    origins: dict[str, str]
    advised: dict[str, float]  # beyond these a rule still holds, but better is possible

    def limit(self, rule: str) -> Any:
        """The figure of `rule`. Raises `ProfileError` when the profile does not say."""
        try:
            return self.limits[rule]
        except KeyError:
            raise ProfileError(
                f"配置“{self.name}”缺少规则 {rule} 的限值", f"profile {self.name!r} has no limit for {rule}"
            ) from None


def profile_names() -> tuple[str, ...]:
    """Every profile there is."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def load_profile(name: str, folder: Path = FOLDER) -> Profile:
    """The profile `name` with everything it inherits. Raises `ProfileError` naming the key that is wrong."""
    tables = _inherited(name, folder, ())
    photo, limits = tables["photo"], tables["limits"]
    known = {"width", "height", "dpi", "background", "bytes", "quality_min"}
    for key in photo:
        if key not in known:
            raise ProfileError(f"配置“{name}”：不认识 photo.{key}", f"profile {name!r}: unknown key photo.{key}")
    try:
        figures = {rule: _figure(row["limit"]) for rule, row in limits.items()}
        return Profile(
            name=name,
            title_zh=tables["title"]["zh"],
            title_en=tables["title"]["en"],
            width=_count(photo["width"], "photo.width"),
            height=_count(photo["height"], "photo.height"),
            dpi=_count(photo["dpi"], "photo.dpi"),
            background=_colour(photo["background"]),
            bytes_min=_count(photo["bytes"][0], "photo.bytes"),
            bytes_max=_count(photo["bytes"][1], "photo.bytes"),
            quality_min=_count(photo["quality_min"], "photo.quality_min"),
            limits=figures,
            origins={rule: str(row["origin"]) for rule, row in limits.items()},
            advised={rule: float(row["advised"]) for rule, row in limits.items() if "advised" in row},
        )
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise ProfileError(f"配置“{name}”有误：{error}", f"profile {name!r} is wrong: {error}") from error


def _inherited(name: str, folder: Path, seen: tuple[str, ...]) -> dict[str, Any]:
    path = folder / f"{name}.toml"
    if name in seen:
        raise ProfileError(f"配置“{name}”继承了自己", f"profile {name!r} inherits itself: {' → '.join((*seen, name))}")
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.toml")))
        raise ProfileError(f"没有配置“{name}”，可用：{known}", f"no profile {name!r}; there are: {known}")
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"配置“{name}”无法读取：{error}", f"profile {name!r} cannot be read: {error}") from error
    for key in own:
        if key not in {"title", "inherits", "photo", "limits"}:
            raise ProfileError(f"配置“{name}”：不认识 {key}", f"profile {name!r}: unknown key {key}")
    base = _inherited(own["inherits"], folder, (*seen, name)) if "inherits" in own else {"photo": {}, "limits": {}}
    _check_limits(name, own.get("limits", {}), set(base["limits"]) if "inherits" in own else None)
    return {
        "title": own.get("title", base.get("title")),
        "photo": {**base["photo"], **own.get("photo", {})},
        "limits": {**base["limits"], **own.get("limits", {})},
    }


def _check_limits(name: str, rows: dict[str, Any], inherited: set[str] | None) -> None:
    """A profile that inherits may change limits, not invent them: a misspelt rule would be silently without effect."""
    for rule, row in rows.items():
        key = f'limits."{rule}"'
        if inherited is not None and rule not in inherited:
            raise ProfileError(f"配置“{name}”：不认识 {key}", f"profile {name!r}: unknown key {key}")
        for part in {"limit", "origin"} - set(row):
            raise ProfileError(f"配置“{name}”：{key} 缺少 {part}", f"profile {name!r}: {key} has no {part}")
        for part in set(row) - {"limit", "origin", "advised"}:
            raise ProfileError(f"配置“{name}”：不认识 {key}.{part}", f"profile {name!r}: unknown key {key}.{part}")


def _figure(value: Any) -> Any:
    if isinstance(value, list):
        if len(value) == 2 and all(isinstance(part, int | float) for part in value):
            low, high = float(value[0]), float(value[1])
            if low > high:
                raise ValueError(f"band {value}: the lower end comes first")
            return (low, high)
        raise ValueError(f"{value!r} is no band of two numbers")
    if isinstance(value, int | float):
        return float(value)
    return str(value)


def _count(value: Any, key: str) -> int:
    if not isinstance(value, int) or value <= 0:
        raise ValueError(f"{key} = {value!r}: a positive whole number is wanted")
    return value


def _colour(value: Any) -> tuple[int, int, int]:
    if not isinstance(value, list) or len(value) != 3 or not all(isinstance(v, int) and 0 <= v <= 255 for v in value):
        raise ValueError(f"photo.background = {value!r}: three numbers from 0 to 255 (RGB) are wanted")
    return (value[0], value[1], value[2])
