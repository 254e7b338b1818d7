"""The ledger's exceptions; the tree is drawn in the package's docstring."""

from __future__ import annotations


class LedgerError(RuntimeError):
    """The ledger cannot do what was asked; the message says why and what to do."""


class LedgerUnreadable(LedgerError):
    """Wrong key, damaged database, or one written by a newer version."""


class LedgerInUse(LedgerError):
    """Another program has the ledger open, and this has to be done alone."""


class CaptureMissing(LedgerError, KeyError):
    """No such capture, or no such file of it."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else "no such capture"


class FileDamaged(LedgerError):
    """An encrypted file fails its authentication."""


class JournalBroken(LedgerError, ValueError):
    """An entry of the journal was removed or changed; `entry` is the number of the first."""

    def __init__(self, entry: int, message: str) -> None:
        super().__init__(message)
        self.entry = entry
