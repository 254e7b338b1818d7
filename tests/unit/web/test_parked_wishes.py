"""A parked withdrawal or report on the tablet's list: seen with its reason, tried again by one tap."""

from __future__ import annotations

from web_station import WebStation

from appliance.ledger.tables import DeliveryState, ErrandKind, ErrandRow
from appliance.outbox import errands

REASON = "409 unknown-reason: the platform knows no such reason"


def test_a_parked_withdrawal_is_listed_and_tried_again(web_station: WebStation) -> None:
    with web_station.ledger.session() as session:
        row = errands.add(
            session, ErrandKind.WITHDRAWAL, {"reason": "student-wish"}, capture_id="c-1", at="2026-06-01", hold_s=0
        )
        row.state, row.attempts, row.last_error = DeliveryState.PARKED, 2, REASON
        wish = row.errand_id
    tablet = web_station.tablet()
    [item] = tablet.get("/api/queue").json()["parked_wishes"]
    assert (item["id"], item["kind"], item["capture_id"]) == (wish, "withdrawal", "c-1")
    assert (item["error"], item["attempts"]) == (REASON, 2)
    after = tablet.post(f"/api/queue/wishes/{wish}/retry")
    assert (after.status_code, after.json()["parked"], after.json()["parked_wishes"]) == (200, 0, [])
    with web_station.ledger.reading() as session:
        assert session.get_one(ErrandRow, wish).state is DeliveryState.PENDING
    again = tablet.post(f"/api/queue/wishes/{wish}/retry")
    assert (again.status_code, again.json()["code"]) == (404, "no-such-wish")
