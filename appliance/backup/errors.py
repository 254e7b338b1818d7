"""The room's exception; the tree is drawn in the package's docstring."""

from __future__ import annotations


class BackupRefused(RuntimeError):
    """A backup cannot be made, or must not be restored; `zh` and `en` say why and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh, self.en = zh, en
