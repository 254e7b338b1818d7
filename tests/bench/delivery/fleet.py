"""A fleet of simulated stations against the reference platform on this machine, over the loopback alone.

    .venv/bin/python tests/bench/delivery/fleet.py load  --stations 1000 --out fleet.png
    .venv/bin/python tests/bench/delivery/fleet.py drain --stations 1000 --out drain.png

`load`: each station takes a photo every `--every` seconds; the fleet grows in steps; latency of each call and captures a second,
as curves. Latency counts from when a call was due, so a platform that falls behind is not flattered. `drain`: see `fleet_drain`.
Figures as JSON on standard output.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugins"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import fleet_pictures
import numpy as np
from fleet_drain import drain
from fleet_stations import AT_ONCE, CALLS, Call, Fleet, Timetable, enrolled
from platform_fixtures import PlatformProcess, free_port

from appliance.platform.reference.composition import Platform, PlatformSettings
from appliance.platform.reference.stations import new_token

STEPS = (0.1, 0.25, 0.5, 0.75, 1.0)  # of the fleet


def load(fleet: Fleet, every_s: float, seconds: float, original_bytes: int) -> list[dict[str, Any]]:
    """One row of figures for each size of the fleet."""
    rows = []
    for share in STEPS:
        count = max(1, round(len(fleet.stations) * share))
        draw = random.Random(count)
        made = round(count / every_s * seconds)
        chosen = [(draw.uniform(0, seconds), draw.randrange(count)) for _ in range(made)]
        captures = [fleet.capture(station, original_bytes) for _, station in chosen]
        fleet.begin_again()
        table = Timetable(fleet.now)
        for (second, station), capture in zip(chosen, captures, strict=True):
            table.at(second, lambda s=station, c=capture, at=second: fleet.deliver(s, c, at))  # type: ignore[misc]
        table.run()
        rows.append({"stations": count, **figures(fleet.calls, made, fleet.now()), "failures": len(table.failures)})
        print(json.dumps(rows[-1]), file=sys.stderr)
    return rows


def figures(calls: list[Call], made: int, seconds: float) -> dict[str, Any]:
    """Captures a second and latencies in milliseconds."""
    found: dict[str, Any] = {"captures": made, "captures_per_s": round(made / seconds, 1)}
    for kind in CALLS:
        took = [1000 * (call.ended - call.begun) for call in calls if call.kind == kind and call.taken]
        if took:
            p50, p95, p99 = np.percentile(took, [50, 95, 99])
            found[kind] = {"p50_ms": round(p50, 1), "p95_ms": round(p95, 1), "p99_ms": round(p99, 1)}
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["load", "drain"])
    parser.add_argument("--stations", type=int, default=1000)
    parser.add_argument("--every", type=float, default=45.0, help="seconds between a station's captures")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each step of the load")
    parser.add_argument("--waiting", type=int, default=2, help="captures a station that wait for the drain")
    parser.add_argument("--original-kb", type=int, default=64)
    parser.add_argument("--out", type=Path, help="PNG to draw")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="station-fleet-") as folder:
        process = PlatformProcess(Path(folder), free_port())
        platform = Platform.at(PlatformSettings(process.data))
        tokens = [new_token(platform) for _ in range(chosen.stations)]
        platform.close()
        process.start()
        try:
            stations = list(enrolled(process.address, tokens))
            fleet = Fleet(stations, at_once=len(stations) if chosen.what == "drain" else AT_ONCE)
            original = chosen.original_kb * 1024
            if chosen.what == "load":
                rows = load(fleet, chosen.every, chosen.seconds, original)
                found: dict[str, Any] = {"every_s": chosen.every, "original_kb": chosen.original_kb, "steps": rows}
                draw = fleet_pictures.load
            else:
                found, draw = drain(fleet, process, chosen.waiting, original), fleet_pictures.drain
        finally:
            process.kill()
    json.dump(found, sys.stdout, indent=1)
    if chosen.out is not None:
        draw(found, chosen.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
