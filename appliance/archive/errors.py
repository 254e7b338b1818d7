"""The room's exceptions; the tree is drawn in the package's docstring."""

from __future__ import annotations

from appliance.portrait.measurement import Message


class ArchiveFailed(RuntimeError):
    """Nothing can be written so; `message` is for people."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Message(zh=zh, en=en)


class NoFont(ArchiveFailed):
    """Captions need a font that is not installed."""
