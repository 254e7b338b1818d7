"""How long a whole station takes to stop: `python tests/bench/firmware/stopping.py --times 5 [--load 2]`.

A station process with a simulated body and somebody before the camera, a page that follows its events, and processes beside it
that take all they get. Measured is SIGTERM to the end of the process. Exit code 1 when the median takes two seconds or more.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugins"))

import httpx2
from simulated_station import PATIENCE, Running

MOST_S = 2.0
SCRIPT = """
title = "somebody sits there"
[[act]]
at = 0
code = "SIMULATED-1"
"""


def follow(station: Running, connected: threading.Event) -> None:
    """A page that stays until the station ends."""
    token = (station.data / "control.token").read_text()
    headers = {"Authorization": f"Bearer {token}"}
    try:
        with httpx2.stream("GET", f"{station.url()}/api/events", headers=headers, timeout=PATIENCE) as answer:
            for _ in answer.iter_lines():
                connected.set()
    except httpx2.TransportError:
        return  # the station went; that is what is measured


def once(folder: Path) -> float:
    """Seconds of one stop."""
    station, connected = Running(folder, SCRIPT), threading.Event()
    page = threading.Thread(target=follow, args=(station, connected), daemon=True)
    try:
        station.state()
        page.start()
        if not connected.wait(PATIENCE):
            sys.exit("no events came")
        time.sleep(1.0)
        begun = time.monotonic()
        station.process.terminate()
        if station.process.wait(PATIENCE) != 0:
            sys.exit(station.log.read_text())
        return time.monotonic() - begun
    finally:
        station.end()


def main() -> None:
    """Run, report, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--load", type=int, default=0, help="busy processes beside it")
    given = parser.parse_args()
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(given.load)]
    taken = []
    try:
        for _ in range(given.times):
            with tempfile.TemporaryDirectory(prefix="station-stop-") as folder:
                taken.append(once(Path(folder)))
                print(f"{taken[-1]:.2f} s", file=sys.stderr)
    finally:
        for process in busy:
            process.kill()
            process.wait()
    median = statistics.median(taken)
    print(json.dumps({"load": given.load, "median_s": round(median, 2), "worst_s": round(max(taken), 2)}))
    sys.exit(0 if median < MOST_S else 1)


if __name__ == "__main__":
    main()
