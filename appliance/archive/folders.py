"""The archive on a disk or stick: photos in folders by school, level, class; a list; begun anew, it goes on where it stopped.

A photo is written durably before its row of the list, and found again by its content: what is there with the right sha256 is not
written twice. A capture keeps the name that the list gave it once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from sqlalchemy import select
from sqlmodel import col

from appliance.archive.errors import ArchiveFailed
from appliance.archive.naming import clean, photo_name
from appliance.archive.table import as_csv, read_csv
from appliance.ledger.errors import CaptureMissing, FileDamaged
from appliance.ledger.files import make_directory, write_durably
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, ReviewRow
from appliance.visit.record_query import State, same_capture, state_of

Level = Literal["school", "level", "type", "class", "major"]
LEVELS: tuple[Level, ...] = get_args(Level)
DEFAULT_BY: tuple[Level, ...] = ("school", "level", "class")
LIST = "清单.csv"
KEPT_STATES: tuple[State, ...] = ("waiting", "parked", "sent", "reviewing", "accepted")
_LIST_EVERY = 200  # photos; a cut costs at most so many rows of the list, and no photo
_IDENTITY_KEY = {"school": "school", "level": "level", "type": "type", "class": "class_name", "major": "major"}


@dataclass(frozen=True, slots=True)
class Archived:
    """What became of an export; `missing` captures have no photo here any more."""

    written: int
    there_already: int
    missing: tuple[str, ...]
    list_file: Path


@dataclass(frozen=True, slots=True)
class _Item:
    capture_id: str
    plan_id: str
    state: str
    accepted_at: str
    photo_sha256: str
    summary: dict[str, Any]

    @property
    def identity(self) -> dict[str, Any]:
        return self.summary.get("identity") or {}


def levels_of(text: str) -> tuple[Level, ...]:
    """`school/level/class` as levels. Raises `ArchiveFailed` for one that there is not."""
    names = [part.strip() for part in text.split("/") if part.strip()]
    found = tuple(level for name in names for level in LEVELS if level == name)
    if len(found) != len(names) or len(set(found)) != len(found):
        raise ArchiveFailed(
            f"“{text}”不是分级方式：用 / 连接 {', '.join(LEVELS)}，各最多一次",
            f"{text!r} is no way to sort: join some of {', '.join(LEVELS)} by /, each once",
        )
    return found


def archive(
    ledger: Ledger,
    to: Path,
    *,
    by: Sequence[Level] = DEFAULT_BY,
    patterns: Mapping[str, str] | None = None,
    states: Sequence[State] = KEPT_STATES,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Archived:
    """Write every capture in one of `states` to `to`; `patterns` maps a plan's id to its `archive_name`.

    Raises `ArchiveFailed` for a place that cannot be used, `OSError` when the disk is full or was pulled: the same call goes on.
    """
    _check_place(ledger, to)
    make_directory(to)
    items = list(_items(ledger, states))
    paths = _paths(items, by, patterns or {}, _kept_names(to))
    rows: list[dict[str, str]] = []
    written = there = 0
    missing: list[str] = []
    for number, item in enumerate(items, start=1):
        target = to / paths[item.capture_id]
        try:
            if _is_there(target, item.photo_sha256):
                there += 1
            else:
                _write(ledger, to, target, item)
                written += 1
            rows.append(_row(item, paths[item.capture_id]))
        except (CaptureMissing, FileDamaged):
            missing.append(item.capture_id)
        if number % _LIST_EVERY == 0:
            write_durably(to / LIST, as_csv(rows), mode=0o644)
        progress(number, len(items))
    write_durably(to / LIST, as_csv(rows), mode=0o644)
    return Archived(written, there, tuple(missing), to / LIST)


def _items(ledger: Ledger, states: Sequence[State]) -> Iterator[_Item]:
    columns: list[Any] = [
        col(CaptureRow.capture_id),
        col(CaptureRow.plan_id),
        state_of(),
        col(CaptureRow.accepted_at),
        col(CaptureRow.photo_sha256),
        col(CaptureRow.summary),
    ]
    with ledger.reading() as session:
        rows = session.execute(
            select(*columns)
            .select_from(CaptureRow)
            .join(ReviewRow, same_capture(), isouter=True)
            .where(state_of().in_(states))
            .order_by(col(CaptureRow.sequence))
        ).all()
    for row in rows:
        yield _Item(row[0], row[1], row[2], row[3], row[4], json.loads(row[5]))


def _paths(
    items: Sequence[_Item], by: Sequence[Level], patterns: Mapping[str, str], kept: Mapping[str, str]
) -> dict[str, str]:
    """Where each capture goes, relative to the archive: as the list said before, else by pattern, told apart where two meet."""
    found: dict[str, str] = {}
    taken = {path.casefold() for path in kept.values()}
    for item in items:
        folders = "/".join(clean(str(item.identity.get(_IDENTITY_KEY[level]) or "")) for level in by)
        name = photo_name(patterns.get(item.plan_id, "{student_number}"), item.identity, item.capture_id)
        before = kept.get(item.capture_id)
        if before is not None and before.rpartition("/")[0] == folders:
            found[item.capture_id] = before
            continue
        path = f"{folders}/{name}.jpg".lstrip("/")
        if path.casefold() in taken:  # masked numbers may be alike
            path = f"{folders}/{name}-{item.capture_id[:8]}.jpg".lstrip("/")
        taken.add(path.casefold())
        found[item.capture_id] = path
    return found


def _kept_names(to: Path) -> dict[str, str]:
    try:
        return {row["capture_id"]: row["file"] for row in read_csv((to / LIST).read_bytes())}
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ArchiveFailed(
            f"{to / LIST} 不是本程序写的清单，请换一个空文件夹",
            f"{to / LIST} was not written by this program: choose an empty folder",
        ) from error


def _write(ledger: Ledger, to: Path, target: Path, item: _Item) -> None:
    photo = ledger.vault.read(item.capture_id, "photo")
    make_directory(target.parent)
    if not target.parent.resolve().is_relative_to(to.resolve()):
        raise ArchiveFailed(
            f"{target.parent} 指向文件夹之外，请换一个空文件夹",
            f"{target.parent} leads out of the archive's folder: choose an empty one",
        )
    write_durably(target, photo, mode=0o644)


def _is_there(target: Path, sha256: str) -> bool:
    try:
        return not target.is_symlink() and hashlib.sha256(target.read_bytes()).hexdigest() == sha256
    except FileNotFoundError:
        return False


def _row(item: _Item, path: str) -> dict[str, str]:
    identity = {key: str(value) for key, value in item.identity.items()}
    exception = item.summary.get("exception") or {}
    return identity | {
        "file": path,
        "state": item.state,
        "accepted_at": item.accepted_at,
        "source": str(item.summary.get("source") or "camera"),
        "exception": str(exception.get("reason", "")),
        "capture_id": item.capture_id,
        "photo_sha256": item.photo_sha256,
    }


def _check_place(ledger: Ledger, to: Path) -> None:
    if to.resolve().is_relative_to(ledger.data_dir.resolve()):
        raise ArchiveFailed(
            f"{to} 在本机的数据文件夹里，请导出到别处", f"{to} lies in the station's data folder: export elsewhere"
        )
    if to.exists() and not to.is_dir():
        raise ArchiveFailed(f"{to} 不是文件夹", f"{to} is no folder")
