"""The database file: SQLCipher in WAL mode with synchronous=FULL, every writing transaction begun IMMEDIATE.

IMMEDIATE, because the station and the delivery process both write: a transaction that begins by reading and upgrades later
fails at once with SQLITE_BUSY, however long the busy timeout.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, Table, event, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel, create_engine

from appliance.ledger import migrations, tables
from appliance.ledger.errors import LedgerUnreadable
from appliance.ledger.snapshot import lay_aside
from appliance.ledger.way_back import lead_back

SCHEMA_VERSION = migrations.LATEST
READ_ONLY = "ledger_read_only"  # execution option of transactions that only read: a snapshot that waits for nobody
_BUSY_TIMEOUT_MS = 10_000


def open_engine(path: Path, key: bytes) -> Engine:
    """The engine over the encrypted database at `path` (made when missing); `key` is 32 bytes.

    A schema older than this program is led forward, after a copy was laid aside (`snapshot`); a newer one is led back by the
    release that wrote it (`way_back`). Raises `LedgerUnreadable` for a wrong key, a damaged file, or a newer schema that nobody
    here knows.
    """
    engine = _engine(path, key)
    try:
        found = _schema_of(engine)
        if found > SCHEMA_VERSION:
            engine.dispose()
            lead_back(path.parent, found, SCHEMA_VERSION)
            engine = _engine(path, key)
        elif 0 < found < SCHEMA_VERSION:
            lay_aside(engine, path, found)
        _bring_forward(engine, path)
    except LedgerUnreadable:
        engine.dispose()
        raise
    except DatabaseError as error:
        engine.dispose()
        msg = f"{path} cannot be read ({error.orig}): wrong keys/ledger.key, or the file is damaged; restore the backup"
        raise LedgerUnreadable(msg) from error
    return engine


def plain_engine(path: Path, key: bytes) -> Engine:
    """The engine over a database as it stands, whatever its schema: for those who migrate or copy it."""
    return _engine(path, key)


def _schema_of(engine: Engine) -> int:
    with engine.execution_options(**{READ_ONLY: True}).begin() as connection:
        return int(connection.execute(text("PRAGMA user_version")).scalar_one())


def _bring_forward(engine: Engine, path: Path) -> None:
    with engine.begin() as connection:
        found = connection.execute(text("PRAGMA user_version")).scalar_one()
        if found > SCHEMA_VERSION:
            msg = f"{path.name} has schema {found}, this program knows {SCHEMA_VERSION}: update the station"
            raise LedgerUnreadable(msg)
        if found == 0:
            SQLModel.metadata.create_all(connection, tables=ledger_tables())
            connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
        else:
            migrations.migrate(connection)


def _engine(path: Path, key: bytes) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        module=sqlcipher,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error's text ends in a log; what was to be written is somebody's
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reading = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def close_engine(engine: Engine) -> None:
    """Close every connection: those at rest now, those that a thread still uses when it gives them back."""
    event.listen(engine.pool, "checkin", lambda _connection, record: record.close())
    engine.dispose()


def ledger_tables() -> list[Table]:
    """Every table of the ledger."""
    rows = (
        tables.CaptureRow,
        tables.OutboxRow,
        tables.RetentionRow,
        tables.ReviewRow,
        tables.ErrandRow,
        tables.MakerRow,
        tables.LinkRow,
        tables.JournalRow,
        tables.VisitRow,
        tables.TriesRow,
        tables.FeeRow,
        tables.NoteRow,
    )
    return [SQLModel.metadata.tables[str(row.__tablename__)] for row in rows]
