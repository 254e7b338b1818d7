"""Attacks by the shape of a request: bytes that one program reads as one thing and another as another, and values nobody means."""

from __future__ import annotations

import gzip
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from laptop import Laptop, status_of
from stage import TABLET, Stage

_HOST = b"Host: 127.0.0.1\r\n"
_JSON = b"Content-Type: application/json\r\n"
_UPGRADE = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def requests_within_requests(stage: Stage) -> str:
    """Two lengths, three ways to write chunks: the request hidden behind is never one that was let in."""
    hidden = b"0\r\n\r\nGET /api/state HTTP/1.1\r\n" + _HOST + b"\r\n"
    lengths = (
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 4\r\nContent-Length: 45\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Content-Length: +4\r\n",
    )
    for length in lengths:
        answer = stage.laptop.raw(b"POST /api/pairing HTTP/1.1\r\n" + _HOST + _JSON + length + b"\r\n" + hidden)
        assert status_of(answer) == 400, (length, answer[:300])
        assert b"HTTP/1.1 200" not in answer
    for line in (b"-1", b"zz", b"2;" + b"a" * 100_000):
        head = (
            b"POST /api/pairing HTTP/1.1\r\n"
            + _HOST
            + _JSON
            + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        answer = stage.laptop.raw(head + line + b"\r\n{}\r\n0\r\n\r\n")
        assert status_of(answer) in {0, 400, 422}, (line[:20], answer[:300])
    return f"{len(lengths)} × 400"


def names_of_other_hosts(stage: Stage) -> str:
    """Hosts and origins that look like the station's own, for the tablet's browser too."""
    hosts = (
        "station.local.evil",
        "127.0.0.1.evil",
        "evil#.local",
        "evil/.local",
        "x@station.local",
        "[::1]evil",
        "127.1",
    )
    origins = ("null", "https://[evil]", "http://[::1", "https://127.0.0.1.evil", "https://127.0.0.1:1", "file://")
    with stage.tablet() as browser:
        for host in hosts:
            assert browser.get("/api/state", headers={"Host": host}).status_code == 421, host
        for origin in origins:
            answer = browser.post("/api/visit/abandon", json={"reason": "other"}, headers={"Origin": origin})
            assert (answer.status_code, answer.json()["code"]) == (403, "other-origin"), origin
    return f"{len(hosts)} × 421, {len(origins)} × 403"


def upgrades_everywhere(stage: Stage) -> str:
    """Websockets where there are none, without pairing, from another page, and other protocols."""
    cookie = b"Cookie: " + stage.cookie.encode() + b"\r\nUser-Agent: " + stage.agent.encode() + b"\r\n"
    tablet, tried = Laptop(stage.laptop.url, stage.laptop.trust, TABLET), 0
    for who, path, more in (
        (stage.laptop, b"/api/preview", b""),
        (stage.laptop, b"/api/preview", b"Authorization: Bearer \r\n"),
        (stage.laptop, b"/", b""),
        (stage.laptop, b"/ui/app.js", b""),
        (tablet, b"/api/state", cookie),
        (tablet, b"/api/preview", cookie + b"Origin: https://evil.example\r\n"),
        (tablet, b"/api/preview", cookie + b"Origin: https://[evil]\r\n"),
    ):
        answer = who.raw(b"GET " + path + b" HTTP/1.1\r\n" + _HOST + more + _UPGRADE)
        assert status_of(answer) == 403, (path, more, answer[:300])
        tried += 1
    for method in (b"TRACE", b"CONNECT", b"PROPFIND", b"X"):
        answer = tablet.raw(method + b" /api/state HTTP/1.1\r\n" + _HOST + cookie + b"Connection: close\r\n\r\n")
        assert status_of(answer) == 405, (method, answer[:300])
    override = b"GET /api/visit HTTP/1.1\r\nX-HTTP-Method-Override: DELETE\r\nConnection: close\r\n"
    assert status_of(tablet.raw(override + _HOST + cookie + b"\r\n")) == 200  # read, and nothing else
    return f"{tried} × 403, 405"


def values_nobody_means(stage: Stage) -> str:
    """Numbers without end, half characters, keys twice, packed bodies, at doors that are open and at doors of a tablet."""
    odd = (
        b"NaN",
        b"1e999",
        b"9" * 5000,
        b'"\\ud800"',
        b'"\\u0000"',
        b"[" * 5000,
        b'{"a":' * 5000,
        b'"' + b"\xff" + b'"',
    )
    packed = gzip.compress(b'{"code":"' + b"0" * 10_000_000 + b'"}')
    answers: Counter[int] = Counter()
    with stage.laptop.http() as stranger, stage.tablet() as tablet:
        for value in odd:
            for http, path, key in (
                (stranger, "/api/pairing/proof", b"question"),
                (tablet, "/api/visit/code", b"payload"),
                (tablet, "/api/visit/verify", b"answer"),
                (tablet, "/api/session", b"operator"),
                (tablet, "/api/records/lookup", b"payload"),
            ):
                body = b'{"%s":%s,"%s":%s}' % (key, value, key, value)
                answers[http.post(path, content=body, headers={"Content-Type": "application/json"}).status_code] += 1
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        answers[stranger.post("/api/pairing/proof", content=packed, headers=headers).status_code] += 1
        for path in (f"/api/queue/{10**30}/retry", "/api/queue/-1/retry", f"/api/queue/{'9' * 5000}/retry"):
            answers[tablet.post(path).status_code] += 1
        for path in (f"/api/records?limit={'9' * 5000}", "/api/records/%ed%a0%80", "/ui/%00", "/ui/%ed%a0%80"):
            answers[tablet.get(path).status_code] += 1
        ranges = {"Range": "bytes=" + ",".join(f"{begin}-" for begin in range(1500))}
        assert len(tablet.get("/ui/app.js", headers=ranges).content) < 200_000
    assert all(status < 500 for status in answers), answers
    return ", ".join(f"{count} × {status}" for status, count in sorted(answers.items()))


def one_code_for_many(stage: Stage) -> str:
    """One pairing code from sixteen addresses at once: one tablet. Another's address in a header makes nobody another."""
    code = stage.bench.new_pairing_code()

    def pair(number: int) -> int:
        with stage.laptop.http(address=f"127.0.5.{number + 1}") as http:
            return http.post("/api/pairing", json={"code": code}).status_code

    with ThreadPoolExecutor(16) as at_once:
        answers = Counter(at_once.map(pair, range(16)))
    assert answers[204] == 1, answers
    newest = max(tablet["number"] for tablet in stage.door.get("/api/tablets")["tablets"])
    stage.door.delete(f"/api/tablets/{newest}")
    behind: Counter[int] = Counter()
    # This machine's own address is the one a server would believe such a header from.
    with stage.laptop.http(address="127.0.0.1") as http:
        for number in range(12):
            headers = {
                "X-Forwarded-For": f"10.9.8.{number}",
                "X-Forwarded-Proto": "http",
                "Forwarded": f"for=10.9.7.{number}",
            }
            answer = http.post("/api/pairing", json={"code": f"{number:06d}"}, headers=headers)
            assert "strict-transport-security" in answer.headers
            behind[answer.status_code] += 1
    assert behind[403] <= 6, behind
    return f"1 of 16 paired; behind a header {behind[403]} × 403, then {behind[429]} × 429"


ATTACKS = (requests_within_requests, names_of_other_hosts, upgrades_everywhere, values_nobody_means, one_code_for_many)
