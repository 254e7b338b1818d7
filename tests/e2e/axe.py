"""axe-core in the page: what it finds to complain of."""

from __future__ import annotations

from typing import Any

from from_npm import AXE, installed
from playwright.sync_api import Page

# What another scheme of colours can change. The text size and contrast of level AAA (7:1) are no promise of ours: AA (4.5:1) is.
CONTRAST = ["color-contrast", "link-in-text-block"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


# axe-core makes elements of its own by their names, to look at their roles; ours are only ever made with their parts.
MADE_BY_AXE = ("Cannot read properties of undefined", "Cannot destructure property 'length'")


def complaints(page: Page, values: list[str] = RULES) -> list[str]:
    """What axe-core finds by these tags, or rules for ``CONTRAST``, with the elements it means."""
    only = {"type": "rule" if values is CONTRAST else "tag", "values": values}
    script = "only => axe.run(document, { runOnly: only, resultTypes: ['violations'], preload: false })"
    found: dict[str, Any] = page.evaluate(script, only)
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]]


def add_axe(page: Page) -> None:
    """Have axe-core in every document that this page opens; its file is fetched once from the npm registry."""
    page.add_init_script(path=installed(AXE) / "axe.min.js")
