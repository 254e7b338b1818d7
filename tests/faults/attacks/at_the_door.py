"""Attacks on who is let in. Each takes the stage, fails when it got in, and says what the station answered."""

from __future__ import annotations

from collections import Counter

from laptop import Laptop, status_of
from stage import TABLET, Stage
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

OPEN = {"/api/health", "/api/pairing", "/api/pairing/proof"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def every_route_unpaired(stage: Stage) -> str:
    """Each path of the OpenAPI document by every method, with and without a body."""
    answers: Counter[int] = Counter()
    for number, path in enumerate(sorted(stage.document()["paths"])):
        if path in OPEN:
            continue
        concrete = path.replace("{", "").replace("}", "")
        with stage.laptop.http(address=f"127.0.2.{number + 1}") as http:
            for method in METHODS:
                answer = http.request(method, concrete, content=b"{}", headers={"Content-Type": "application/json"})
                assert answer.status_code == 401, (method, path, answer.status_code)
                answers[answer.status_code] += 1
    assert answers[401] > 200
    return f"{answers[401]} × 401"


def paths_around_the_door(stage: Stage) -> str:
    """Spellings of paths that might be taken for others."""
    inside = (
        "//api/state",
        "/api//state",
        "/./api/state",
        "/ui/../api/state",
        "/API/state",
        "/api%2fstate",
        "/api/state/",
    )
    files = (
        "/ui/../access.py",
        "/ui/%2e%2e/access.py",
        "/ui/..%2f..%2fledger/store.py",
        "/ui//etc/passwd",
        "/ui/....//access.py",
    )
    answers: Counter[int] = Counter()
    for path in (*inside, *files, "http://127.0.0.1/api/state", "*"):
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        answer = stage.laptop.raw(request.encode())
        status = status_of(answer)
        assert status in {0, 307, 400, 401, 404, 405}, (path, answer[:200])
        assert b"import annotations" not in answer
        assert b"root:" not in answer
        answers[status] += 1
    return ", ".join(f"{count} × {status or 'closed'}" for status, count in sorted(answers.items()))


def stolen_cookie(stage: Stage) -> str:
    """The tablet's very cookie, from the laptop: to read, to act, for the live picture, and as if it had another browser."""
    with stage.laptop.http(stage.cookie) as thief:
        for method, path in (("GET", "/api/state"), ("POST", "/api/visit/abandon"), ("GET", "/api/records")):
            answer = thief.request(method, path, json={"reason": "other"})
            assert (answer.status_code, answer.json()["code"]) == (401, "moved"), answer.text
        assert thief.get("/api/pairing").json()["paired"] is False
        answer = thief.post("/api/pairing/proof", json={"question": "x", "signature": "x"})
        assert answer.status_code == 403
    with stage.laptop.http(stage.cookie, TABLET) as browser:
        assert browser.get("/api/state", headers={"User-Agent": "another"}).status_code == 401
    try:
        with connect(
            stage.laptop.url.replace("https", "wss") + "/api/preview",
            ssl=stage.laptop.trust,
            additional_headers={"Cookie": stage.cookie},
            source_address=(stage.laptop.address, 0),
        ) as socket:
            socket.recv(timeout=5)
            raise AssertionError("the live picture was shown")
    except WebSocketException:
        pass
    return "401 moved, 403 not-the-tablet"


def replayed_cookie(stage: Stage) -> str:
    """A cookie of a tablet that was turned away, from where it sat."""
    with stage.laptop.http(address="127.0.0.11") as lost:
        assert lost.post("/api/pairing", json={"code": stage.bench.new_pairing_code()}).status_code == 204
        assert lost.get("/api/visit").status_code == 200
        newest = max(tablet["number"] for tablet in stage.door.get("/api/tablets")["tablets"])
        stage.door.delete(f"/api/tablets/{newest}")
        answer = lost.get("/api/visit")
        assert (answer.status_code, answer.json()["code"]) == (401, "unpaired")
    return "401 unpaired"


def posts_from_another_page(stage: Stage) -> str:
    """A page of the internet in the tablet's own browser (CSRF), and one whose name points here (DNS rebinding)."""
    with stage.tablet() as browser:
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
                answer = browser.post(
                    "/api/visit/abandon", content=b'{"reason":"other"}', headers=headers | {"Content-Type": kind}
                )
                assert (answer.status_code, answer.json()["code"]) == (403, "other-origin"), answer.text
        answer = browser.get("/api/state", headers={"Host": "evil.example"})
        assert (answer.status_code, answer.json()["code"]) == (421, "other-host")
    return "403 other-origin, 421 other-host"


def guessed_pins(stage: Stage) -> str:
    """From a paired tablet that a student got hold of: six digits have no chance."""
    with stage.laptop.http(address="127.0.0.12") as taken:
        assert taken.post("/api/pairing", json={"code": stage.bench.new_pairing_code()}).status_code == 204
        [person] = taken.get("/api/people").json()["people"]
        answers: Counter[int] = Counter()
        for guess in range(30):
            answer = taken.post("/api/session", json={"operator": person["id"], "pin": f"{guess:06d}"})
            answers[answer.status_code] += 1
        assert answers[204] == 0
        assert answers[403] <= 6
        assert taken.post("/api/visit/abandon", json={"reason": "other"}).status_code == 401
    return f"{answers[403]} × 403, then {answers[429]} × 429"


TOGETHER, ADDRESSES = 20, 30


def guessed_pairing_codes(stage: Stage) -> str:
    """From many addresses, some guesses each."""
    answers: Counter[int] = Counter()
    for number in range(1, ADDRESSES + 1):
        laptop = Laptop(stage.laptop.url, stage.laptop.trust, f"127.0.3.{number}")
        with laptop.http() as http:
            for guess in range(3):
                answers[http.post("/api/pairing", json={"code": f"{number:03d}{guess:03d}"}).status_code] += 1
    assert answers[204] == 0
    assert answers[403] <= TOGETHER + ADDRESSES  # after those, one for each address that is new
    assert answers[429] >= ADDRESSES
    return f"{answers[403]} × 403, then {answers[429]} × 429"


ATTACKS = (
    every_route_unpaired,
    paths_around_the_door,
    stolen_cookie,
    replayed_cookie,
    posts_from_another_page,
    guessed_pins,
    guessed_pairing_codes,
)
