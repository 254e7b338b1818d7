"""After the hand-over: decisions become numbered events, a student may withdraw until accepted, problems are reported sealed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from platform_fixtures import Counterpart, MadeCapture
from sqlmodel import select

from appliance.platform.client import PlatformClient
from appliance.platform.contract import LocalText, ProblemReport, RefusalReason, Review
from appliance.platform.errors import PartsMissing, PlatformRefused
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.problems import Refusal
from appliance.platform.reference.reviews import decide
from appliance.platform.reference.tables import ReportRow
from appliance.platform.roster_store import RosterStore
from appliance.platform.sealing import seal

EYES = RefusalReason(rule="eyes.open", message=LocalText(zh="请睁开双眼", en="Please open both eyes"))


@pytest.fixture
def capture(counterpart: Counterpart, identity: StationIdentity, client: PlatformClient) -> MadeCapture:
    """One that the platform holds whole."""
    made = counterpart.capture(identity, original_bytes=20_000)
    client.put_record(made.capture_id, made.record)
    client.put_photo(made.capture_id, made.photo)
    path = client.create_upload(made.capture_id, len(made.original), made.original_sha256)
    client.append(path, 0, made.original)
    return made


def reviews_told(client: PlatformClient) -> list[Review]:
    return [Review.model_validate(event.data) for event in client.events().events if event.kind == "review"]


def test_a_capture_is_under_review_until_somebody_decides(
    counterpart: Counterpart, client: PlatformClient, capture: MadeCapture
) -> None:
    first = client.review(capture.capture_id)
    assert (first.state, first.serial, first.reasons) == ("reviewing", 0, [])
    decide(counterpart.platform, capture.capture_id, "refused", [EYES], by="desk")
    review = client.review(capture.capture_id)
    assert (review.state, review.serial, review.reasons) == ("refused", 1, [EYES])
    assert reviews_told(client) == [review]


def test_every_change_has_a_higher_serial_and_the_same_decision_changes_nothing(
    counterpart: Counterpart, client: PlatformClient, capture: MadeCapture
) -> None:
    for _ in range(2):
        decide(counterpart.platform, capture.capture_id, "refused", [EYES], by="desk")
    decide(counterpart.platform, capture.capture_id, "accepted", by="desk")
    assert [(review.serial, review.state) for review in reviews_told(client)] == [(1, "refused"), (2, "accepted")]


def test_a_student_withdraws_while_under_review_and_the_desk_can_no_longer_decide(
    counterpart: Counterpart, client: PlatformClient, capture: MadeCapture
) -> None:
    first = client.withdraw(capture.capture_id, "better-photo")
    assert (first.state, first.serial) == ("withdrawn", 1)
    assert client.withdraw(capture.capture_id, "student-wish") == first
    assert reviews_told(client) == [first]
    with pytest.raises(Refusal, match="withdrawn by its student"):
        decide(counterpart.platform, capture.capture_id, "accepted", by="desk")


@pytest.mark.parametrize(("state", "code"), [("accepted", "locked"), ("refused", "already-refused")])
def test_a_decided_capture_cannot_be_withdrawn(
    counterpart: Counterpart, client: PlatformClient, capture: MadeCapture, state: str, code: str
) -> None:
    decide(counterpart.platform, capture.capture_id, state, [EYES], by="desk")  # type: ignore[arg-type]
    with pytest.raises(PlatformRefused) as refusal:
        client.withdraw(capture.capture_id, "student-wish")
    assert refusal.value.code == code
    assert refusal.value.problem.status == 409


def test_only_whole_captures_are_decided_and_a_refusal_says_why(
    counterpart: Counterpart, identity: StationIdentity, client: PlatformClient, capture: MadeCapture
) -> None:
    half = counterpart.capture(identity)
    client.put_record(half.capture_id, half.record)
    with pytest.raises(Refusal, match="not complete yet"):
        decide(counterpart.platform, half.capture_id, "accepted", by="desk")
    assert client.withdraw(half.capture_id, "wrong-person").state == "withdrawn"
    with pytest.raises(Refusal, match="at least one reason"):
        decide(counterpart.platform, capture.capture_id, "refused", [], by="desk")
    with pytest.raises(Refusal, match="no capture"):
        decide(counterpart.platform, str(uuid.uuid4()), "accepted", by="desk")


def test_reviews_are_a_stations_own(counterpart: Counterpart, client: PlatformClient, capture: MadeCapture) -> None:
    with pytest.raises(PartsMissing):
        client.review(str(uuid.uuid4()))
    with PlatformClient(counterpart.enrol()) as other:
        for call in (other.review, lambda capture_id: other.withdraw(capture_id, "student-wish")):
            with pytest.raises(PlatformRefused) as refusal:
                call(capture.capture_id)
            assert refusal.value.code == "not-yours"


def test_another_station_learns_from_the_roster_that_a_student_was_refused(
    counterpart: Counterpart, client: PlatformClient, capture: MadeCapture, tmp_path: Path
) -> None:
    decide(counterpart.platform, capture.capture_id, "refused", [EYES], by="desk")
    with PlatformClient(counterpart.enrol()) as other:
        page = other.rosters()
        assert page is not None
        [roster], _ = RosterStore(tmp_path / "r", other.identity).take(page, other.clock.now())
    states = [getattr(roster.find(student.payload), "review", None) for student in counterpart.roster.students]
    assert sorted(states, key=str) == [None] * 5 + ["refused"]


def report(identity: StationIdentity, **changes: object) -> ProblemReport:
    fields = {
        "report_id": uuid.uuid4(),
        "category": "code",
        "sealed_text": seal("二维码读不出来", identity.sealing_key),
        "evidence": {"reads": 14, "light": 0.2},
        "at": datetime.now(UTC),
    }
    return ProblemReport.model_validate({**fields, **changes})


def test_a_report_is_kept_once_byte_for_byte(
    counterpart: Counterpart, client: PlatformClient, identity: StationIdentity
) -> None:
    sent = report(identity)
    first = client.report(sent)
    assert client.report(sent) == first
    with counterpart.platform.database.read() as session:
        row = session.exec(select(ReportRow)).one()
    assert ProblemReport.model_validate_json(row.body) == sent
    with pytest.raises(PlatformRefused) as other_content:
        client.report(sent.model_copy(update={"category": "camera"}))
    assert other_content.value.code == "other-report"
    with PlatformClient(counterpart.enrol()) as other, pytest.raises(PlatformRefused) as not_yours:
        other.report(sent)
    assert not_yours.value.code == "not-yours"


@pytest.mark.parametrize(("text", "code"), [("a.b.c.d.e", "body-unreadable"), ("long", "too-large")])
def test_a_report_nobody_can_open_or_too_long_is_refused(
    client: PlatformClient, identity: StationIdentity, text: str, code: str
) -> None:
    sealed = seal("x" * 300_000, identity.sealing_key) if text == "long" else text
    with pytest.raises(PlatformRefused) as refusal:
        client.report(report(identity, sealed_text=sealed))
    assert refusal.value.code == code
