"""The technician's routes for updates: what they show, what they refuse, and what they leave for the updater."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from web_station import HandClock, NotingConductor, WebStation, web_app

from appliance.ledger.store import Ledger
from appliance.portrait.measurement import Message
from appliance.release.documents import read_document, write_document
from appliance.release.places import Places
from appliance.update.desk import HOLD_S, UpdateDesk
from appliance.update.spool import Found, Spool

OFFER = {
    "version": "0.2.0-11112222",
    "notes": {"zh": "更快", "en": "faster"},
    "size_bytes": 1000,
    "source": "stick",
    "file": "capture-station-0.2.0-11112222.bundle",
}


class Bench:
    """A desk over a device's folders in a tree."""

    def __init__(self, root: Path) -> None:
        self.places = Places(root)
        for name in ("0.1.0-aaaaaaaa", "0.0.9-bbbbbbbb"):
            (self.places.releases / name).mkdir(parents=True)
            (self.places.releases / name / ".complete").touch()
        self.places.current.symlink_to("releases/0.1.0-aaaaaaaa")
        self.places.progress.parent.mkdir()
        self.places.spool.mkdir(parents=True)
        self.spool = Spool(self.places.spool, self.places)
        self.quiet, self.now = True, 0.0
        self.closed: Message | None = None
        self.looked = 0
        self.desk = UpdateDesk(
            self.spool,
            "0.1.0-aaaaaaaa",
            quietly=self._quietly,
            close=self._close,
            failing=lambda: ["disk"],
            look_now=self._look,
            monotonic=lambda: self.now,
        )

    def _quietly(self, change: Any) -> bool:
        if self.quiet:
            change()
        return self.quiet

    def _close(self, why: Message | None) -> None:
        self.closed = why

    def _look(self) -> None:
        self.looked += 1

    def updater(self, state: str, number: int, **more: Any) -> None:
        """The updater took what was asked, and says so."""
        (self.spool.folder / "ask.json").unlink(missing_ok=True)
        write_document(self.places.progress, {"state": state, "number": number, **more})


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "root")


@pytest.fixture
def tablet(tmp_path: Path, bench: Bench) -> Any:
    ledger = Ledger(tmp_path / "data")
    app = web_app(ledger, HandClock(), NotingConductor(), updates=bench.desk)
    yield WebStation(ledger, HandClock(), NotingConductor(), app).tablet()
    ledger.close()


def test_nothing_found_is_said_and_refused(tablet: TestClient, bench: Bench) -> None:
    assert tablet.get("/api/update").json() == {
        "version": "0.1.0-aaaaaaaa",
        "available": None,
        "state": "idle",
        "progress": None,
        "message": None,
        "previous": "0.0.9-bbbbbbbb",
    }
    refused = tablet.post("/api/update/apply")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-to-update")
    assert "U 盘" in refused.json()["message"]["zh"]
    assert tablet.post("/api/update/look").status_code == 202
    assert bench.looked == 1
    assert (bench.spool.folder / "look.json").is_file()


def test_an_update_is_asked_prepared_switched_when_quiet_and_not_asked_twice(tablet: TestClient, bench: Bench) -> None:
    bench.spool.say(Found("ready", OFFER))
    shown = tablet.get("/api/update").json()
    assert (shown["state"], shown["available"]["version"], shown["available"]["notes"]["zh"]) == (
        "ready",
        "0.2.0-11112222",
        "更快",
    )
    assert tablet.post("/api/update/apply").json()["state"] == "applying"
    assert read_document(bench.spool.folder / "ask.json") == {
        "do": "prepare",
        "number": 1,
        "file": OFFER["file"],
        "version": "0.2.0-11112222",
    }
    for again in ("apply", "look", "rollback"):
        refused = tablet.post(f"/api/update/{again}")
        assert (refused.status_code, refused.json()["code"]) == (409, "update-running")
    bench.updater("applying", 1, progress=0.5, message={"zh": "安装", "en": "installing"})
    assert tablet.get("/api/update").json()["progress"] == 0.5

    bench.updater("prepared", 1, version="0.2.0-11112222")
    bench.quiet = False
    bench.desk.watch()
    assert (tablet.get("/api/update").json()["state"], bench.spool.asked()) == ("waiting-for-quiet", {})
    assert bench.closed is None
    bench.quiet = True
    bench.desk.watch()
    assert bench.spool.asked() == {"do": "switch", "number": 2, "version": "0.2.0-11112222", "failing": ["disk"]}
    assert bench.closed is not None


def test_a_switch_that_never_comes_opens_the_station_again(bench: Bench) -> None:
    bench.updater("prepared", 1, version="0.2.0-11112222")
    bench.desk.watch()
    bench.updater("prepared", 1, version="0.2.0-11112222")
    bench.now = HOLD_S - 1
    bench.desk.watch()
    assert bench.closed is not None
    bench.updater("failed", 2)
    bench.now = HOLD_S + 1
    bench.desk.watch()
    assert bench.closed is None


def test_a_failure_is_shown_until_something_newer_is_found(tablet: TestClient, bench: Bench) -> None:
    bench.spool.say(Found("ready", OFFER))
    bench.updater("rolled-back", 2, message={"zh": "已退回", "en": "went back"})
    shown = tablet.get("/api/update").json()
    assert (shown["state"], shown["message"]["en"]) == ("rolled-back", "went back")
    bench.spool.say(Found("ready", OFFER, after=2))
    assert tablet.get("/api/update").json()["state"] == "ready"


def test_going_back_names_the_version_kept_and_is_refused_where_there_is_none(tablet: TestClient, bench: Bench) -> None:
    assert tablet.post("/api/update/rollback").status_code == 202
    assert bench.spool.asked() == {"do": "prepare-back", "number": 1, "version": "0.0.9-bbbbbbbb"}
    bench.updater("failed", 1)
    (bench.places.releases / "0.0.9-bbbbbbbb/.complete").unlink()
    refused = tablet.post("/api/update/rollback")
    assert (refused.status_code, refused.json()["code"]) == (409, "no-previous")


def test_a_checkout_does_not_update_itself(tablet: TestClient, bench: Bench) -> None:
    bench.places.current.unlink()
    bench.spool.say(Found("ready", OFFER))
    refused = tablet.post("/api/update/apply")
    assert (refused.status_code, refused.json()["code"]) == (409, "not-installed")
