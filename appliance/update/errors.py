"""The room's exception; the tree is drawn in the package's docstring."""

from __future__ import annotations

from appliance.portrait.measurement import Message


class UpdateRefused(RuntimeError):
    """What was asked is not possible now. `code` is for machines."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.message = Message(zh=zh, en=en)
