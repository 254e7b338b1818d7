"""`station queue` and `station platform` as they are typed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from appliance.cli import platform, queue
from appliance.ledger.journal import Moment
from appliance.ledger.store import AcceptedCapture, Ledger
from appliance.ledger.tables import DeliveryState, ErrandKind, VisitRow
from appliance.outbox import errands
from appliance.outbox.leases import Leases
from appliance.outbox.process import KEYS
from appliance.outbox.status import queue_status
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.openapi import COMMITTED
from appliance.platform.reference.seed import DemoRoster


def station(*arguments: object) -> Result:
    app = typer.Typer()
    queue.register(app)
    platform.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A station's data folder with one capture, its record parked."""
    folder = tmp_path / "station"
    ledger = Ledger(folder)
    capture = AcceptedCapture("c-1", "v-1", "s-1", "plan", "0" * 64, b"{}", b"photo", b"original", "2026-06-01")
    ledger.accept(
        Moment("2026-06-01T00:00:00+00:00", True, "boot"), capture, VisitRow(visit_id="v", state="q", body=""), {}
    )
    leases = Leases(ledger)
    job = leases.take()
    assert job is not None
    leases.park(job, "409 other-record")
    ledger.close()
    return folder


def test_the_queue_shows_what_waits_and_what_is_parked(data: Path) -> None:
    shown = station("queue", "--data", data)
    assert shown.exit_code == 0
    assert "waiting 1 captures" in shown.output
    assert "409 other-record" in shown.output
    status = json.loads(station("queue", "--data", data, "--json").output)
    assert (status["waiting"], status["parked"], status["online"]) == (1, 1, None)
    assert status["parked_items"][0]["kind"] == "record"


def test_a_parked_delivery_is_retried_by_number_or_all_at_once(data: Path) -> None:
    row = json.loads(station("queue", "--data", data, "--json").output)["parked_items"][0]["id"]
    assert station("queue", "retry", row + 5, "--data", data).exit_code == 1
    assert station("queue", "retry", row, "--data", data).exit_code == 0
    assert json.loads(station("queue", "--data", data, "--json").output)["parked"] == 0
    assert station("queue", "retry", "--all", "--data", data).exit_code == 1


def park_a_wish(data: Path, report_id: str) -> None:
    with closing(Ledger(data)) as ledger, ledger.session() as session:
        body = {"report_id": report_id}
        row = errands.add(session, ErrandKind.REPORT, body, capture_id=None, at="2026-06-01", hold_s=0)
        row.state, row.attempts, row.last_error = DeliveryState.PARKED, 2, "422 unknown kind of report"


def test_a_parked_request_is_shown_with_its_reason_and_retried_by_the_beginning_of_its_id(data: Path) -> None:
    ids = ["5e0c7a10-2222-4333-8444-555566667777", "5e0c7a10-9999-4333-8444-555566667777"]
    park_a_wish(data, ids[0])
    shown = station("queue", "--data", data).output
    assert "2 parked" in shown
    assert "422 unknown kind of report" in shown
    assert "5e0c7a10" in shown
    park_a_wish(data, ids[1])
    assert station("queue", "retry", "5e0c7a10", "--data", data).exit_code == 1, "two begin so"
    assert station("queue", "retry", "5e0", "--data", data).exit_code == 1, "too short to name one"
    assert station("queue", "retry", ids[0][:13], "--data", data).exit_code == 0
    status = json.loads(station("queue", "--data", data, "--json").output)
    assert [wish["id"] for wish in status["parked_wishes"]] == [ids[1]]
    assert status["parked"] == 2, "the record, and the other request"
    assert station("queue", "retry", "--all", "--data", data).exit_code == 0
    assert json.loads(station("queue", "--data", data, "--json").output)["parked"] == 0


@pytest.mark.parametrize("arguments", [[], ["1", "--all"]])
def test_retry_wants_one_or_all(data: Path, arguments: list[str]) -> None:
    answer = station("queue", "retry", *arguments, "--data", data)
    assert answer.exit_code == 2
    assert "--all" in answer.output


