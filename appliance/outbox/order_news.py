"""Which orders the platform says have ended (paid, expired, cancelled): the delivery process hears it, the station asks at once.

Only ids are kept, the newest few: how an order stands is the platform's to say, and nothing here tells whose it is.
"""

from __future__ import annotations

import json

from sqlmodel import Session

from appliance.ledger.store import Ledger
from appliance.ledger.tables import NoteRow

NOTE = "platform.orders.ended"
_NEWEST = 50


def keep(session: Session, order_id: str) -> None:
    """Within the caller's transaction: the platform told of this order."""
    row = session.get(NoteRow, NOTE)
    before: list[str] = json.loads(row.body) if row else []
    newest = [*(known for known in before if known != order_id), order_id][-_NEWEST:]
    session.merge(NoteRow(name=NOTE, body=json.dumps(newest)))


def has_ended(ledger: Ledger, order_id: str) -> bool:
    """Whether the platform told of this order's end lately."""
    text = ledger.note(NOTE)
    return text is not None and order_id in json.loads(text)
