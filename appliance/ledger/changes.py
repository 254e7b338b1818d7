"""Whether anything was written to the ledger, by whichever process, without reading it: SQLite's `data_version`."""

from __future__ import annotations

from sqlalchemy import Engine


class Changes:
    """Holds one connection of its own; `data_version` tells of commits by every other connection. Not thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.raw_connection()
        self._version: int | None = None

    def since_last(self) -> bool:
        """Whether there were commits since the last call; `True` at the first."""
        cursor = self._connection.cursor()
        try:
            version: int = cursor.execute("PRAGMA data_version").fetchone()[0]
        finally:
            cursor.close()
        changed, self._version = version != self._version, version
        return changed

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()