def test_delivery_is_paused_limited_and_resumed(data: Path) -> None:
    assert station("queue", "pause", "--reason", "4G 用完了", "--data", data).exit_code == 0
    assert station("queue", "limit", "64", "--data", data).exit_code == 0
    shown = station("queue", "--data", data).output
    assert "paused: 4G 用完了" in shown
    assert "64 kB/s" in shown
    assert station("queue", "limit", "fast", "--data", data).exit_code == 2
    assert station("queue", "limit", "off", "--data", data).exit_code == 0
    assert station("queue", "resume", "--data", data).exit_code == 0
    assert "paused" not in station("queue", "--data", data).output


def test_originals_wait_for_an_unmetered_link_and_the_queue_says_so(data: Path) -> None:
    assert station("queue", "originals", "unmetered", "--data", data).exit_code == 0
    assert "unmetered link" not in station("queue", "--data", data).output
    assert station("queue", "metered", "yes", "--data", data).exit_code == 0
    assert "1 originals wait for an unmetered link" in station("queue", "--data", data).output
    for wrong in (("originals", "wifi"), ("metered", "maybe")):
        answer = station("queue", *wrong, "--data", data)
        assert answer.exit_code == 2
        assert wrong[1] in answer.output
    for back in (("originals", "plan"), ("metered", "auto")):
        assert station("queue", *back, "--data", data).exit_code == 0
    assert "unmetered link" not in station("queue", "--data", data).output


def test_a_ledger_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "ledger.key").write_bytes(b"short")
    answer = station("queue", "--data", tmp_path)
    assert answer.exit_code == 2
    assert "ledger.key" in answer.output


