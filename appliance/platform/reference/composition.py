"""The platform put together: settings, database, objects and keys, handed to every route."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from .database import Database, SqliteDatabase
from .gateway import FakeGateway
from .keys import PlatformKeys
from .objects import FolderStore, ObjectStore
from .postgres import PostgresDatabase
from .s3 import S3Address, S3Store


def utc_now() -> datetime:
    """The platform's own time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """How this platform runs. Sizes in bytes, times in seconds.

    Keys always lie in `data_dir`. Empty `database` is SQLite there, else `postgresql://USER@HOST/NAME`; empty `objects` is a
    folder there, else `s3://BUCKET/PREFIX?endpoint=http://HOST:PORT`. `public_url` is where phones reach this platform (payment
    pages); empty: where the station that asks reached it. `most_waiting` requests may wait for a worker, others come again later.
    """

    data_dir: Path
    database: str = ""
    objects: str = ""
    signature_window_s: int = 300
    max_request_bytes: int = 8 * 1024 * 1024
    max_photo_bytes: int = 1024 * 1024
    max_original_bytes: int = 64 * 1024 * 1024
    roster_valid_s: int = 7 * 24 * 3600
    max_wait_s: float = 60.0
    most_waiting: int = 100
    max_report_bytes: int = 256 * 1024
    order_valid_s: float = 900.0
    ask_gateway_after_s: float = 10.0
    jobs_every_s: float = 2.0
    public_url: str = ""

    @classmethod
    def at(cls, data_dir: Path, environment: Mapping[str, str] = os.environ) -> PlatformSettings:
        """Settings from `PLATFORM_DATABASE`, `PLATFORM_OBJECTS`, `PLATFORM_PUBLIC_URL` (addresses may hold passwords, which
        a command line would show to everybody)."""
        return cls(
            data_dir,
            database=environment.get("PLATFORM_DATABASE", ""),
            objects=environment.get("PLATFORM_OBJECTS", ""),
            public_url=environment.get("PLATFORM_PUBLIC_URL", ""),
        )


@dataclass(frozen=True, slots=True)
class Platform:
    """Everything a route works with."""

    settings: PlatformSettings
    database: Database
    objects: ObjectStore
    keys: PlatformKeys
    gateway: FakeGateway
    now: Callable[[], datetime] = field(default=utc_now)

    @classmethod
    def at(cls, settings: PlatformSettings, now: Callable[[], datetime] = utc_now) -> Platform:
        """Open, or make, the platform kept where `settings` says. Raises `StorageError`; ValueError for an address of no known
        kind."""
        folder = settings.data_dir
        objects = S3Store(S3Address.read(settings.objects)) if settings.objects else FolderStore(folder / "objects")
        keys = PlatformKeys.at(folder / "keys")
        database = _database(settings)  # last: what fails before leaves no connection open
        return cls(
            settings=settings,
            database=database,
            objects=objects,
            keys=keys,
            gateway=FakeGateway(database, now),
            now=now,
        )

    def stamp(self) -> str:
        """Now, as it is written into tables."""
        return self.now().isoformat(timespec="milliseconds")

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def _database(settings: PlatformSettings) -> Database:
    if not settings.database:
        return SqliteDatabase(settings.data_dir / "platform.sqlite")
    if not settings.database.startswith("postgresql://"):
        raise ValueError(f"{settings.database.split(':')[0]!r}: the database is named as postgresql://USER@HOST/NAME")
    return PostgresDatabase(settings.database)
