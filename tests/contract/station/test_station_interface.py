"""The visit through the station's interface: what it allows, what it refuses, and in which words."""

from __future__ import annotations

import io
from typing import Any

import pytest
import segno

from appliance.rehearsal.bench import Bench
from appliance.rehearsal.door import StationDoor, StationRefused
from appliance.rehearsal.visitor import Subject, Visitor


def refused(call: Any) -> dict[str, Any]:
    with pytest.raises(StationRefused) as caught:
        call()
    problem = caught.value.problem
    assert problem["message"]["zh"]
    assert problem["message"]["en"]
    return problem


def scan(door: StationDoor, payload: str) -> Any:
    return door.post("/api/visit/code", {"payload": payload})


def to_framing(bench: Bench, visitor: Visitor, number: int) -> None:
    visitor.identify(bench.credentials(number))


def test_an_unknown_code_is_said_and_the_visit_stays_idle(door: StationDoor) -> None:
    problem = refused(lambda: scan(door, "not a code of anybody"))
    assert (problem["status"], problem["code"]) == (404, "unknown-code")
    assert door.visit()["state"] == "idle"


def test_a_code_of_another_plan_is_said_with_the_plans_name(bench: Bench, door: StationDoor) -> None:
    problem = refused(lambda: scan(door, bench.roster.strangers[0].payload))
    assert (problem["status"], problem["code"]) == (409, "other-plan")
    assert bench.roster.other_plan.title.zh in problem["message"]["zh"]
    assert door.visit()["state"] == "idle"


def test_an_unreadable_code_picture_is_said_and_the_visit_stays_idle(bench: Bench, door: StationDoor) -> None:
    blank = io.BytesIO()
    segno.make_qr("x").save(blank, kind="png", scale=1, border=0, dark="white", light="white")
    for body in (blank.getvalue(), b"%PDF-1.4 no picture", b""):
        problem = refused(lambda body=body: door._answer("POST", "/api/visit/code-picture", content=body))
        assert (problem["status"], problem["code"]) == (422, "unreadable-code")
    assert door.visit()["state"] == "idle"


def test_a_code_in_a_picture_file_begins_the_visit(bench: Bench, door: StationDoor) -> None:
    picture = io.BytesIO()
    segno.make_qr(bench.credentials(3).payload, error="l").save(picture, kind="png", scale=6)
    door._answer("POST", "/api/visit/code-picture", content=picture.getvalue())
    assert door.visit()["state"] == "identified"


def test_a_picture_beyond_the_limit_is_refused_before_it_is_read(door: StationDoor) -> None:
    problem = refused(lambda: door._answer("POST", "/api/visit/code-picture", content=bytes(20_000_001)))
    assert (problem["status"], problem["code"]) == (413, "too-large")


def test_two_visits_at_once_the_second_is_told_the_step_in_progress(bench: Bench, door: StationDoor) -> None:
    scan(door, bench.credentials(1).payload)
    problem = refused(lambda: scan(door, bench.credentials(2).payload))
    assert (problem["status"], problem["code"], problem["state"]) == (409, "visit-in-progress", "identified")
    assert door.visit()["state"] == "identified"


def test_the_same_code_within_its_visit_is_one_scan(bench: Bench, door: StationDoor) -> None:
    first = scan(door, bench.credentials(1).payload)
    assert scan(door, bench.credentials(1).payload)["id"] == first["id"]


def test_wrong_answers_are_counted_down_and_outlive_the_visit(bench: Bench, door: StationDoor) -> None:
    held = bench.credentials(20)
    wrong = "0000" if held.answer != "0000" else "1111"
    scan(door, held.payload)
    left = [refused(lambda: door.post("/api/visit/verify", {"answer": wrong}))["tries_left"] for _ in range(2)]
    door.post("/api/visit/abandon", {"reason": "student-left"})
    scan(door, held.payload)
    assert door.visit()["tries_left"] == left[-1]
    left += [refused(lambda: door.post("/api/visit/verify", {"answer": wrong}))["tries_left"] for _ in range(1)]
    assert left == [2, 1, 0]
    problem = refused(lambda: door.post("/api/visit/verify", {"answer": held.answer}))
    assert (problem["status"], problem["code"]) == (429, "tries-exhausted")
    assert problem["retry_after"] > 0