CODE = "import typer; from appliance.cli import platform, queue; app = typer.Typer(); {}; app()"
BOTH = "queue.register(app); platform.register(app)"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[str]:
    """`station platform run` as a process; its address."""
    command = ["platform", "run", "--data", str(tmp_path / "platform"), "--port", "0", "--enrol-token", "given-out"]
    process = subprocess.Popen([sys.executable, "-c", CODE.format(BOTH), *command], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait(10)
    process.stdout.close()


def test_a_station_is_enrolled_at_a_running_platform(running: str, tmp_path: Path) -> None:
    folder = tmp_path / "station"
    answer = station("platform", "enrol", running, "given-out", "--data", folder, "--name", "体育馆一号")
    assert answer.exit_code == 0, answer.output
    identity = StationIdentity.load(folder / KEYS)
    assert identity.name == "体育馆一号"
    assert identity.station_id in answer.output
    refused = station("platform", "enrol", running, "not-given-out", "--data", tmp_path / "other")
    assert refused.exit_code == 1
    assert "bad-token" in refused.output


def test_a_platform_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    answer = station("platform", "enrol", "http://127.0.0.1:9", "some-token", "--data", tmp_path)
    assert answer.exit_code == 1
    assert "not enrolled" in answer.output


def test_the_queue_goes_out_on_a_stick_and_receipts_come_back(running: str, tmp_path: Path) -> None:
    folder, archive, slips = tmp_path / "station", tmp_path / "queue.station", tmp_path / "receipts.json"
    assert station("queue", "export", archive, "--data", folder).exit_code == 2, "not enrolled yet"
    assert station("platform", "enrol", running, "given-out", "--data", folder).exit_code == 0
    exported = station("queue", "export", archive, "--data", folder)
    assert exported.exit_code == 0, exported.output
    assert "0 captures" in exported.output
    imported = station("platform", "import", archive, "--data", tmp_path / "platform", "--receipts", slips)
    assert imported.exit_code == 0, imported.output
    assert station("queue", "receipts", slips, "--data", folder).exit_code == 0
    stick = tmp_path / "stick"
    stick.mkdir()
    assert station("queue", "receipts", stick, "--data", folder).exit_code == 2, "no receipts on it"
    assert station("platform", "import", stick, "--data", tmp_path / "platform").exit_code == 2, "nor archives"
    assert station("queue", "export", stick, "--data", folder).exit_code == 0
    imported = station("platform", "import", stick, "--data", tmp_path / "platform")
    assert imported.exit_code == 0, imported.output
    assert len(list(stick.glob("receipts-st-*.json"))) == 1
    assert station("queue", "receipts", stick, "--data", folder).exit_code == 0
    archive.write_bytes(b"something else")
    assert station("platform", "import", archive, "--data", tmp_path / "platform", "--receipts", slips).exit_code == 1
    assert station("queue", "receipts", archive, "--data", folder).exit_code == 2


def test_seed_token_and_revoke_work_on_a_platforms_folder(tmp_path: Path) -> None:
    folder, out = tmp_path / "platform", tmp_path / "seed.json"
    assert station("platform", "seed", "--data", folder, "--out", out, "--students", 3).exit_code == 0
    assert len(DemoRoster.read(out).students) == 3
    assert len(station("platform", "token", "--data", folder).output.strip()) >= 24
    unknown = station("platform", "revoke", "st-nobody", "--data", folder)
    assert unknown.exit_code == 1
    assert "st-nobody" in unknown.output


def test_enrolment_pictures_are_taken_by_student_number_and_strangers_named(tmp_path: Path) -> None:
    folder, out, pictures = tmp_path / "platform", tmp_path / "seed.json", tmp_path / "pictures"
    station("platform", "seed", "--data", folder, "--out", out, "--students", 2)
    roster = DemoRoster.read(out)
    pictures.mkdir()
    (pictures / f"{roster.students[0].student_number}.jpg").write_bytes(b"picture")
    taken = station("platform", "portraits", pictures, "--data", folder, "--plan", roster.plan.id)
    assert (taken.exit_code, taken.output.strip()) == (0, "1 enrolment pictures kept")
    (pictures / "nobody.png").write_bytes(b"picture")
    some = station("platform", "portraits", pictures, "--data", folder, "--plan", roster.plan.id)
    assert some.exit_code == 1
    assert "nobody.png" in some.output
    missing = station("platform", "portraits", tmp_path / "none", "--data", folder, "--plan", roster.plan.id)
    assert missing.exit_code == 2


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [("PLATFORM_DATABASE", "mysql://x", "postgresql://"), ("PLATFORM_OBJECTS", "http://x", "s3://BUCKET")],
)
def test_a_storage_of_no_known_kind_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
    monkeypatch.setenv(variable, value)
    answer = station("platform", "token", "--data", tmp_path)
    assert answer.exit_code == 2
    assert says in answer.output


def test_the_contract_is_printed_as_it_is_committed(tmp_path: Path) -> None:
    assert station("platform", "openapi").output == COMMITTED.read_text()
    station("platform", "openapi", "--out", tmp_path / "o.json")
    assert (tmp_path / "o.json").read_text() == COMMITTED.read_text()


def test_a_taken_port_is_said_so(running: str, tmp_path: Path) -> None:
    answer = station("platform", "run", "--data", tmp_path / "second", "--port", running.rsplit(":", 1)[1])
    assert answer.exit_code == 2
    assert "another --port" in answer.output


def test_deliver_says_that_it_is_not_enrolled_and_ends_when_told_to(data: Path) -> None:
    command = [sys.executable, "-c", CODE.format(BOTH), "queue", "deliver", "--data", str(data)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        ledger = Ledger(data)
        for _ in range(400):
            assert process.poll() is None
            if "not enrolled" in (queue_status(ledger)["last_error"] or ""):
                break
            time.sleep(0.05)
        else:
            pytest.fail("the delivery process gave no sign of life")
        ledger.close()
    finally:
        process.terminate()
    assert process.wait(5) == 0
