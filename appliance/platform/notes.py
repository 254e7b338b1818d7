"""Where the station keeps what the platform told it: named texts, durable, readable by both of its processes."""

from __future__ import annotations

from typing import Protocol


class Notes(Protocol):
    """Named documents. A station's ledger is one."""

    def note(self, name: str) -> str | None:
        """The document kept under `name`."""

    def keep_note(self, name: str, body: str) -> None:
        """Keep `body` under `name`, instead of what was there; durable when this returns."""
