"""What comes after the hand-over, over the station's own interface and a real platform (F24 to F29)."""

from __future__ import annotations

import json
import threading

import pytest
from after_fixtures import AfterStation
from platform_fixtures import MOMENT
from sqlmodel import select

from appliance.ledger import journal
from appliance.ledger.tables import ErrandRow, JournalRow, ReviewRow
from appliance.outbox import events
from appliance.platform.contract import EventPage, StationEvent
from appliance.platform.reference.tables import ReportRow
from appliance.platform.sealing import unseal
from appliance.visit import forgetting
from appliance.visit.history import earlier_capture


def journal_of(after: AfterStation, event: str) -> list[dict[str, object]]:
    with after.ledger.reading() as session:
        return [json.loads(row.body) for row in session.exec(select(JournalRow).where(JournalRow.event == event)).all()]


def test_f24_review_results_come_down_to_the_record(after: AfterStation) -> None:
    capture_id = after.take(after.counterpart.roster.students[0])
    assert after.record(capture_id)["state"] == "waiting"
    after.deliver()
    assert after.record(capture_id)["state"] == "sent"
    after.decide(capture_id, "accepted")
    after.receive()
    found = after.record(capture_id)
    assert (found["state"], found["reasons"]) == ("accepted", [])
    assert found["verdict"]["profile"] == "moe-2017-99"


def test_f25_a_refusal_comes_with_its_reasons_and_puts_the_student_on_the_recall_list(after: AfterStation) -> None:
    student = after.counterpart.roster.students[0]
    first = after.take(student)
    after.deliver()
    after.decide(first, "refused")
    after.receive()
    body = after.web.get("/api/records/recall").json()
    [recalled] = body["records"]
    assert recalled["capture_id"] == first
    assert recalled["reasons"] == [{"rule": "eyes.open", "message": {"zh": "闭眼", "en": "eyes closed"}}]
    assert body["counts"]["refused"] == 1
    earlier = earlier_capture(after.ledger, after.roster.digest(student.payload))
    assert earlier is not None
    assert (earlier.capture_id, earlier.replaceable) == (first, True)
    after.take(student)
    assert after.web.get("/api/records/recall").json()["records"] == []


def test_f26_a_capture_under_review_is_withdrawn_at_once_and_an_accepted_one_is_locked(after: AfterStation) -> None:
    one, two, three = (after.take(student) for student in after.counterpart.roster.students[:3])
    after.deliver()
    answer = after.web.post(f"/api/records/{one}/withdraw", json={"reason": "student-wish"})
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    again = after.web.post(f"/api/records/{one}/withdraw", json={"reason": "better-photo"})
    assert (again.status_code, again.json()["state"]) == (200, "withdrawn")
    assert len(journal_of(after, "withdrawal.asked")) == len(journal_of(after, "withdrawal.done")) == 1

    after.decide(two, "accepted")  # the news has not come down yet: the platform itself says so
    locked = after.web.post(f"/api/records/{two}/withdraw", json={"reason": "student-wish"})
    assert (locked.status_code, locked.json()["code"]) == (409, "locked")
    assert after.record(two)["state"] == "accepted"
    after.decide(three, "refused")
    refused = after.web.post(f"/api/records/{three}/withdraw", json={"reason": "student-wish"})
    assert (refused.status_code, refused.json()["code"]) == (409, "locked")
    assert after.record(three)["state"] == "refused"


def test_f26_a_withdrawal_without_network_is_queued_and_done_later(after: AfterStation) -> None:
    capture_id = after.take(after.counterpart.roster.students[0])
    answer = after.web.post(f"/api/records/{capture_id}/withdraw", json={"reason": "wrong-person"})
    assert (answer.status_code, answer.json()["withdrawal"]) == (202, "queued")
    after.run_errands()  # nothing to take back yet: the platform has not got it
    assert after.record(capture_id)["withdrawal"] == "queued"
    assert after.web.post(f"/api/records/{capture_id}/withdraw", json={"reason": "wrong-person"}).status_code == 202
    after.deliver()
    after.run_errands()
    found = after.record(capture_id)
    assert (found["state"], found["withdrawal"]) == ("withdrawn", None)
    with after.ledger.reading() as session:
        assert len(session.exec(select(ErrandRow)).all()) == 1


