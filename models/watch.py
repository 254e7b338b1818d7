"""Who is told how a delivery goes."""

from __future__ import annotations

from typing import Protocol

from models.packages import Archive


class Watch(Protocol):
    """Is told how a delivery goes; a progress bar is one."""

    def started(self, archive: Archive) -> None:
        """A download (or the reading of a local copy) begins."""

    def received(self, archive: Archive, size: int) -> None:
        """So many bytes have come."""

    def finished(self, archive: Archive) -> None:
        """It has come, or failed."""


class Unwatched:
    """A watch that looks away."""

    def started(self, archive: Archive) -> None:
        """Say nothing."""

    def received(self, archive: Archive, size: int) -> None:
        """Say nothing."""

    def finished(self, archive: Archive) -> None:
        """Say nothing."""
