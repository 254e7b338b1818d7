"""What the desk does unasked: the nightly window, the line in the journal, and the station's word on its own health."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from appliance.release.documents import read_document, write_document
from appliance.release.places import REFUSED, Places
from appliance.update.desk import UpdateDesk
from appliance.update.health_word import HealthWord
from appliance.update.settings import UpdateSettings
from appliance.update.spool import Found, Spool

OFFER = {
    "version": "0.2.0-11112222",
    "notes": {"zh": "", "en": ""},
    "size_bytes": 1,
    "source": "network",
    "file": "a.bundle",
}


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    places = Places(tmp_path)
    (places.releases / "0.2.0-11112222").mkdir(parents=True)
    places.current.symlink_to("releases/0.1.0-aaaaaaaa")
    places.progress.parent.mkdir()
    places.spool.mkdir(parents=True)
    return Spool(places.spool, places)


def desk(spool: Spool, *, night: bool, noted: list[dict[str, Any]] | None = None) -> UpdateDesk:
    told = [] if noted is None else noted
    return UpdateDesk(
        spool,
        "0.1.0-aaaaaaaa",
        quietly=lambda change: change() is None,
        close=lambda _why: None,
        failing=list,
        look_now=lambda: None,
        note=told.append,
        is_night=lambda: night,
    )


def test_what_is_ready_is_taken_at_night_only(spool: Spool) -> None:
    spool.say(Found("ready", OFFER))
    desk(spool, night=False).watch()
    assert spool.asked() == {}
    desk(spool, night=True).watch()
    assert (spool.asked()["do"], spool.asked()["version"]) == ("prepare", "0.2.0-11112222")


def test_what_failed_here_before_is_left_to_a_person(spool: Spool) -> None:
    spool.say(Found("ready", OFFER))
    (spool.places.releases / OFFER["version"] / REFUSED).touch()  # type: ignore[operator]
    desk(spool, night=True).watch()
    assert spool.asked() == {}


def test_the_end_of_an_update_is_noted_once_by_each_process(spool: Spool) -> None:
    noted: list[dict[str, Any]] = []
    mine = desk(spool, night=False, noted=noted)
    write_document(spool.places.progress, {"state": "applying", "number": 3})
    mine.watch()
    write_document(spool.places.progress, {"state": "rolled-back", "number": 3, "version": "0.2.0-11112222"})
    for _ in range(3):
        mine.watch()
    assert [told["state"] for told in noted] == ["rolled-back"]


@pytest.mark.parametrize(
    ("window", "now", "night"),
    [
        ((time(2), time(5)), time(3), True),
        ((time(2), time(5)), time(5), False),
        ((time(22), time(4)), time(23, 30), True),
        ((time(22), time(4)), time(3), True),
        ((time(22), time(4)), time(12), False),
    ],
)
def test_the_window_may_cross_midnight(window: tuple[time, time], now: time, night: bool) -> None:
    assert UpdateSettings(from_hour=window[0], to_hour=window[1]).is_night(now) is night


def test_an_address_without_tls_is_no_setting() -> None:
    with pytest.raises(ValueError, match="url"):
        UpdateSettings(url="http://releases.example/latest.json")


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/api/health" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Requests are no news."""


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_station_says_who_runs_and_what_fails_while_on_trial(spool: Spool, tmp_path: Path, address: str) -> None:
    data, failing = tmp_path / "data", ["camera"]
    data.mkdir()
    word = HealthWord(spool, "0.2.0-11112222", data, lambda: list(failing))
    file = spool.folder / "health.json"
    word.look()
    assert not file.exists()  # it does not answer yet
    (data / "station.url").write_text(address)
    word.look()
    assert read_document(file) == {
        "pid": os.getpid(),
        "version": "0.2.0-11112222",
        "mode": "working",
        "failing": ["camera"],
    }
    failing.clear()
    word.look()
    assert read_document(file)["failing"] == ["camera"]  # nobody waits for it: the card is spared
    write_document(spool.places.trial, {})
    word.look()
    assert read_document(file)["failing"] == []
    (data / "station.url").write_text("http://127.0.0.1:9")
    word.look()
    assert read_document(file)["failing"] == ["interface"]
