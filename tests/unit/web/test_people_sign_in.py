"""Who may act: PINs, roles, slow-down, rest, and one tablet at the wheel."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select
from web_station import OTHER_PIN, PIN, SETUP_CODE, WebStation, made, sign_in, web_app

from appliance.ledger.tables import JournalRow
from appliance.web.people import People
from appliance.web.problems import ProblemError


@pytest.fixture
def technician(web_station: WebStation) -> tuple[TestClient, str]:
    """A tablet at which the first technician is signed in."""
    tablet = web_station.tablet()
    person = made(tablet, "王工", "technician", PIN, setup_code=SETUP_CODE)
    assert sign_in(tablet, person) == 204
    return tablet, person


def test_while_nobody_is_listed_a_paired_tablet_operates(web_station: WebStation) -> None:
    tablet = web_station.tablet()
    assert tablet.get("/api/session").json() == {"operator": None, "idle_s": 900.0, "needed": False}
    assert tablet.get("/api/people").json() == {"people": [], "setup": True}
    assert tablet.post("/api/visit/next", json={}).status_code == 200


def test_the_first_technician_needs_the_consoles_code_and_is_a_technician(web_station: WebStation) -> None:
    tablet = web_station.tablet()
    body = {"name": "王工", "role": "technician", "pin": PIN}
    for code in (None, "00000000"):
        answer = tablet.post("/api/people", json=body | {"setup_code": code})
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong-setup-code")
    answer = tablet.post("/api/people", json=body | {"role": "operator", "setup_code": SETUP_CODE})
    assert (answer.status_code, answer.json()["code"]) == (422, "technician-first")
    made(tablet, "王工", "technician", PIN, setup_code=f"{SETUP_CODE[:4]} {SETUP_CODE[4:]}")  # as the log shows it
    again = tablet.post("/api/people", json=body | {"name": "另一个", "setup_code": SETUP_CODE})
    assert (again.status_code, again.json()["code"]) == (401, "signed-out")


def test_from_the_first_person_on_who_acts_signs_in(
    web_station: WebStation, technician: tuple[TestClient, str]
) -> None:
    tablet, _ = technician
    other = web_station.tablet()
    answer = other.post("/api/visit/next", json={})
    assert (answer.status_code, answer.json()["code"]) == (401, "signed-out")
    assert other.get("/api/state").json()["session"]["needed"] is True
    assert tablet.post("/api/visit/next", json={}).status_code == 200
    assert web_station.program().post("/api/visit/next", json={}).status_code == 200


def test_five_wrong_pins_slow_down_and_a_restart_forgives_nothing(
    web_station: WebStation, technician: tuple[TestClient, str]
) -> None:
    _, person = technician
    tablet = web_station.tablet()
    for left in (4, 3, 2, 1, 0):
        answer = tablet.post("/api/session", json={"operator": person, "pin": OTHER_PIN})
        assert (answer.status_code, answer.json()["tries_left"]) == (403, left)
    slow = tablet.post("/api/session", json={"operator": person, "pin": PIN})
    assert slow.status_code == 429
    assert slow.headers["retry-after"] == str(slow.json()["retry_after"])
    # Another tablet waits as well: the person is being guessed at.
    assert sign_in(web_station.tablet(), person) == 429
    restarted = WebStation(
        web_station.ledger,
        web_station.clock,
        web_station.conductor,
        web_app(web_station.ledger, web_station.clock, web_station.conductor),
    )
    assert sign_in(restarted.tablet(), person) == 429
    web_station.clock.now += 10
    assert sign_in(tablet, person) == 204
    assert tablet.post("/api/session", json={"operator": person, "pin": OTHER_PIN}).json()["tries_left"] == 4


def test_a_tablet_at_rest_asks_again_and_a_new_boot_does_too(
    web_station: WebStation, technician: tuple[TestClient, str]
) -> None:
    tablet, person = technician
    web_station.clock.now += 899
    assert tablet.post("/api/visit/next", json={}).status_code == 200
    web_station.clock.now += 899
    assert tablet.get("/api/session").json()["operator"]["id"] == person
    web_station.clock.now += 2
    assert tablet.get("/api/session").json()["operator"] is None
    assert tablet.post("/api/visit/next", json={}).json()["code"] == "signed-out"
    assert sign_in(tablet, person) == 204
    cookies = tablet.cookies
    for boot, known in (("boot-1", True), ("boot-2", False)):
        web_station.clock.boot_id = boot
        client = TestClient(
            web_app(web_station.ledger, web_station.clock, web_station.conductor),
            base_url="http://station.local",
            cookies=cookies,
        )
        assert (client.get("/api/session").json()["operator"] is not None) is known


def test_signing_out_and_being_removed_end_the_session(
    web_station: WebStation, technician: tuple[TestClient, str]
) -> None:
    tablet, person = technician
    operator = made(tablet, "小李", "operator", OTHER_PIN)
    second = web_station.tablet()
    assert sign_in(second, operator, OTHER_PIN) == 204
    assert second.get("/api/session").json()["operator"] == {"id": operator, "name": "小李", "role": "operator"}
    assert tablet.delete(f"/api/people/{operator}").status_code == 204
    assert second.get("/api/session").json()["operator"] is None
    assert tablet.delete(f"/api/people/{person}").status_code == 204  # the very last one: nobody is listed again
    assert tablet.get("/api/session").json()["needed"] is False


def test_people_are_changed_by_technicians_only_and_one_must_stay(
    web_station: WebStation, technician: tuple[TestClient, str]
) -> None:
    tablet, person = technician
    operator = made(tablet, "小李", "operator", OTHER_PIN)
    second = web_station.tablet()
    sign_in(second, operator, OTHER_PIN)
    for method, path in (
        ("POST", "/api/people"),
        ("PUT", f"/api/people/{person}"),
        ("DELETE", f"/api/people/{person}"),
    ):
        body = {"name": "x", "pin": PIN} if method == "POST" else {"pin": OTHER_PIN}
        answer = second.request(method, path, json=None if method == "DELETE" else body)
        assert (answer.status_code, answer.json()["code"]) == (403, "technician-only"), method
    demoted = tablet.put(f"/api/people/{person}", json={"role": "operator"})
    assert (demoted.status_code, demoted.json()["code"]) == (409, "last-technician")
    assert tablet.delete(f"/api/people/{person}").json()["code"] == "last-technician"
    assert tablet.put(f"/api/people/{operator}", json={"pin": "730164"}).status_code == 200
    assert sign_in(second, operator, "730164") == 204


@pytest.mark.parametrize(
    ("name", "pin", "code"),
    [
        ("a", "12345", "pin-form"),
        ("a", "1234567", "pin-form"),
        ("a", "１２３４５６", "pin-form"),
        ("a", "111111", "pin-weak"),
        ("a", "123456", "pin-weak"),
        ("a", "987654", "pin-weak"),
        ("   ", PIN, "name-length"),
        ("阿" * 41, PIN, "name-length"),
        (" 王工 ", PIN, "name-taken"),
        ("王\u0000工", PIN, "name-form"),
        ("\u001b[31m王工", PIN, "name-form"),
        ("王\u202e工", PIN, "name-form"),
    ],
)
def test_names_and_pins_that_cannot_be_used_are_refused_with_the_reason(
    technician: tuple[TestClient, str], name: str, pin: str, code: str
) -> None:
    tablet, _ = technician
    answer = tablet.post("/api/people", json={"name": name, "pin": pin})
    assert answer.json()["code"] == code
    assert set(answer.json()["message"]) == {"zh", "en"}


def test_an_exception_needs_the_pin_again(web_station: WebStation, technician: tuple[TestClient, str]) -> None:
    tablet, _ = technician
    body = {"shot": "s-1", "exception": {"reason": "medical"}}
    answer = tablet.post("/api/visit/accept", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "pin-needed")
    answer = tablet.post("/api/visit/accept", json=body | {"pin": OTHER_PIN})
    assert (answer.status_code, answer.json()["tries_left"]) == (403, 4)
    assert web_station.conductor.steps() == []
    assert tablet.post("/api/visit/accept", json=body | {"pin": PIN}).status_code == 201
    assert tablet.post("/api/visit/accept", json={"shot": "s-1"}).status_code == 201


def test_one_tablet_drives_and_another_may_take_over_on_purpose(web_station: WebStation) -> None:
    first, second = web_station.tablet(), web_station.tablet()
    assert first.post("/api/visit/next", json={}).status_code == 200
    refused = second.post("/api/visit/next", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "not-driving")
    assert refused.json()["driving"] == {"mine": False, "tablet": "1", "operator": None}
    assert second.post("/api/drive", json={}).json()["code"] == "not-driving"
    assert second.post("/api/drive", json={"take_over": True}).json()["mine"] is True
    assert first.post("/api/visit/next", json={}).json()["code"] == "not-driving"
    assert first.get("/api/state").json()["driving"] == {"mine": False, "tablet": "2", "operator": None}
    web_station.clock.now += 61
    assert first.post("/api/visit/next", json={}).status_code == 200


def test_a_stale_page_is_told_and_nothing_happens(web_station: WebStation) -> None:
    tablet = web_station.tablet()
    web_station.conductor.begin("v-2")
    stale = tablet.post("/api/visit/retake", json={}, headers={"X-Visit": "v-1"})
    assert (stale.status_code, stale.json()["code"], stale.json()["visit"]) == (409, "stale-visit", "v-2")
    assert web_station.conductor.steps() == []
    assert tablet.post("/api/visit/retake", json={}, headers={"X-Visit": "v-2"}).status_code == 200


def test_the_students_screen_may_be_content_or_ask_for_another_and_nothing_else(
    web_station: WebStation, technician: tuple[TestClient, str]
) -> None:
    tablet, _ = technician
    screen = web_station.tablet()
    screen.headers["X-Student-Screen"] = "1"
    assert screen.post("/api/visit/retake", json={}).json()["code"] == "signed-out"  # nobody drives yet
    assert tablet.post("/api/visit/next", json={}).status_code == 200
    assert screen.post("/api/visit/retake", json={}).status_code == 200
    assert screen.post("/api/visit/accept", json={"shot": "s"}).status_code == 201
    assert screen.post("/api/visit/abandon", json={}).json()["code"] == "signed-out"
    answer = screen.post("/api/visit/accept", json={"shot": "s", "exception": {"reason": "medical"}})
    assert (answer.status_code, answer.json()["code"]) == (403, "pin-needed")
    answer = screen.post("/api/visit/accept", json={"shot": "s", "face_confirmed": True})
    assert (answer.status_code, answer.json()["code"]) == (403, "operator-only")


def test_no_pin_and_no_name_is_readable_in_ledger_notes_or_journal(
    web_station: WebStation, technician: tuple[TestClient, str]
) -> None:
    del technician
    ledger = web_station.ledger
    assert PIN not in (ledger.note("people") or "")
    assert "$argon2id$" in (ledger.note("people") or "")
    with ledger.reading() as session:
        lines = [row.body for row in session.exec(select(JournalRow))]
    assert len(lines) >= 2
    assert not any("王工" in line or PIN in line for line in lines)


def test_a_digest_that_was_damaged_is_no_way_in(web_station: WebStation) -> None:
    people = People(web_station.ledger)
    person = people.add("王工", "technician", PIN)
    web_station.ledger.keep_note("people", (web_station.ledger.note("people") or "").replace("$argon2id$", "$"))
    assert not people.matches(people.find(person.id), PIN)
    with pytest.raises(ProblemError):
        people.find("p-nobody")
