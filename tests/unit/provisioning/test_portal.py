"""The portal: each maker's check gets its word, everybody else a page, a certificate or nothing; nobody can hold it up."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from own_loop import run

from appliance import certificates
from appliance.provision import portal
from appliance.provision.portal_answers import Answers, probes


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    certificates.ensure(folder, ("gym-1.local",), datetime.now(UTC))
    return folder


@pytest.fixture
def answers(keys: Path) -> Answers:
    return Answers((keys / "site-ca.pem").read_bytes())


@pytest.mark.parametrize(
    ("host", "path", "status", "body"),
    [
        ("connectivitycheck.gstatic.com", "/generate_204", 204, b""),
        ("connectivitycheck.platform.hicloud.com", "/generate_204_x/generate_204", 204, b""),
        ("connect.rom.miui.com", "/generate_204?cmd=redirect", 204, b""),
        ("www.google.com", "/gen_204", 204, b""),
        ("captive.apple.com", "/hotspot-detect.html", 200, b"<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"),
        ("www.apple.com", "/library/test/success.html", 200, b"Success"),
        ("www.msftconnecttest.com", "/connecttest.txt", 200, b"Microsoft Connect Test"),
        ("detectportal.firefox.com", "/success.txt?ipv4", 200, b"success\n"),
        ("evil.example", "/success.txt", 404, b""),
        ("notapple.com", "/hotspot-detect.html", 404, b""),
        ("any.example", "/api/state", 404, b""),
        ("any.example", "/../../etc/passwd", 404, b""),
    ],
)  # fmt: skip
def test_a_check_gets_its_makers_word(answers: Answers, host: str, path: str, status: int, body: bytes) -> None:
    answer = answers.to("GET", path, host)
    assert answer.status == status
    assert body in answer.body


def test_the_page_shows_the_fingerprint_and_the_certificate_is_the_authoritys(answers: Answers, keys: Path) -> None:
    page = answers.to("GET", "/", "anything.example").body.decode()
    assert certificates.fingerprint(keys / "site-ca.pem") in page
    assert "<script" not in page
    file = answers.to("GET", "/site-ca.crt", "10.42.0.1")
    assert file.kind == "application/x-x509-ca-cert"
    authority = x509.load_pem_x509_certificate((keys / "site-ca.pem").read_bytes())
    assert x509.load_der_x509_certificate(file.body) == authority
    assert answers.to("POST", "/", "x").status == 405


def test_no_probe_hides_another() -> None:
    seen = [(probe.host, probe.path) for probe in probes()]
    assert len(set(seen)) == len(seen)
    assert all(probe.answer.body or probe.answer.status == 204 for probe in probes())


def talked(answers: Answers, talk: Callable[[int], Awaitable[bytes]], patience_s: float = 5.0) -> bytes:
    """What a client got of a real server on a free port."""

    async def both() -> bytes:
        listener = socket.create_server(("127.0.0.1", 0))
        async with await portal.serve(listener, answers, patience_s):
            return await talk(listener.getsockname()[1])

    return run(both())


async def asked(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 20)
    except ConnectionResetError:
        return b"reset"
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("request_", "begins"),
    [
        (b"GET /generate_204 HTTP/1.1\r\nHost: x:80\r\n\r\n", b"HTTP/1.1 204 No Content"),
        (b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200 OK"),
        (b"nonsense\r\n\r\n", b"HTTP/1.1 400"),
        (b"GET http://x/ HTTP/1.1\r\n\r\n", b"HTTP/1.1 400"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 20000 + b"\r\n\r\n", b"HTTP/1.1 400"),
        (b"\xff\xfe\x00 / HTTP/1.1\r\n\r\n", b"HTTP/1.1 405"),
    ],
)
def test_over_the_wire(answers: Answers, request_: bytes, begins: bytes) -> None:
    got = talked(answers, lambda port: asked(port, request_))
    assert got.startswith(begins) or (got == b"reset" and b"400" in begins)
    if request_.startswith(b"HEAD"):
        assert got.endswith(b"\r\n\r\n")


def test_who_sends_nothing_or_comes_with_a_crowd_does_not_keep_others_out(answers: Answers) -> None:
    async def crowd(port: int) -> bytes:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(portal.MOST_AT_ONCE + 10)]
        await asyncio.gather(*(asyncio.wait_for(reader.read(), 20) for reader, _ in silent), return_exceptions=True)
        got = await asked(port, b"GET /generate_204 HTTP/1.1\r\nHost: x\r\n\r\n")
        for _, writer in silent:
            writer.close()
        return got

    assert talked(answers, crowd, patience_s=0.3).startswith(b"HTTP/1.1 204")


def test_started_by_hand_it_says_whose_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LISTEN_FDS", raising=False)
    assert portal.main() == 2
    assert "station-portal.socket" in capsys.readouterr().err
