"""The platform's database: SQLite with WAL and synchronous=FULL, so that what was answered survives a pulled plug."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, create_engine, event
from sqlmodel import Session

from . import face_tables as _face_tables  # noqa: F401 - their tables are made here too
from . import order_tables as _order_tables  # noqa: F401
from .tables import PlatformTable

BUSY_TIMEOUT_S = 15.0


class Database(Protocol):
    """Sessions on the platform's tables, for any number of threads and processes.

    What a transaction checks before it writes is guarded by named locks, held until it ends: two that name the same lock come
    one after the other, whichever process they are in. Name what is checked ("capture/ID"); a second lock is one later in the
    alphabet, so that no two wait for each other.
    """

    def read(self) -> AbstractContextManager[Session]:
        """A consistent view; nothing done in it is kept."""

    def write(self, *locks: str) -> AbstractContextManager[Session]:
        """One transaction: committed and durable when the block ends, undone when it raises."""

    def lock(self, session: Session, name: str) -> None:
        """Within a transaction of `write`: take one more lock."""

    def close(self) -> None:
        """Close every connection."""


class SqliteDatabase:
    """One SQLite file. Writers take its one lock at the beginning: no transaction fails half way, and named locks are implied.

    Writers of one process wait for each other here, in the order they came: waiting for the file's lock, SQLite sleeps, up to a
    tenth of a second at a time, while nobody writes.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_S})
        _begin_explicitly(self._engine)
        self._writing = self._engine.execution_options(immediate=True)
        self._one_writer = threading.Lock()
        try:
            PlatformTable.metadata.create_all(self._writing)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view; nothing done in it is kept."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, *_: str) -> Iterator[Session]:
        """One transaction: committed and durable when the block ends, undone when it raises."""
        with self._one_writer, Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def lock(self, session: Session, name: str) -> None:
        """Nothing to do: whoever writes holds the file's lock."""

    def close(self) -> None:
        """Close every connection."""
        close_engine(self._engine)


def close_engine(engine: Engine) -> None:
    """Close every connection: those at rest now, those that a thread still uses when it gives them back."""
    event.listen(engine.pool, "checkin", lambda _connection, record: record.close())
    engine.dispose()


def _begin_explicitly(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is deferred, and would be too late
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
