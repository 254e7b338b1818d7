"""Who is let in before any route looks: strangers, other pages, the student's screen, and how often anybody may ask."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select
from web_station import PAIRING_CODE, WebStation

from appliance.ledger.tables import JournalRow
from appliance.web.buckets import _KEPT, Buckets, Rate
from appliance.web.front import STRANGER


def journal(station: WebStation, event: str) -> list[dict[str, Any]]:
    with station.ledger.reading() as session:
        return [json.loads(row.body) for row in session.exec(select(JournalRow).where(JournalRow.event == event))]


@pytest.mark.parametrize("path", ["/api/visit/next", "/api/no-such-thing", "/api/visit/next/"])
def test_a_strangers_body_is_not_even_read(web_station: WebStation, path: str) -> None:
    answer = web_station.stranger().post(path, content=b"{not json", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unpaired")


def test_another_page_reads_and_changes_nothing_and_pairs_nobody(web_station: WebStation) -> None:
    tablet = web_station.tablet()
    foreign = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil.example"})
    for headers in foreign:
        assert tablet.post("/api/visit/next", json={}, headers=headers).json()["code"] == "other-origin"
        assert tablet.get("/api/state", headers=headers).json()["code"] == "other-origin"
        paired = web_station.stranger().post("/api/pairing", json={"code": PAIRING_CODE}, headers=headers)
        assert paired.json()["code"] == "other-origin"
    for origin in ("null", "https://[evil]", "http://[::1", "\xff"):
        for asking in (tablet, web_station.stranger()):
            answer = asking.get("/api/pairing", headers={"Origin": origin.encode("latin-1")})
            assert (answer.status_code, answer.json()["code"]) == (403, "other-origin"), origin
    same = {"Sec-Fetch-Site": "same-origin", "Origin": "http://station.local"}
    assert tablet.post("/api/visit/next", json={}, headers=same).status_code == 200


def test_nonsense_is_not_given_back_at_its_full_length(web_station: WebStation) -> None:
    sent = json.dumps({f"{number} {'a' * 2000}": 1 for number in range(100)})
    answer = web_station.stranger().post("/api/pairing", content=sent, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert len(answer.content) < len(sent) / 10


def test_numbers_beyond_what_the_ledger_counts_are_refused(web_station: WebStation) -> None:
    for row in (0, -1, 2**63, 10**30):
        answer = web_station.program().post(f"/api/queue/{row}/retry")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


def test_what_nobody_foresaw_is_answered_in_both_languages_without_what_was_sent(
    web_station: WebStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("440301200001011234")

    monkeypatch.setattr(web_station.conductor, "next", broken, raising=False)
    asking = TestClient(web_station.app, base_url="http://station.local", raise_server_exceptions=False)
    asking.headers["Authorization"] = web_station.program().headers["Authorization"]
    answer = asking.post("/api/visit/next", json={})
    assert (answer.status_code, answer.json()["code"]) == (500, "station-failed")
    assert set(answer.json()["message"]) == {"zh", "en"}
    assert "4403" not in answer.text


def test_a_students_screen_looks_on_and_takes_the_students_answer(web_station: WebStation) -> None:
    screen = web_station.stranger()
    code = web_station.program().post("/api/pairing/code").json()["code"]
    assert screen.post("/api/pairing", json={"code": code, "screen": "student"}).status_code == 204
    assert screen.get("/api/visit").status_code == 200
    for method, path in [
        ("POST", "/api/visit/next"),
        ("POST", "/api/visit/shoot"),
        ("POST", "/api/visit/code"),
        ("GET", "/api/records"),
        ("GET", "/api/people"),
        ("POST", "/api/session"),
        ("POST", "/api/drive"),
        ("GET", "/api/technician/logs"),
        ("POST", "/api/pairing/code"),
        ("PUT", "/api/plans/current"),
    ]:
        assert screen.request(method, path, json={}).json()["code"] == "student-screen", path
    assert screen.post("/api/visit/retake", json={}).status_code == 200
    assert web_station.conductor.steps() == ["retake"]


def test_a_tablet_that_is_turned_away_is_a_stranger(web_station: WebStation) -> None:
    tablet, other = web_station.tablet(), web_station.tablet()
    listed = tablet.get("/api/tablets").json()["tablets"]
    assert [(t["number"], t["mine"]) for t in listed] == [(1, True), (2, False)]
    assert tablet.delete("/api/tablets/2").status_code == 204
    assert tablet.delete("/api/tablets/2").status_code == 404
    assert other.get("/api/state").status_code == 401
    assert tablet.get("/api/tablets").status_code == 200


def test_pairings_and_what_a_technician_does_are_in_the_journal(web_station: WebStation) -> None:
    tablet = web_station.tablet()
    tablet.put("/api/technician/lamps", json={"level": "off"})
    tablet.get("/api/technician/logs")
    assert [entry["tablet"] for entry in journal(web_station, "tablet.paired")] == [1]
    actions = [entry["action"] for entry in journal(web_station, "technician.action")]
    assert actions == ["POST /api/pairing/code", "PUT /api/technician/lamps", "GET /api/technician/logs"]


def test_every_refusal_is_in_the_journal_and_a_flood_is_a_count(web_station: WebStation) -> None:
    with TestClient(web_station.app, base_url="http://station.local") as stranger:
        for _ in range(40):
            stranger.get("/api/state")
        stranger.post("/api/pairing", json={"code": "000000"})
        stranger.get("/api/health", headers={"Host": "evil.example"})
    counts: dict[str, int] = {}
    entries = journal(web_station, "access.refused")
    for entry in entries:
        counts[entry["kind"]] = counts.get(entry["kind"], 0) + entry["count"]
    assert counts == {"unpaired": 40, "wrong-pairing-code": 1, "other-host": 1}
    assert len(entries) <= 6


def test_a_stranger_who_floods_waits_and_a_tablet_at_the_same_address_does_not(web_station: WebStation) -> None:
    tablet, stranger = web_station.tablet(), web_station.stranger()
    for _ in range(int(STRANGER.burst) + 20):
        answer = stranger.get("/api/state")
    assert (answer.status_code, answer.json()["code"]) == (429, "too-often")
    assert answer.headers["retry-after"] == "2"
    assert tablet.get("/api/visit").status_code == 200
    assert web_station.program().get("/api/visit").status_code == 200


def test_answers_over_tls_say_so_for_a_year_and_name_one_socket(web_station: WebStation) -> None:
    secure = TestClient(web_station.app, base_url="https://station.local:8443")
    answer = secure.post("/api/pairing", json={"code": PAIRING_CODE})
    assert answer.headers["set-cookie"].startswith("__Host-station_tablet=")
    for attribute in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert attribute in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "connect-src 'self' wss://station.local:8443;" in answer.headers["content-security-policy"]
    assert "strict-transport-security" not in web_station.stranger().get("/api/health").headers


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_buckets_fill_again_and_their_number_is_bounded() -> None:
    ticks = Ticks()
    buckets, rate = Buckets(ticks), Rate(3, 1)
    assert [buckets.take("a", rate) for _ in range(4)] == [True, True, True, False]
    ticks.now = 2.0
    assert [buckets.take("a", rate) for _ in range(3)] == [True, True, False]
    for number in range(3 * _KEPT):
        buckets.take(str(number), rate)
    assert len(buckets._kept) == _KEPT
