"""A student asks to be forgotten: everything this station has of them goes, the journal's proof stays without the person."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlmodel import col, select

from appliance.ledger import erasure
from appliance.ledger.errors import CaptureMissing
from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow
from appliance.platform.identity import StationIdentity
from appliance.platform.roster_store import RosterStore
from appliance.visit.errors import NotDelivered, VisitInProgress


def digests_of_code(ledger: Ledger, payload: str) -> list[str]:
    """What this code is kept under, by the salt of every roster on this station. Raises `NotEnrolled`, ValueError."""
    identity = StationIdentity.load(ledger.data_dir / "keys")
    store = RosterStore(ledger.data_dir / "rosters", identity)
    rosters, _refused = store.load(now=None)  # expired ones count too: their salts still name what is kept
    return [roster.digest(payload) for roster in rosters]


def digest_of_capture(ledger: Ledger, capture_id: str) -> str:
    """What the code of this capture's student is kept under. Raises `CaptureMissing`."""
    with ledger.reading() as session:
        row = session.get(CaptureRow, capture_id)
    if row is None:
        raise CaptureMissing(f"no capture {capture_id} on this station")
    return row.code_digest


def forget(
    ledger: Ledger, moment: Moment, code_digests: Iterable[str], *, operator: str, even_undelivered: bool = False
) -> list[str]:
    """Erase the student's captures and whatever else is kept of their code, from the files too; the captures' ids.

    Raises `VisitInProgress` while they stand before the station, `NotDelivered` when only this station has a capture of
    theirs and `even_undelivered` is not said.
    """
    digests = sorted(set(code_digests))
    _refuse_while_here(ledger, digests)
    if not even_undelivered:
        _refuse_undelivered(ledger, digests)
    erased = erasure.erase_student(ledger, moment, digests, "student-request", operator=operator)
    erasure.compact(ledger)
    return erased


def _refuse_while_here(ledger: Ledger, digests: list[str]) -> None:
    row = ledger.open_visit()
    if row is not None and json.loads(row.body).get("code_digest") in digests:
        raise VisitInProgress(
            "这位同学的采集还在屏幕上，请先完成或放弃，再按“下一位”",
            "this student's visit is still on the screen: finish or abandon it, then press “next”",
            state=row.state,
        )


def _refuse_undelivered(ledger: Ledger, digests: list[str]) -> None:
    with ledger.reading() as session:
        waiting = session.exec(
            select(CaptureRow.capture_id).where(
                col(CaptureRow.code_digest).in_(digests), col(CaptureRow.receipt).is_(None)
            )
        ).all()
    if waiting:
        raise NotDelivered(
            f"有 {len(waiting)} 张照片平台还没有收到，删除后就没有了；确实要删请勾选“尚未上传也删除”",
            f"{len(waiting)} captures are not at the platform yet and would be gone for good: "
            "say that undelivered ones may go too",
            captures=list(waiting),
        )
