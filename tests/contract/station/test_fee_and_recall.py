"""Payment, hand-over, refusal, recall and return, through the station's interface and the platform's own pages."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import select

from appliance.platform.contract import Fee
from appliance.platform.reference.order_tables import OrderRow
from appliance.platform.reference.tables import CaptureRow
from appliance.rehearsal.bench import Bench
from appliance.rehearsal.neighbours import Friend, PatientFriend, Reviewer
from appliance.rehearsal.player import quiet
from appliance.rehearsal.recall import HandedOver, Recall
from appliance.rehearsal.visitor import Subject, Visitor


def test_a_student_pays_once_is_refused_recalled_and_accepted(
    tmp_path: Path, networks_dir: Path, subject: Subject
) -> None:
    paid: list[str] = []
    said: list[str] = []

    def pay(address: str) -> None:
        paid.append(address)
        Friend().pay(address)

    fee = Fee(amount_fen=2000, when="before")
    with Bench(tmp_path, fee=fee) as bench, bench.door() as door:
        visitor = Visitor(door, quiet, patience=0.3, payer=pay)
        student = bench.credentials(0)
        visitor.identify(student)
        visit = visitor.shoot(subject)
        capture_id = visitor.accept(visit["shot"]["id"], None if visit["state"] == "judged" else "rehearsal")
        visitor.receipt(capture_id)
        visitor.leave()
        with Reviewer(bench.platform_url, bench.platform.keys.desk) as reviewer:
            handed_over = HandedOver(capture_id, subject, student)
            again = Recall(door, visitor, reviewer, said.append).play(handed_over, 0.0)
        with bench.platform.database.read() as session:
            [order] = session.exec(select(OrderRow)).all()
            captures = {row.capture_id: row.record for row in session.exec(select(CaptureRow)).all()}
        assert len(paid) == 1, "a retake is never charged again"
        assert order.state == "paid"
        assert set(captures) == {capture_id, again}
        assert capture_id.encode() in captures[again], "the second photo says which one it replaces"
        assert order.order_id.encode() in captures[again]
        assert any("nothing to pay" in line for line in said)
        assert door.get("/api/records/recall")["records"] == []

        reluctant = Visitor(door, quiet, patience=0.3, payer=lambda _: friend_pays_in_the_end(bench))
        reluctant.identify(bench.credentials(1))
        reluctant.abandon("rehearsal")


def friend_pays_in_the_end(bench: Bench) -> None:
    said: list[str] = []
    with bench.door() as door:
        friend = PatientFriend(door, said.append, patience_s=0.0)
        friend.look()
        assert "/pay/" in said[0]
        friend.look()
    assert len(said) == 1
