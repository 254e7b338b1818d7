"""How heavy the tablet page is, how fast it follows the station, how fresh its live picture is.

Type: `.venv/bin/python tests/bench/web.py [--json]`. Station, platform and browser share this machine, so figures of a Pi
and a tablet differ; what is compared is one run with another.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from pages import shows
from playwright.sync_api import Page, Response, sync_playwright
from tablet import SIZES, launch, open_tablet

from appliance.rehearsal.bench import Bench
from appliance.rehearsal.door import StationDoor

FRAMES = 150
EVENTS = 15
# When each frame is on the glass: after it was drawn, the next animation frame shows it.
WATCH = """async frames => {
  const { Preview } = await import("/ui/preview.js");
  const shown = [];
  await new Promise(done => {
    const preview = new Preview(header => requestAnimationFrame(() => {
      shown.push([header.captured_at, performance.timeOrigin + performance.now()]);
      if (shown.length === frames) { preview.stop(); done(); }
    }), () => {});
    preview.start();
  });
  return shown;
}"""
NOTE_CHANGES = """() => {
  const app = document.querySelector("station-app");
  window.changes = [];
  new MutationObserver(() => window.changes.push([app.dataset.screen, performance.timeOrigin + performance.now()]))
    .observe(app, { attributes: true, attributeFilter: ["data-screen"] });
}"""


# When the first screen stood there: what is fetched afterwards, while nothing else happens, is not what the page opens with.
NOTE_FIRST = """() => addEventListener("DOMContentLoaded", () => {
  const look = () => {
    const app = document.querySelector("station-app[data-screen=today]");
    if (app) window.firstAt = performance.now(); else requestAnimationFrame(look);
  };
  look();
})"""
OPENED_WITH = (
    """() => performance.getEntriesByType("resource").filter(e => e.startTime < window.firstAt).map(e => e.name)"""
)


def spread(values: list[float]) -> dict[str, float]:
    """Median and 95th percentile, rounded."""
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 1),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
    }


def preview(page: Page) -> dict[str, Any]:
    """Frames a second, and milliseconds from the camera to the glass."""
    wall_of_monotonic = time.time() - time.monotonic()
    shown: list[list[float]] = page.evaluate(WATCH, FRAMES)
    gaps = [after[1] - before[1] for before, after in pairwise(shown)]
    ages = [glass - (captured + wall_of_monotonic) * 1000 for captured, glass in shown]
    seconds = (shown[-1][1] - shown[0][1]) / 1000
    return {"frames_per_s": round((len(shown) - 1) / seconds, 1), "gap_ms": spread(gaps), "glass_ms": spread(ages)}


def events(page: Page, bench: Bench, door: StationDoor) -> dict[str, float]:
    """Milliseconds from a request elsewhere to the changed screen on this tablet."""
    page.evaluate(NOTE_CHANGES)
    late = []
    for number in range(EVENTS):
        for path, body, screen in (
            ("/api/visit/code", {"payload": bench.credentials(number).payload}, "verify"),
            ("/api/visit/abandon", {"reason": "other"}, "today"),
        ):
            asked = time.time() * 1000
            door.post(path, body)
            shows(page, screen)
            name, at = page.evaluate("window.changes.at(-1)")
            assert name == screen
            late.append(at - asked)
    return spread(late)


def measure() -> dict[str, Any]:
    """All figures of one run."""
    weights: dict[str, int] = {}

    def weigh(response: Response) -> None:
        if "/api/" not in response.url:
            weights[response.url] = len(response.body())

    with (
        tempfile.TemporaryDirectory(prefix="bench-web-") as folder,
        Bench(Path(folder)) as bench,
        bench.door() as door,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        with open_tablet(browser, SIZES["wide"]) as page:
            page.on("response", weigh)
            page.add_init_script(f"({NOTE_FIRST})()")
            began = time.monotonic()
            page.goto(f"{bench.url}/#pair={bench.new_pairing_code()}", wait_until="commit")
            shows(page, "today")
            opened_ms = (time.monotonic() - began) * 1000
            first = {page.url.partition("#")[0], *page.evaluate(OPENED_WITH)}
            shell = {url: size for url, size in weights.items() if url.partition("#")[0] in first}
            figures = {
                "shell": {"bytes": sum(shell.values()), "files": len(shell), "opened_ms": round(opened_ms)},
                "event_ms": events(page, bench, door),
                "preview": preview(page),
            }
        browser.close()
    return figures


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = measure()
    if asked.json:
        print(json.dumps(figures))
        return
    for name, values in figures.items():
        print(f"{name:10} {json.dumps(values)}")


if __name__ == "__main__":
    main()
