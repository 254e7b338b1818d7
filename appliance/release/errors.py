"""The room's exception; the tree is drawn in the package's docstring."""

from __future__ import annotations


class BundleRefused(ValueError):
    """A bundle must not be used. `zh` and `en` say what is wrong, with figure and limit, and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en

    @property
    def message(self) -> dict[str, str]:
        """As pages and journals get it."""
        return {"zh": self.zh, "en": self.en}
