"""Chromium as a tablet: sizes, start flags, and what every page must keep to."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, ViewportSize

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]
SIZES: dict[str, ViewportSize] = {
    "wide": {"width": 1180, "height": 820},
    "tall": {"width": 820, "height": 1180},
    "phone": {"width": 390, "height": 844},
}
# A refused request is logged by the browser itself, whatever the page makes of it.
EXPECTED = ("Failed to load resource", "WebSocket connection to")


def chromium() -> Path:
    """Debian's Chromium, or the one named by `CHROMIUM`."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if found is None:
        pytest.skip("no Chromium: apt install chromium fonts-noto-cjk")
    return Path(found)


def launch(playwright: Playwright) -> Browser:
    """A browser without a window."""
    return playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


@contextmanager
def open_tablet(
    browser: Browser,
    size: ViewportSize,
    *,
    dark: bool = False,
    calm: bool = False,
    offline: bool = False,
    forgiven: tuple[str, ...] = (),
) -> Iterator[Page]:
    """A fresh page. Afterwards: no error in its console, and no request left the station."""
    context = browser.new_context(
        viewport=size,
        # It would fetch the whole shell once more for every test.
        service_workers="allow" if offline else "block",
        locale="zh-CN",
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce" if calm else "no-preference",
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    hosts: set[str] = set()

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            complaints.append(message.text)

    def on_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"}:
            hosts.add(address.hostname or "")

    page.on("console", on_console)
    page.on("pageerror", lambda error: str(error).startswith(forgiven) or complaints.append(str(error)))
    page.on("request", on_request)
    yield page
    context.close()
    assert not complaints, complaints
    assert hosts <= {"127.0.0.1", "station.local"}, hosts