def test_nothing_is_framed_without_the_consent_of_the_right_version(bench: Bench, door: StationDoor) -> None:
    held = bench.credentials(4)
    scan(door, held.payload)
    assert refused(lambda: door.post("/api/visit/shoot"))["code"] == "not-now"
    door.post("/api/visit/verify", {"answer": held.answer.lower()})
    version = bench.roster.plan.consent.version
    for body in (
        {"record_confirmed": True, "consent_version": "older"},
        {"record_confirmed": False, "consent_version": version},
    ):
        assert refused(lambda body=body: door.post("/api/visit/confirm", body))["code"] == "consent-missing"
    assert door.visit()["state"] == "verified"
    door.post("/api/visit/confirm", {"record_confirmed": True, "consent_version": version})
    assert door.visit()["state"] == "framing"


def test_an_empty_stage_is_refused_for_want_of_a_face(bench: Bench, door: StationDoor, visitor: Visitor) -> None:
    to_framing(bench, visitor, 5)
    visit = visitor.shoot(Subject("nobody", None))
    assert visit["state"] == "refused"
    failed = [rule["id"] for rule in visit["shot"]["verdict"]["rules"] if rule["outcome"] == "fail"]
    assert failed[:1] == ["subject.single"]
    assert visit["shot"]["after"] is None
    body = {"shot": visit["shot"]["id"], "exception": {"reason": "medical", "note": ""}}
    assert refused(lambda: door.post("/api/visit/accept", body))["code"] == "shot-missing"


@pytest.mark.pictures
def test_a_refused_photo_needs_a_reason_from_the_list(
    bench: Bench, door: StationDoor, visitor: Visitor, subject: Subject
) -> None:
    to_framing(bench, visitor, 6)
    shot = visitor.shoot(subject)["shot"]
    assert shot["verdict"]["verdict"] == "refuse"
    plain = {"shot": shot["id"], "exception": None}
    assert refused(lambda: door.post("/api/visit/accept", plain))["code"] == "not-acceptable"
    odd = {"shot": shot["id"], "exception": {"reason": "because", "note": ""}}
    assert refused(lambda: door.post("/api/visit/accept", odd))["code"] == "exception-unknown"
    other = {"shot": "another", "exception": {"reason": "medical", "note": ""}}
    assert refused(lambda: door.post("/api/visit/accept", other))["code"] == "shot-missing"
    capture = visitor.accept(shot["id"], "medical")
    assert visitor.accept(shot["id"], "medical") == capture
    assert door.visit()["state"] == "queued"
    receipt = visitor.receipt(capture)
    assert receipt["capture_id"] == capture


@pytest.mark.pictures
def test_a_retake_discards_the_shot(bench: Bench, door: StationDoor, visitor: Visitor, subject: Subject) -> None:
    to_framing(bench, visitor, 7)
    first = visitor.shoot(subject)["shot"]
    assert door.content(first["after"])[:2] == b"\xff\xd8"
    door.post("/api/visit/retake")
    assert refused(lambda: door.content(first["after"]))["code"] == "shot-missing"
    second = visitor.shoot(Subject("still there", None))["shot"]
    assert second["id"] != first["id"]


@pytest.mark.pictures
def test_a_killed_station_goes_on_with_the_visit_and_asks_for_the_shot_again(
    bench: Bench, door: StationDoor, visitor: Visitor, subject: Subject
) -> None:
    to_framing(bench, visitor, 8)
    before = visitor.shoot(subject)
    bench.station.kill()
    bench.start_station()
    with bench.door() as again:
        visit = again.visit()
        assert visit["id"] == before["id"]
        assert visit["state"] == "framing"
        assert visit["shot"] is None
    door.move(bench.url)


def test_misspelt_fields_are_refused_by_name(door: StationDoor) -> None:
    problem = refused(lambda: door.post("/api/visit/code", {"payloda": "x"}))
    assert problem["status"] == 422
    assert any("payloda" in error["where"] for error in problem["errors"])


def test_free_text_about_a_person_is_no_reason(bench: Bench, door: StationDoor) -> None:
    scan(door, bench.credentials(9).payload)
    assert refused(lambda: door.post("/api/visit/abandon", {"reason": "李明 has left"}))["status"] == 422
