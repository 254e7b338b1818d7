"""The files of profiles: read one by one, each key checked where it stands, so that a mistake is told with its file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from appliance.portrait.errors import ProfileError

Figure = float | str | tuple[float, float]


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit as a file has it: a maximum, a minimum or a band, as its rule reads it; where it comes from; beyond `advised`
    the rule still holds, but better is possible."""

    limit: Figure
    origin: str
    advised: float | None = None


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """What one file says of itself; `inherits` names the profile from which it takes the rest."""

    name: str
    inherits: str | None
    title: dict[str, str]
    photo: dict[str, Any]
    limits: dict[str, LimitRow]


def read_profile_file(name: str, folder: Path) -> ProfileFile:
    """The file of profile `name`. Raises `ProfileError` naming the file, and the key that is wrong."""
    path = folder / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in folder.glob("*.toml")))
        raise ProfileError(f"没有配置“{name}”，可用：{known}", f"no profile {name!r}; there are: {known}")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path.name} 无法读取：{error}", f"{path.name} cannot be read: {error}") from error
    return _Keys(path.name).file(name, tables)


def wrong(file: str, key: str, zh: str, en: str) -> NoReturn:
    """Say what is wrong with a key. Raises `ProfileError`."""
    raise ProfileError(f"{file}：{key}：{zh}", f"{file}: {key}: {en}")


class _Keys:
    """The keys of one file, checked."""

    def __init__(self, file: str) -> None:
        self._file = file

    def file(self, name: str, tables: dict[str, Any]) -> ProfileFile:
        """The whole file."""
        self._only(tables, "", {"title", "inherits", "photo", "limits"})
        inherits = tables.get("inherits")
        if inherits is not None and not isinstance(inherits, str):
            self._wanted("inherits", inherits, "配置名称", "the name of a profile")
        title, photo, limits = (self._table(tables, key) for key in ("title", "photo", "limits"))
        self._only(title, "title.", {"zh", "en"})
        for key, value in title.items():
            self._text(f"title.{key}", value)
        self._only(photo, "photo.", set(self._photo()))
        return ProfileFile(
            name,
            inherits,
            title,
            {key: self._photo()[key](f"photo.{key}", value) for key, value in photo.items()},
            {rule: self._row(f'limits."{rule}"', row) for rule, row in limits.items()},
        )

    def _photo(self) -> dict[str, Callable[[str, Any], Any]]:
        return {
            "width": self._count,
            "height": self._count,
            "dpi": self._count,
            "background": self._colour,
            "bytes": self._bytes,
            "quality_min": self._quality,
        }

    def _row(self, key: str, row: Any) -> LimitRow:
        if not isinstance(row, dict):
            self._wanted(key, row, "{ limit = …, origin = … }", "{ limit = ..., origin = ... }")
        self._only(row, f"{key}.", {"limit", "origin", "advised"})
        for part in ("limit", "origin"):
            if part not in row:
                wrong(self._file, key, f"缺少 {part}", f"has no {part}")
        if not self._text(f"{key}.origin", row["origin"]).strip():
            wrong(self._file, f"{key}.origin", "不能为空", "must say where the limit comes from")
        advised = row.get("advised")
        if advised is not None and not _number(advised):
            self._wanted(f"{key}.advised", advised, "数字", "a number")
        return LimitRow(
            self._figure(f"{key}.limit", row["limit"]), row["origin"], None if advised is None else float(advised)
        )

    def _figure(self, key: str, value: Any) -> Figure:
        if _number(value):
            return float(value)
        if isinstance(value, str):
            return value
        if not isinstance(value, list) or len(value) != 2 or not all(_number(part) for part in value):
            self._wanted(key, value, "数字、文字或两个数字的范围", "a number, a word, or a band of two numbers")
        if value[0] > value[1]:
            wrong(self._file, key, f"范围 {value} 的下限应在前", f"band {value}: the lower end comes first")
        return (float(value[0]), float(value[1]))

    def _count(self, key: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            self._wanted(key, value, "正整数", "a positive whole number")
        return int(value)

    def _quality(self, key: str, value: Any) -> int:
        if self._count(key, value) > 100:
            self._wanted(key, value, "1 到 100", "1 to 100")
        return int(value)

    def _bytes(self, key: str, value: Any) -> tuple[int, int]:
        if not isinstance(value, list) or len(value) != 2:
            self._wanted(key, value, "[最少, 最多] 字节", "[least, most] bytes")
        least, most = (self._count(key, part) for part in value)
        if least >= most:
            wrong(self._file, key, f"{value}：最少应小于最多", f"{value}: the least must be below the most")
        return least, most

    def _colour(self, key: str, value: Any) -> tuple[int, int, int]:
        fits = isinstance(value, list) and len(value) == 3
        if not fits or not all(isinstance(part, int) and 0 <= part <= 255 for part in value):
            self._wanted(key, value, "三个 0 到 255 的数（RGB）", "three numbers from 0 to 255 (RGB)")
        return value[0], value[1], value[2]

    def _text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            self._wanted(key, value, "文字", "a text")
        return str(value)

    def _table(self, tables: dict[str, Any], key: str) -> dict[str, Any]:
        found = tables.get(key, {})
        if not isinstance(found, dict):
            self._wanted(key, found, f"一个表 [{key}]", f"a table [{key}]")
        return dict(found)

    def _only(self, table: dict[str, Any], before: str, known: set[str]) -> None:
        for key in table:
            if key not in known:
                names = ", ".join(sorted(known))
                wrong(self._file, f"{before}{key}", f"不认识，可用：{names}", f"unknown key; there are: {names}")

    def _wanted(self, key: str, value: Any, zh: str, en: str) -> NoReturn:
        wrong(self._file, key, f"写的是 {value!r}，应为{zh}", f"is {value!r}: {en} is wanted")


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
