"""The platform's page: shows what arrived, escapes everything, loads nothing from elsewhere, opens here only."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlsplit

import pytest
from fastapi import Request
from platform_fixtures import Counterpart, plain

from appliance.platform.client import PlatformClient
from appliance.platform.digests import canonical_json
from appliance.platform.reference.desk_access import spectator
from appliance.platform.reference.problems import Refusal


def test_a_capture_is_shown_with_photo_verdict_exception_and_receipt(
    counterpart: Counterpart, client: PlatformClient
) -> None:
    capture = counterpart.capture(client.identity)
    record = json.loads(capture.record)
    record["exception"] = {"reason": "religious", "note": "<script>alert(1)</script>"}
    record["verdict"]["verdict"] = "refuse"
    record["verdict"]["rules"][0]["outcome"] = "fail"
    client.put_record(capture.capture_id, canonical_json(record))
    client.put_photo(capture.capture_id, capture.photo)
    path = client.create_upload(capture.capture_id, len(capture.original), capture.original_sha256)
    with plain(counterpart.address) as http:
        waiting = http.get("/").text
        client.append(path, 0, capture.original)
        page = http.get("/")
        photo = http.get(f"/photos/{capture.capture_id}.jpg")
        style = http.get("/pages/captures.css")
    assert "等待" in waiting
    assert client.receipt(capture.capture_id).receipt_id in page.text
    assert "双眼睁开" in page.text
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
    assert photo.content == capture.photo
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert style.headers["content-type"].startswith("text/css")


def test_an_empty_platform_has_a_page_too(counterpart: Counterpart) -> None:
    with plain(counterpart.address) as http:
        assert "0 captures" in http.get("/").text
        missing = http.get("/photos/00000000-0000-0000-0000-000000000000.jpg")
    assert missing.json()["code"] == "unknown-capture"


@pytest.mark.parametrize(("host", "allowed"), [("127.0.0.1", True), ("::1", True), ("192.168.1.7", False), ("", False)])
def test_photos_are_shown_on_the_platforms_own_machine_only(counterpart: Counterpart, host: str, allowed: bool) -> None:
    request = Request({"type": "http", "client": (host, 1), "headers": []})
    if allowed:
        spectator(request, counterpart.platform)
    else:
        with pytest.raises(Refusal, match="ssh -L"):
            spectator(request, counterpart.platform)


def test_nothing_else_is_here(counterpart: Counterpart) -> None:
    with plain(counterpart.address) as http:
        for path, code in (("/nowhere", "not-found"), ("/v1/roster/x", "not-found")):
            response = http.get(path)
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["code"] == code
        assert http.delete("/v1/roster").json()["code"] == "method-not-allowed"


def test_a_body_that_announces_too_much_is_refused_before_it_is_sent(counterpart: Counterpart) -> None:
    host, port = urlsplit(counterpart.address).hostname, urlsplit(counterpart.address).port
    with socket.create_connection((host, port)) as connection:
        connection.sendall(b"POST /v1/station/heartbeat HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n")
        connection.settimeout(10)
        answer = b""
        while b"too-large" not in answer and (piece := connection.recv(4096)):
            answer += piece  # headers and body may come apart
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"too-large" in answer


def test_a_body_that_runs_over_without_announcing_is_refused(counterpart: Counterpart) -> None:
    with plain(counterpart.address) as http:
        response = http.post("/v1/station/heartbeat", content=iter([b"x" * 1024 * 1024] * 9))
    assert response.status_code == 413
    assert response.json()["code"] == "too-large"
