"""The ledger's schemas: forward from a ledger of the first, with its rows, and back again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, text
from sqlmodel import select

from appliance.ledger import journal, migrations
from appliance.ledger.errors import LedgerUnreadable
from appliance.ledger.journal import Moment
from appliance.ledger.keyring import Keyring
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, JournalRow, OutboxRow

FIRST = Path(__file__).with_name("schema_1.sql").read_text(encoding="utf-8")
RECORD = {"identity": {"name": "李*明", "class_name": "一班"}, "source": "camera", "verdict": {"rules": []}}


def first_ledger(data_dir: Path) -> None:
    """A ledger as the first schema's program left it: two captures, the later one with the smaller id, and a journal."""
    keys = Keyring(data_dir)
    connection = sqlcipher.connect(str(data_dir / "ledger.db"))
    connection.execute(f"PRAGMA key = \"x'{keys.derive('database').hex()}'\"")
    connection.executescript(FIRST)
    for capture_id in ("b-first", "a-second"):
        record = json.dumps(RECORD, ensure_ascii=False).encode()
        connection.execute(
            "INSERT INTO capture VALUES (?, 'v', ?, 'plan', 'd', ?, 'r', 'p', 1, 'o', 2, '2026-06-01', NULL, NULL)",
            (capture_id, f"shot-{capture_id}", record),
        )
        connection.execute(
            "INSERT INTO outbox (capture_id, kind, rank, bytes, state, attempts, due, boot_id, lease_until) "
            "VALUES (?, 'RECORD', 0, 1, 'PENDING', 0, 0, '', 0)",
            (capture_id,),
        )
    row = JournalRow(
        seq=1,
        at="2026-06-01T08:00:00+00:00",
        clock_trusted=True,
        boot_id="b",
        event="station.started",
        body="{}",
        previous=journal.GENESIS,
        digest="",
        signature="",
    )
    row.digest = journal._digest(row)
    row.signature = keys.signing.sign(bytes.fromhex(row.digest)).hex()
    values = (row.seq, row.at, 1, row.boot_id, None, row.event, row.body, row.previous, row.digest, row.signature)
    connection.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()


def schema_of(connection: Connection) -> dict[str, tuple[object, ...]]:
    """Columns (name, type, not null, primary key) and index columns of every table, whatever the SQL's wording."""
    found: dict[str, tuple[object, ...]] = {}
    for name, kind in connection.execute(text("SELECT name, type FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")):
        pragma = "table_info" if kind == "table" else "index_info"
        rows = connection.execute(text(f"PRAGMA {pragma}({name})")).all()
        found[name] = tuple(
            sorted((row[1], row[2].upper(), row[3], row[5]) if kind == "table" else row for row in rows)
        )
    return found


def test_a_ledger_of_the_first_schema_opens_with_its_rows_in_their_order(tmp_path: Path) -> None:
    first_ledger(tmp_path)
    ledger = Ledger(tmp_path)
    with ledger.reading() as session:
        rows = session.exec(select(CaptureRow).order_by(CaptureRow.sequence)).all()  # type: ignore[arg-type]
        waiting = session.exec(select(OutboxRow)).all()
    assert [(row.capture_id, row.sequence) for row in rows] == [("b-first", 1), ("a-second", 2)]
    assert json.loads(rows[0].summary) == {"identity": RECORD["identity"], "source": "camera"}
    assert len(waiting) == 2
    ledger.record(Moment(at="2026-06-02T08:00:00+00:00", clock_trusted=True, boot_id="b"), "station.started")
    with ledger.reading() as session:
        assert journal.verify(session, ledger.keys.signing.public_key()) == 2
    ledger.close()


def test_a_migrated_ledger_has_the_very_schema_of_a_new_one(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    first_ledger(old)
    schemas = []
    for folder in (old, new):
        ledger = Ledger(folder)
        with ledger.engine.begin() as connection:
            schemas.append(schema_of(connection))
        ledger.close()
    assert schemas[0] == schemas[1]


def test_the_way_back_leads_to_the_first_schema_and_keeps_captures_and_queue(tmp_path: Path) -> None:
    first_ledger(tmp_path / "first")
    ledger = Ledger(tmp_path / "first")
    with ledger.engine.begin() as connection:
        migrations.migrate(connection, 1)
        back = schema_of(connection)
        captures = connection.execute(text("SELECT capture_id FROM capture ORDER BY rowid")).scalars().all()
        assert connection.execute(text("SELECT count(*) FROM outbox")).scalar_one() == 2
        assert connection.execute(text("PRAGMA user_version")).scalar_one() == 1
    ledger.close()
    plain = sqlcipher.connect(":memory:")
    plain.executescript(FIRST)
    wanted = {row[0] for row in plain.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")}
    plain.close()
    assert set(back) - {"maker"} == wanted, "who wrote the journal stays: its entries would not hold without"
    assert captures == ["b-first", "a-second"]
    again = Ledger(tmp_path / "first")  # and forward once more
    with again.reading() as session:
        assert session.get_one(CaptureRow, "a-second").sequence == 2
    again.close()


def test_a_ledger_of_a_newer_program_is_refused_by_name(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    with ledger.engine.begin() as connection:
        connection.execute(text(f"PRAGMA user_version = {migrations.LATEST + 1}"))
    ledger.close()
    with pytest.raises(LedgerUnreadable, match="update the station"):
        Ledger(tmp_path)


def test_there_is_no_way_to_a_schema_nobody_knows(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    with ledger.engine.begin() as connection, pytest.raises(ValueError, match="no way from schema"):
        migrations.migrate(connection, migrations.LATEST + 1)
    ledger.close()
