"""`station journal`, `station records`, `station forget`, on a ledger with a student in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from appliance.cli import program
from appliance.ledger.journal import Moment
from appliance.ledger.store import AcceptedCapture, Ledger
from appliance.ledger.tables import CaptureRow, VisitRow

NOW = Moment(at="2026-06-01T08:00:00+00:00", clock_trusted=False, boot_id="b")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A station's folder with one capture, not delivered yet."""
    ledger = Ledger(tmp_path)
    record = {"identity": {"name": "李*明", "class_name": "一班"}, "code": "x"}
    capture = AcceptedCapture("c-1", "v-1", "s-1", "plan", "d" * 64, json.dumps(record).encode(), b"p", b"o", NOW.at)
    visit = VisitRow(visit_id="v-1", state="queued", body="{}")
    ledger.record(NOW, "station.started")
    ledger.accept(NOW, capture, visit, {"photo.accepted": {"operator": "op-7"}, "capture.queued": {"capture": "c-1"}})
    ledger.close()
    return tmp_path


def station(*arguments: object) -> Result:
    return CliRunner().invoke(program(), [str(argument) for argument in arguments])


def change(data: Path, sql: str) -> None:
    ledger = Ledger(data)
    with ledger.engine.begin() as connection:
        connection.execute(text(sql))
    ledger.close()


def test_a_sound_journal_is_proven_and_shown_with_who_wrote_it(data: Path) -> None:
    assert station("journal", "verify", "--data", data).stdout.startswith("3 entries")
    shown = json.loads(station("journal", "show", "--json", "--data", data).stdout)["entries"]
    assert [entry["event"] for entry in shown] == ["station.started", "photo.accepted", "capture.queued"]
    assert [entry["operator"] for entry in shown] == ["station", "op-7", "station"]
    assert all(len(entry["maker"]["device"]) == 64 and entry["maker"]["version"] for entry in shown)
    assert all(entry["maker"]["networks"] == {} and not entry["clock_trusted"] for entry in shown)
    assert "capture=c-1" in station("journal", "show", "--last", 1, "--data", data).stdout.replace("\n", "")
    only = json.loads(station("journal", "show", "--json", "--event", "photo.accepted", "--data", data).stdout)
    assert [entry["seq"] for entry in only["entries"]] == [2]


@pytest.mark.parametrize(
    ("sql", "entry", "reason"),
    [
        ("UPDATE journal SET body = replace(body, 'op-7', 'op-8') WHERE seq = 2", 2, "was changed"),
        ("DELETE FROM journal WHERE seq = 2", 2, "is missing"),
        ("UPDATE journal SET signature = replace(signature, substr(signature, 1, 2), 'zz') WHERE seq = 3", 3, "signed"),
        ("UPDATE maker SET body = replace(body, 'version', 'versiom')", 1, "device and software"),
    ],
)
def test_the_first_broken_entry_is_named(data: Path, sql: str, entry: int, reason: str) -> None:
    change(data, sql)
    answer = station("journal", "verify", "--json", "--data", data)
    assert answer.exit_code == 1
    found = json.loads(answer.stdout)
    assert (found["sound"], found["entry"]) == (False, entry)
    assert reason in found["reason"]
    assert f"entry {entry}" in station("journal", "verify", "--data", data).output


def test_records_are_listed_and_searched(data: Path) -> None:
    found = json.loads(station("records", "一班", "--json", "--data", data).stdout)
    assert [record["capture_id"] for record in found["records"]] == ["c-1"]
    assert found["counts"]["waiting"] == 1
    assert json.loads(station("records", "--recall", "--json", "--data", data).stdout)["records"] == []
    assert station("records", "--state", "lost", "--data", data).exit_code == 2
    assert "waiting 1" in station("records", "--data", data).stdout


def test_forgetting_asks_before_only_copies_go_and_then_leaves_the_proof(data: Path) -> None:
    refused = station("forget", "--capture", "c-1", "--data", data)
    assert refused.exit_code == 1
    assert "not at the platform yet" in refused.output
    done = station("forget", "--capture", "c-1", "--even-undelivered", "--data", data)
    assert (done.exit_code, "1 captures erased: c-1" in done.stdout) == (0, True)
    ledger = Ledger(data)
    with ledger.reading() as session:
        assert session.get(CaptureRow, "c-1") is None
    ledger.close()
    [entry] = json.loads(station("journal", "show", "--json", "--event", "capture.erased", "--data", data).stdout)[
        "entries"
    ]
    assert (entry["what"]["why"], entry["operator"]) == ("student-request", "local")
    assert station("journal", "verify", "--data", data).exit_code == 0
    assert station("forget", "--capture", "c-1", "--data", data).exit_code == 1


@pytest.mark.parametrize("arguments", [(), ("a code", "--capture", "c-1")])
def test_forgetting_needs_one_of_code_and_capture(data: Path, arguments: tuple[str, ...]) -> None:
    assert station("forget", *arguments, "--data", data).exit_code == 2


def test_a_folder_without_a_station_is_said_so(tmp_path: Path) -> None:
    answer = station("journal", "verify", "--data", tmp_path / "nothing")
    assert answer.exit_code == 2
    assert "--data" in answer.output
    assert not (tmp_path / "nothing").exists()
