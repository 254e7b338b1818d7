"""A release that took over again finds a ledger of a newer schema: the newer one leads it back, and no row is lost."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from appliance.ledger import migrations, way_back
from appliance.ledger.database import close_engine, plain_engine
from appliance.ledger.errors import LedgerUnreadable
from appliance.ledger.journal import Moment, verify
from appliance.ledger.store import AcceptedCapture, Ledger
from appliance.ledger.tables import VisitRow

MOMENT = Moment(at="2026-06-01T08:00:00+00:00", clock_trusted=True, boot_id="b")
PROGRAM = """#!/bin/sh
case "$*" in
    "ledger schema --json") echo '{"writes": %d, "there": null}' ;;
    "ledger migrate "*) echo "$*" >> "%s"; exit %d ;;
esac
"""


def station(folder: Path, captures: int) -> Ledger:
    """A ledger with this many captures."""
    ledger = Ledger(folder)
    for number in range(captures):
        record = json.dumps({"identity": {"name": "李*明"}, "source": "camera", "number": number}).encode()
        visit = VisitRow(visit_id=f"v{number}", state="accepted", body="{}")
        capture = AcceptedCapture(
            f"c{number}", f"v{number}", f"s{number}", "plan", "digest", record, b"photo", b"original", MOMENT.at
        )
        ledger.accept(MOMENT, capture, visit, {"photo.accepted": {"capture": f"c{number}"}})
    return ledger


def rows(ledger_dir: Path, key: bytes) -> dict[str, list[tuple[object, ...]]]:
    """What no schema may lose: captures, outbox, journal."""
    engine = plain_engine(ledger_dir / "ledger.db", key)
    queries = {
        "capture": "SELECT capture_id, record, photo_sha256, original_sha256, accepted_at FROM capture ORDER BY capture_id",
        "outbox": "SELECT capture_id, kind, state, bytes FROM outbox ORDER BY id",
        "journal": "SELECT seq, event, body, digest, signature FROM journal ORDER BY seq",
    }
    try:
        with engine.begin() as connection:
            return {name: [tuple(row) for row in connection.execute(text(query))] for name, query in queries.items()}
    finally:
        close_engine(engine)


def lead(folder: Path, key: bytes, schema: int) -> None:
    engine = plain_engine(folder / "ledger.db", key)
    try:
        with engine.begin() as connection:
            migrations.migrate(connection, schema)
    finally:
        close_engine(engine)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    captures=st.integers(0, 4),
    schemas=st.lists(st.integers(1, migrations.LATEST), min_size=1, max_size=5),
)
def test_up_and_down_and_up_keeps_every_row(
    tmp_path_factory: pytest.TempPathFactory, captures: int, schemas: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    ledger = station(folder, captures)
    key = ledger.keys.derive("database")
    ledger.close()
    before = rows(folder, key)
    for schema in schemas:
        lead(folder, key, schema)
        assert rows(folder, key) == before, schema
    again = Ledger(folder)
    with again.reading() as session:
        assert verify(session, again.keys.signing.public_key()) == captures
    assert again.next_sequence() == captures + 1
    again.close()
    assert rows(folder, key) == before


def release(releases: Path, name: str, writes: int, code: int = 0) -> Path:
    """A release that lies beside this one; what it was asked is in `calls`."""
    program = releases / name / "bin/station"
    program.parent.mkdir(parents=True)
    program.write_text(PROGRAM % (writes, releases / "calls", code))
    program.chmod(0o755)
    (releases / name / ".complete").touch()
    return program


def test_the_release_that_knows_the_schema_leads_it_back(tmp_path: Path) -> None:
    release(tmp_path, "0.1.0-old", 5)
    release(tmp_path, "0.3.0-new", 7)
    way_back.lead_back(tmp_path / "data", 7, 5, tmp_path)
    assert (tmp_path / "calls").read_text() == f"ledger migrate --to 5 --data {tmp_path / 'data'}\n"


def test_without_one_that_knows_it_the_reason_is_said(tmp_path: Path) -> None:
    release(tmp_path, "0.1.0-old", 5)
    release(tmp_path, "0.2.0-fails", 7, code=1)
    (tmp_path / "0.3.0-half").mkdir()
    with pytest.raises(LedgerUnreadable, match="schema 7, this program knows 5"):
        way_back.lead_back(tmp_path / "data", 7, 5, tmp_path)
    assert sys.prefix  # a checkout has no releases beside it
    with pytest.raises(LedgerUnreadable, match="update the station"):
        way_back.lead_back(tmp_path / "data", 7, 5)


def test_a_copy_is_laid_aside_before_an_older_ledger_is_led_forward(tmp_path: Path) -> None:
    ledger = station(tmp_path, 1)
    key = ledger.keys.derive("database")
    ledger.close()
    lead(tmp_path, key, migrations.LATEST - 1)
    Ledger(tmp_path).close()
    copy = tmp_path / f"before-update/ledger-{migrations.LATEST - 1}.db"
    engine = plain_engine(copy, key)
    with engine.begin() as connection:
        assert connection.execute(text("PRAGMA user_version")).scalar_one() == migrations.LATEST - 1
        assert connection.execute(text("SELECT count(*) FROM capture")).scalar_one() == 1
    close_engine(engine)
