"""The journal for readers: entries with who wrote them spelt out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session, col, select

from appliance.ledger.tables import JournalRow, MakerRow


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `maker` holds device, version and the networks' sha256; None for entries of the first schema."""

    seq: int
    at: str
    clock_trusted: bool
    boot_id: str
    visit_id: str | None
    event: str
    operator: str | None
    what: dict[str, Any]
    maker: dict[str, Any] | None
    digest: str

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


def entries(session: Session, *, last: int, visit_id: str | None = None, event: str | None = None) -> list[Entry]:
    """The newest `last` entries that fit, oldest first."""
    statement = select(JournalRow).order_by(col(JournalRow.seq).desc()).limit(last)
    if visit_id is not None:
        statement = statement.where(JournalRow.visit_id == visit_id)
    if event is not None:
        statement = statement.where(JournalRow.event == event)
    makers = {row.digest: json.loads(row.body) for row in session.exec(select(MakerRow))}
    return [_entry(row, makers) for row in reversed(session.exec(statement).all())]


def _entry(row: JournalRow, makers: dict[str, dict[str, Any]]) -> Entry:
    body = json.loads(row.body)
    operator, maker = body.pop("operator", None), body.pop("maker", None)
    return Entry(
        seq=row.seq,
        at=row.at,
        clock_trusted=row.clock_trusted,
        boot_id=row.boot_id,
        visit_id=row.visit_id,
        event=row.event,
        operator=operator,
        what=body,
        maker=makers.get(maker or ""),
        digest=row.digest,
    )
