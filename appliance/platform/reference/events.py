"""What the platform has to tell its stations: numbered events a station, read by long poll, acknowledged by cursor."""

from __future__ import annotations

import json
import uuid
from typing import Any, Literal

from sqlmodel import Session, col, select

from appliance.platform.contract import EventPage, StationEvent

from .composition import Platform
from .problems import Refusal
from .tables import EventRow

Kind = Literal["roster-changed", "plan-changed", "receipt-issued", "review", "order"]
_PAGE = 100


def tell(platform: Platform, session: Session, station_id: str, kind: Kind, data: dict[str, Any]) -> None:
    """Within a transaction: leave an event for a station. The lock makes a station's events visible in the order of their
    numbers, so that a cursor never steps over one that was numbered earlier and committed later."""
    platform.database.lock(session, f"telling/{station_id}")
    session.add(
        EventRow(
            event_id=str(uuid.uuid4()),
            station_id=station_id,
            kind=kind,
            at=platform.stamp(),
            data=json.dumps(data, ensure_ascii=False),
        )
    )


def read_events(platform: Platform, station_id: str, after: str) -> EventPage:
    """Events after a cursor, oldest first, at most a page. Refuses a cursor that is none."""
    if after and not after.isdecimal():
        raise Refusal("bad-request", f"cursor {after!r} was not given out here; begin with an empty one")
    with platform.database.read() as session:
        rows = session.exec(
            select(EventRow)
            .where(EventRow.station_id == station_id, col(EventRow.number) > int(after or 0))
            .order_by(col(EventRow.number))
            .limit(_PAGE)
        ).all()
    events = [
        StationEvent.model_validate(
            {
                "id": row.event_id,
                "cursor": str(row.number),
                "kind": row.kind,
                "at": row.at,
                "data": json.loads(row.data),
            }
        )
        for row in rows
    ]
    return EventPage(events=events, cursor=events[-1].cursor if events else after)
