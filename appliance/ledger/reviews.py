"""What the platform's review says of captures: kept once, in the order of its serial numbers, whatever order news comes in."""

from __future__ import annotations

from sqlmodel import Session

from appliance.ledger.tables import ReviewRow


def apply(session: Session, news: ReviewRow) -> bool:
    """Within the caller's transaction: keep `news` if it is newer than what is known; whether it was."""
    known = session.get(ReviewRow, news.capture_id)
    if known is not None and known.serial >= news.serial:
        return False
    session.merge(news)
    return True
