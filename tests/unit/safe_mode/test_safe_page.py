"""The small page: over the station's certificate, says why, lets those act who know the code, and is not held up by anybody."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

from appliance.certificates import ensure, tls_files
from appliance.release.documents import read_document, write_document
from appliance.release.places import Places
from appliance.safe_mode.page import Shown
from appliance.safe_mode.server import MOST_AT_ONCE, MOST_OF_ONE, SafeServer, Slots
from appliance.safe_mode.starts import LIMIT, Starts
from appliance.safe_mode.ways_out import PAUSE_S, TRIES, CodeLock, WaysOut

CODE = "48291375"
OLD, NEW = "0.1.0-aaaaaaaa", "0.2.0-11112222"


class Page:
    """A served page, and what was asked of it."""

    def __init__(self, folder: Path) -> None:
        self.places = Places(folder / "root")
        for version in (OLD, NEW):
            (self.places.releases / version).mkdir(parents=True)
            (self.places.releases / version / ".complete").touch()
        self.places.current.symlink_to(f"releases/{NEW}")
        self.places.spool.mkdir(parents=True)
        self.places.progress.parent.mkdir()
        self.starts, self.ended, self.now = Starts(folder), threading.Event(), 0.0
        (folder / "support.tar.gz").write_bytes(b"support")
        self.ways = WaysOut(
            folder, self.places, self.ended.set, lambda: folder / "support.tar.gz", lambda: ["a line", "<b>another"]
        )
        keys = folder / "keys"
        keys.mkdir()
        ensure(keys, ("localhost", "127.0.0.1"), datetime.now(UTC))
        tls = tls_files(keys)
        reasons = ["the ledger is damaged", "<script>alert(1)</script>"]
        self.server = SafeServer(
            ("127.0.0.1", 0),
            (tls.certificate, tls.key),
            lambda: Shown(3, reasons, NEW, self.ways.previous(), 10),
            CodeLock(CODE, lambda: self.now),
            self.ways,
        )
        self.trust = ssl.create_default_context(cafile=tls.authority)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **form: str) -> tuple[int, str]:
        port = self.server.server_address[1]
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=self.trust, timeout=20)
        try:
            connection.request(method, path, urlencode(form) if method == "POST" else None, headers or {})
            answer = connection.getresponse()
            self.headers = answer.headers
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    served = Page(tmp_path)
    yield served
    served.close()


def test_it_says_why_in_both_languages_without_a_script(page: Page) -> None:
    status, text = page.ask("GET", "/")
    assert status == 200
    for said in ("安全模式", "safe mode", "the ledger is damaged", "&lt;script&gt;", OLD):
        assert said in text
    assert "<script" not in text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.ask("GET", "/safe.css")[0] == 200
    status, text = page.ask("GET", "/api/state")
    assert (status, "安全模式" in text) == (503, True)


def test_another_try_needs_no_code_and_is_a_real_one(page: Page) -> None:
    assert page.ask("POST", "/retry")[0] == 200
    assert page.ended.wait(5)
    assert page.starts.read().failed == LIMIT - 1


def test_the_rest_is_for_those_who_know_the_code(page: Page) -> None:
    for path in ("/logs", "/support", "/rollback"):
        assert page.ask("POST", path, code="00000000")[0] == 403
    assert "a line" not in page.ask("GET", "/logs")[1]
    status, text = page.ask("POST", "/logs", code=CODE)
    assert (status, "a line" in text, "&lt;b&gt;another" in text) == (200, True, True)
    assert page.ask("POST", "/support", code=f"{CODE[:4]} {CODE[4:]}") == (200, "support")


def test_guessing_is_stopped(page: Page) -> None:
    for _ in range(TRIES):
        page.ask("POST", "/logs", code="1")
    assert page.ask("POST", "/logs", code=CODE)[0] == 403
    page.now = PAUSE_S + 1
    assert page.ask("POST", "/logs", code=CODE)[0] == 200


def test_other_pages_and_large_forms_are_refused(page: Page) -> None:
    assert page.ask("POST", "/logs", {"Origin": "https://elsewhere.example"}, code=CODE)[0] == 403
    assert page.ask("POST", "/retry", {"Origin": "https://elsewhere.example"})[0] == 403
    assert not page.ended.is_set()
    assert page.ask("POST", "/logs", code="1" * 5000)[0] == 413


def test_somebody_who_says_nothing_holds_up_nobody_else(page: Page) -> None:
    silent = [
        socket.create_connection(page.server.server_address[:2], source_address=("127.0.0.2", 0))
        for _ in range(2 * MOST_AT_ONCE)
    ]
    try:
        for _ in range(3):
            assert page.ask("GET", "/")[0] == 200
    finally:
        for each in silent:
            each.close()


def test_who_has_gone_counts_no_more() -> None:
    slots, somebody, other = Slots(), ("10.42.0.9", 1), ("10.42.0.10", 1)
    assert [slots.take(somebody) for _ in range(MOST_OF_ONE + 1)] == [True] * MOST_OF_ONE + [False]
    assert slots.take(other)
    slots.give_back(somebody)
    assert slots.take(somebody)
    assert not slots.take(somebody)


def test_going_back_asks_the_updater_for_the_version_before(page: Page) -> None:
    assert page.ask("POST", "/rollback", code=CODE)[0] == 200
    _until(lambda: read_document(page.places.spool / "ask.json").get("do") == "prepare-back")
    (page.places.spool / "ask.json").unlink()
    write_document(page.places.progress, {"number": 1, "state": "prepared", "version": OLD})
    _until(lambda: read_document(page.places.spool / "ask.json").get("do") == "switch")
    assert read_document(page.places.spool / "ask.json")["version"] == OLD


def _until(holds: object, patience_s: float = 15.0) -> None:
    ticking = threading.Event()
    for _ in range(int(patience_s / 0.05)):
        if holds():  # type: ignore[operator]
            return
        ticking.wait(0.05)
    raise AssertionError("it never came")
