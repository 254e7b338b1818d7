"""The platform's tables in PostgreSQL, for any number of processes on any number of machines (extra `[platform]`: psycopg).

`Database`'s named locks are advisory locks of the transaction: taken before anything is read, released when it ends, by a
crash too. Commits are durable before they are answered (PostgreSQL's `synchronous_commit`, on by default, is left as it is).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from sqlalchemy import create_engine, make_url, text
from sqlmodel import Session

from . import face_tables as _face_tables  # noqa: F401 - their tables are made here too
from . import order_tables as _order_tables  # noqa: F401
from .database import close_engine
from .storage import StorageMissing
from .tables import PlatformTable

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_CONNECTIONS = 10
_WAIT_S = 30


class PostgresDatabase:
    """A database named by `postgresql://USER@HOST/NAME`; its tables are made when they are not there."""

    def __init__(self, url: str) -> None:
        if find_spec("psycopg") is None:
            raise StorageMissing("PostgreSQL", "psycopg")
        self._engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=_CONNECTIONS,
            max_overflow=_CONNECTIONS,
            pool_timeout=_WAIT_S,
            pool_pre_ping=True,
        )
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with self._engine.begin() as connection:
            connection.execute(_LOCK, {"name": "tables"})  # processes that start at once make them once
            PlatformTable.metadata.create_all(connection)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view; nothing done in it is kept."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, *locks: str) -> Iterator[Session]:
        """One transaction: committed and durable when the block ends, undone when it raises."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            for name in sorted(locks):
                self.lock(session, name)
            yield session

    def lock(self, session: Session, name: str) -> None:
        """Within a transaction of `write`: take one more lock."""
        session.connection().execute(_LOCK, {"name": name})

    def close(self) -> None:
        """Close every connection."""
        close_engine(self._engine)
