"""Who may talk to the station."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from appliance.rehearsal.bench import Bench
from appliance.rehearsal.door import StationDoor


@pytest.fixture
def stranger(bench: Bench, door: StationDoor) -> Iterator[httpx2.Client]:
    del door
    with httpx2.Client(base_url=bench.url, trust_env=False) as http:
        yield http


def test_unpaired_nothing_but_pairing_health_and_the_page_answers(door: StationDoor, stranger: httpx2.Client) -> None:
    assert stranger.get("/api/health").status_code == 200
    assert stranger.get("/api/pairing").json() == {"paired": False, "station": "station", "question": None}
    assert stranger.get("/").status_code == 200
    asked = stranger.get("/captive-portal")  # RFC 8908: where DHCP's option 114 sends every tablet that joins
    assert (asked.headers["content-type"], asked.json()) == ("application/captive+json", {"captive": False})
    open_paths = {"/api/health", "/api/pairing", "/api/pairing/proof"}
    document = door.get("/api/openapi.json")
    tried = 0
    for path, operations in document["paths"].items():
        for method in operations:
            if path in open_paths:
                continue
            concrete = path.replace("{", "").replace("}", "")
            answer = stranger.request(method, concrete, json={})
            assert answer.status_code == 401, (method, path, answer.text)
            assert answer.json()["code"] == "unpaired"
            tried += 1
    assert tried > 15


def test_pairing_with_the_code_shown_by_the_station_opens_it(bench: Bench, stranger: httpx2.Client) -> None:
    code = bench.new_pairing_code()
    wrong = "000000" if code != "000000" else "111111"
    answer = stranger.post("/api/pairing", json={"code": wrong})
    assert answer.status_code == 403
    assert answer.json()["tries_left"] < 5
    answer = stranger.post("/api/pairing", json={"code": code})
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert stranger.get("/api/state").status_code == 200
    assert stranger.get("/api/pairing").json()["paired"] is True


def test_another_pages_requests_are_refused_even_with_the_cookie(bench: Bench, stranger: httpx2.Client) -> None:
    stranger.post("/api/pairing", json={"code": bench.new_pairing_code()})
    answer = stranger.post("/api/visit/next", json={}, headers={"Origin": "http://evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "other-origin")


def test_the_live_picture_is_closed_to_strangers(bench: Bench, door: StationDoor) -> None:
    del door
    with pytest.raises((InvalidStatus, ConnectionClosed)):
        ask_for_a_frame(bench)


def ask_for_a_frame(bench: Bench) -> None:
    with connect(bench.url.replace("http", "ws") + "/api/preview") as ws:
        ws.send("{}")
        ws.recv(timeout=5)


def test_frames_are_pulled_each_with_its_own_header(bench: Bench, door: StationDoor) -> None:
    token = door._http.headers["authorization"]
    with connect(bench.url.replace("http", "ws") + "/api/preview", additional_headers={"Authorization": token}) as ws:
        last = -1
        for _ in range(3):
            ws.send(json.dumps({"after": last}))
            message = ws.recv(timeout=5)
            assert isinstance(message, bytes)
            (length,) = struct.unpack(">I", message[:4])
            header = json.loads(message[4 : 4 + length])
            assert header["sequence"] != last
            assert (header["width"], header["height"]) == (640, 480)
            assert message[4 + length : 6 + length] == b"\xff\xd8"
            last = header["sequence"]


def test_answers_forbid_foreign_scripts_and_frames(stranger: httpx2.Client) -> None:
    policy = stranger.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_events_begin_with_a_snapshot_and_number_every_change(bench: Bench, door: StationDoor) -> None:
    token = door._http.headers["authorization"]
    seen: list[tuple[int, str]] = []
    with (
        httpx2.Client(base_url=bench.url, trust_env=False, timeout=10) as http,
        http.stream("GET", "/api/events", headers={"Authorization": token}) as stream,
    ):
        number = 0
        for line in stream.iter_lines():
            if line.startswith("id: "):
                number = int(line[4:])
            elif line.startswith("event: "):
                seen.append((number, line[7:]))
                if len(seen) == 1:
                    door.post("/api/visit/code", {"payload": bench.credentials(10).payload})
                if seen[-1][1] == "visit":
                    break
    assert seen[0][1] == "snapshot"
    numbers = [number for number, _ in seen]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
