"""The reasons for which an operator may accept a refused photo."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.portrait.measurement import Message
from appliance.visit.errors import ExceptionUnknown, NotAcceptable

NOTE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Exemption:
    """A refused photo accepted by a person: the reason's id and a free note."""

    reason: str
    note: str = ""


@cache
def reasons() -> dict[str, Message]:
    """Every reason on the list, by id, in the list's order."""
    rows = tomllib.loads(Path(__file__).with_name("exceptions.toml").read_text(encoding="utf-8"))["reason"]
    return {row["id"]: Message(zh=row["zh"], en=row["en"]) for row in rows}


def check(exemption: Exemption | None, *, passed: bool) -> None:
    """Whether a photo may be accepted so. Raises `NotAcceptable`, `ExceptionUnknown`."""
    if exemption is None:
        if not passed:
            zh, en = (
                "照片未通过，请重拍；如确有原因，请选择例外理由",
                "The photo was refused: retake it, or choose a reason for an exception",
            )
            raise NotAcceptable(zh, en)
        return
    if exemption.reason not in reasons():
        known = ", ".join(reasons())
        raise ExceptionUnknown(
            f"没有这个例外理由：{exemption.reason}；可选：{known}",
            f"no such reason: {exemption.reason}; choose one of {known}",
            known=list(reasons()),
        )
    if len(exemption.note) > NOTE_LIMIT:
        raise ExceptionUnknown(
            f"备注 {len(exemption.note)} 字，最多 {NOTE_LIMIT} 字",
            f"the note has {len(exemption.note)} characters, at most {NOTE_LIMIT} are kept",
        )