def test_f26_what_was_queued_too_late_says_so(after: AfterStation) -> None:
    capture_id = after.take(after.counterpart.roster.students[0])
    after.web.post(f"/api/records/{capture_id}/withdraw", json={"reason": "student-wish"})
    after.deliver()
    after.decide(capture_id, "accepted")
    after.run_errands()
    found = after.record(capture_id)
    assert (found["state"], found["withdrawal"]) == ("accepted", "too-late")


def test_f27_personal_record_by_scanning_again(after: AfterStation) -> None:
    student, stranger = after.counterpart.roster.students[0], after.counterpart.roster.students[1]
    capture_id = after.take(student)
    body = after.web.post("/api/records/lookup", json={"payload": student.payload}).json()
    [record] = body["records"]
    assert record["capture_id"] == capture_id
    assert record["identity"] == body["student"]["identity"] == student.identity
    photo = after.web.get(record["photo"])
    assert photo.headers["content-type"] == "image/jpeg"
    assert photo.content == after.ledger.vault.read(capture_id, "photo")
    assert after.web.post("/api/records/lookup", json={"payload": stranger.payload}).json()["records"] == []
    nobody = after.web.post("/api/records/lookup", json={"payload": "nobody's code"}).json()
    assert nobody == {"student": None, "records": []}


def test_f28_every_result_is_counted_for_the_screen(after: AfterStation) -> None:
    first, second = (after.take(student) for student in after.counterpart.roster.students[:2])
    after.deliver()
    after.decide(first, "refused")
    after.decide(second, "accepted")
    after.receive()
    today = after.web.get("/api/today").json()
    assert (today["waiting"], today["refused"], today["recalled"], today["parked"]) == (0, 1, 1, 0)
    assert after.web.get("/api/state").json()["counters"] == today
    found = after.web.get("/api/records", params={"state": "refused"}).json()
    assert [record["capture_id"] for record in found["records"]] == [first]
    assert {name: number for name, number in found["counts"].items() if number} == {"refused": 1, "accepted": 1}


def test_f29_a_problem_report_goes_with_its_capture_and_evidence_and_only_the_platform_reads_it(
    after: AfterStation,
) -> None:
    capture_id = after.take(after.counterpart.roster.students[0])
    body = {"category": "photo", "text": "脸上有阴影，请看一下"}
    answer = after.web.post(f"/api/records/{capture_id}/report", json=body)
    assert answer.status_code == 201
    with after.ledger.reading() as session:
        kept = session.get_one(ErrandRow, answer.json()["report_id"])
    assert "阴影" not in kept.body
    after.run_errands()
    after.run_errands()
    platform = after.counterpart.platform
    with platform.database.read() as session:
        [row] = session.exec(select(ReportRow)).all()
    report = json.loads(row.body)
    assert report["capture_id"] == capture_id
    assert report["evidence"]["verdict"] == "pass"
    assert report["evidence"]["capture.state"] == "waiting"
    assert unseal(report["sealed_text"], platform.keys.sealing) == body["text"]
    assert len(journal_of(after, "report.received")) == 1


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("withdraw", {"reason": "because"}, 422),
        ("withdraw", {"reason": "student-wish", "more": 1}, 422),
        ("report", {"category": "photo", "text": "x" * 2001}, 422),
    ],
)
def test_what_no_record_takes_is_refused(after: AfterStation, path: str, body: dict[str, object], status: int) -> None:
    capture_id = after.take(after.counterpart.roster.students[0])
    assert after.web.post(f"/api/records/{capture_id}/{path}", json=body).status_code == status


