"""Profiles of the photo standard: figures as data, each profile inheriting what it does not say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from appliance.portrait.errors import ProfileError
from appliance.portrait.profile_file import LimitRow, ProfileFile, read_profile_file, wrong

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


def profile_names(folder: Path = FOLDER) -> tuple[str, ...]:
    """Every profile there is."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


@cache
def load_profile(name: str, folder: Path = FOLDER) -> Profile:
    """The profile `name` with everything it inherits. Raises `ProfileError` naming the file and the key that is wrong."""
    files = lineage(name, folder)
    title: dict[str, str] = {}
    photo: dict[str, Any] = {}
    limits: dict[str, LimitRow] = {}
    for file in reversed(files):
        title, photo, limits = {**title, **file.title}, {**photo, **file.photo}, {**limits, **file.limits}
    for table, found, keys in (
        ("title", title, ("zh", "en")),
        ("photo", photo, ("width", "height", "dpi", "background", "bytes", "quality_min")),
    ):
        for key in keys:
            if key not in found:
                wrong(f"{files[-1].name}.toml", f"{table}.{key}", "缺少", "is missing, and nothing is inherited")
    _consistent(files[0], photo, limits)
    return Profile(
        name=name,
        title_zh=title["zh"],
        title_en=title["en"],
        width=photo["width"],
        height=photo["height"],
        dpi=photo["dpi"],
        background=photo["background"],
        bytes_min=photo["bytes"][0],
        bytes_max=photo["bytes"][1],
        quality_min=photo["quality_min"],
        limits={rule: row.limit for rule, row in limits.items()},
        origins={rule: row.origin for rule, row in limits.items()},
        advised={rule: row.advised for rule, row in limits.items() if row.advised is not None},
    )


def lineage(name: str, folder: Path = FOLDER) -> tuple[ProfileFile, ...]:
    """The file of profile `name`, then that of the profile it inherits from, and so on. Raises `ProfileError`."""
    files: list[ProfileFile] = []
    heir: str | None = name
    while heir is not None:
        names = [file.name for file in files]
        if heir in names:
            chain = " → ".join((*names, heir))
            wrong(f"{names[-1]}.toml", "inherits", f"继承了自己：{chain}", f"the profile inherits itself: {chain}")
        if files and not (folder / f"{heir}.toml").is_file():
            known = ", ".join(profile_names(folder))
            wrong(
                f"{names[-1]}.toml",
                "inherits",
                f"没有配置“{heir}”，可用：{known}",
                f"no profile {heir!r}; there are: {known}",
            )
        files.append(read_profile_file(heir, folder))
        heir = files[-1].inherits
    for place, file in enumerate(files[:-1]):
        _known(file, files[place + 1 :])
    return tuple(files)


def _known(file: ProfileFile, above: list[ProfileFile]) -> None:
    """A profile that inherits may change limits, not invent them (a misspelt rule would be silently without effect), and not what
    kind of figure they are."""
    inherited = {rule: row.limit for each in reversed(above) for rule, row in each.limits.items()}
    for rule, row in file.limits.items():
        key = f'limits."{rule}"'
        if rule not in inherited:
            wrong(
                f"{file.name}.toml", key, f"{above[0].name} 中没有", f"unknown key: {above[0].name} has no such limit"
            )
        if type(row.limit) is not type(inherited[rule]):
            told = f"{row.limit!r}, {above[0].name}: {inherited[rule]!r}"
            wrong(
                f"{file.name}.toml",
                key,
                f"与所继承的限值类型不同：{told}",
                f"another kind of figure than inherited: {told}",
            )


def _consistent(file: ProfileFile, photo: dict[str, Any], limits: dict[str, LimitRow]) -> None:
    """The photo that is made must be the photo that is asked for."""
    size = f"{photo['width']}x{photo['height']}"
    asked = limits.get("file.size")
    if asked is not None and asked.limit != size:
        wrong(
            f"{file.name}.toml",
            'limits."file.size"',
            f"要求 {asked.limit}，而 photo 为 {size}",
            f"asks for {asked.limit}, but photo.width and photo.height make {size}",
        )
    length = limits.get("file.bytes")
    made = (photo["bytes"][0] / 1024, photo["bytes"][1] / 1024)
    if length is not None and length.limit != made:
        wrong(
            f"{file.name}.toml",
            'limits."file.bytes"',
            f"要求 {length.limit} KB，而 photo.bytes 为 {made} KB",
            f"asks for {length.limit} KB, but photo.bytes makes {made} KB",
        )
