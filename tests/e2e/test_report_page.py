"""The report of a check in Chromium: opens from a file without a network, and its choices work."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from appliance.portrait.check import Task, examine_file
from appliance.portrait.profile import load_profile
from appliance.portrait.report.page import page as report_page

pytestmark = [pytest.mark.e2e, pytest.mark.networks]


def test_a_report_opens_from_a_file_and_can_be_narrowed(tablet: Page, networks_dir: Path, tmp_path: Path) -> None:
    names = ("one.png", "two.png", "torn.jpg")
    for seed, name in enumerate(names[:2]):
        noise = np.random.default_rng(seed).integers(0, 255, (200, 150, 3), np.uint8)
        cv2.imwrite(str(tmp_path / name), noise)
    (tmp_path / names[2]).write_bytes(b"no picture")
    found = [examine_file(tmp_path / name, Task(networks_dir, "moe-2017-99")) for name in names]
    written = tmp_path / "report.html"
    written.write_text(report_page(found, load_profile("moe-2017-99"), "now"), encoding="utf-8")
    tablet.goto(written.as_uri())
    expect(tablet.locator(".card:visible")).to_have_count(3)
    tablet.locator('[data-rule="subject.single"]').click()
    expect(tablet.locator(".card:visible")).to_have_count(2)
    expect(tablet.locator("article:visible")).to_have_count(2)
    tablet.locator('.tile[data-verdict="unmeasurable"]').click()
    expect(tablet.locator(".card:visible")).to_have_count(1)
    tablet.locator(".tile.all").click()
    expect(tablet.locator(".card:visible")).to_have_count(3)
    box = tablet.locator("[data-layer=bands]")
    box.uncheck()
    assert "no-bands" in (tablet.locator("body").get_attribute("class") or "")
    wide = tablet.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "nothing sticks out sideways"