def test_a_capture_that_is_not_here_is_said_so(after: AfterStation) -> None:
    for answer in (
        after.web.get("/api/records/nothing"),
        after.web.get("/api/records/nothing/photo.jpg"),
        after.web.post("/api/records/nothing/withdraw", json={"reason": "student-wish"}),
        after.web.post("/api/records/nothing/report", json={"category": "other"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-capture")


# --- exactly once -----------------------------------------------------------------------------------------------------


def page_of(after: AfterStation, capture_id: str, *changes: tuple[int, str], cursor: str) -> EventPage:
    found = [
        {
            "id": f"00000000-0000-0000-0000-{serial:012d}",
            "cursor": cursor,
            "kind": "review",
            "at": MOMENT.at,
            "data": {"capture_id": capture_id, "serial": serial, "state": state, "at": MOMENT.at},
        }
        for serial, state in changes
    ]
    return EventPage(events=[StationEvent.model_validate(event) for event in found], cursor=cursor)


def test_a_page_told_twice_and_by_two_processes_at_once_is_applied_once(after: AfterStation) -> None:
    capture_id = after.take(after.counterpart.roster.students[0])
    page = page_of(after, capture_id, (1, "reviewing"), (2, "refused"), cursor="7")
    taken: list[bool] = []
    threads = [
        threading.Thread(target=lambda: taken.append(events.take(after.ledger, page, "", MOMENT))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 5 + [True]
    assert [entry["state"] for entry in journal_of(after, "review.received")] == ["reviewing", "refused"]
    assert after.ledger.note(events.CURSOR_NOTE) == "7"


def test_news_out_of_order_changes_nothing(after: AfterStation) -> None:
    capture_id = after.take(after.counterpart.roster.students[0])
    assert events.take(after.ledger, page_of(after, capture_id, (4, "accepted"), cursor="1"), "", MOMENT)
    assert events.take(after.ledger, page_of(after, capture_id, (3, "refused"), cursor="2"), "1", MOMENT)
    with after.ledger.reading() as session:
        assert session.get_one(ReviewRow, capture_id).state == "accepted"
    assert after.ledger.note(events.CURSOR_NOTE) == "2"


def test_a_power_cut_between_event_and_cursor_leaves_neither(
    after: AfterStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture_id = after.take(after.counterpart.roster.students[0])
    page = page_of(after, capture_id, (1, "refused"), cursor="5")
    append = journal.append

    def cut(*_: object, **__: object) -> None:
        raise OSError(5, "the power went")

    monkeypatch.setattr(journal, "append", cut)
    with pytest.raises(OSError, match="power"):
        events.take(after.ledger, page, "", MOMENT)
    monkeypatch.setattr(journal, "append", append)
    assert after.ledger.note(events.CURSOR_NOTE) is None
    assert after.record(capture_id)["state"] == "waiting"
    assert events.take(after.ledger, page, "", MOMENT)
    assert after.record(capture_id)["state"] == "refused"


def test_an_event_that_cannot_be_read_holds_nothing_up(after: AfterStation) -> None:
    capture_id = after.take(after.counterpart.roster.students[0])
    good = page_of(after, capture_id, (1, "accepted"), cursor="2").events[0]
    broken = good.model_copy(update={"data": {"capture_id": "?"}})
    assert events.take(after.ledger, EventPage(events=[broken, good], cursor="2"), "", MOMENT)
    assert after.record(capture_id)["state"] == "accepted"
    assert len(journal_of(after, "event.unreadable")) == 1
    with after.ledger.reading() as session:
        journal.verify(session, after.ledger.keys.signing.public_key())


# --- a student asks to be forgotten -----------------------------------------------------------------------------------


def test_a_student_is_forgotten_by_code_or_capture_and_only_when_nothing_is_lost_by_it(after: AfterStation) -> None:
    student, other = after.counterpart.roster.students[:2]
    first, stays = after.take(student), after.take(other)
    held_back = after.web.post(f"/api/records/{first}/forget", json={})
    assert (held_back.status_code, held_back.json()["code"]) == (409, "not-delivered")
    after.deliver()
    second = after.take(student)
    answer = after.web.post(f"/api/records/{first}/forget", json={"even_undelivered": True})
    assert sorted(answer.json()["erased"]) == sorted([first, second])
    assert after.web.post("/api/records/lookup", json={"payload": student.payload}).json()["records"] == []
    assert after.record(stays)["state"] == "sent"
    digests = forgetting.digests_of_code(after.ledger, other.payload)
    assert forgetting.forget(after.ledger, MOMENT, digests, operator="local") == [stays]


def test_news_of_a_forgotten_capture_brings_nothing_back(after: AfterStation) -> None:
    capture_id = after.take(after.counterpart.roster.students[0])
    after.deliver()
    after.web.post(f"/api/records/{capture_id}/forget", json={})
    after.decide(capture_id, "refused")
    after.receive()
    with after.ledger.reading() as session:
        assert session.exec(select(ReviewRow)).all() == []
    assert after.ledger.note(events.CURSOR_NOTE)
