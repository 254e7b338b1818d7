"""The page: what happened, why, and what can be done, without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says; `log` only to whoever knows the code."""

    failed: int
    reasons: Sequence[str]
    version: str
    previous: str | None
    minutes: int
    told: str = ""
    log: Sequence[str] = ()


def page(shown: Shown) -> bytes:
    """The page as UTF-8; whatever stands in it from outside is escaped."""
    rollback = ""
    if shown.previous is not None:
        rollback = '<button formaction="/rollback">退回上一版本 <small>go back to the version before</small></button>'
    fields = {
        "failed": str(shown.failed),
        "told": escape(shown.told),
        "reasons": "".join(f"<li>{escape(reason)}</li>" for reason in shown.reasons) or "<li>—</li>",
        "version": escape(shown.version),
        "previous": "" if shown.previous is None else f"，上一版本 <small>before</small> {escape(shown.previous)}",
        "minutes": str(shown.minutes),
        "rollback": rollback,
        "log": f"<pre>{escape(chr(10).join(shown.log))}</pre>" if shown.log else "",
    }
    text = (_FOLDER / "page.html").read_text(encoding="utf-8")
    for name, value in fields.items():
        text = text.replace("{{" + name + "}}", value)
    return text.encode()


def style() -> bytes:
    """Its style sheet."""
    return (_FOLDER / "page.css").read_bytes()
