"""Random schedules of every fault between station and platform; counts what was lost, doubled or altered.

    .venv/bin/python tests/faults/schedules.py --schedules 1000 --seed 1        # all of them
    .venv/bin/python tests/faults/schedules.py --only 417 --seed 1              # one of them again

Exit code 1 when anything was lost, doubled or altered, or the platform broke down. Progress on standard error.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugins"))

from fault_schedule import run_schedules
from rich.console import Console
from rich.progress import track

WRONG = ("lost", "doubled", "altered", "crashes", "answers")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schedules", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, action="append", help="number of one schedule")
    chosen = parser.parse_args()
    logging.disable()  # every fault is logged, by design
    numbers = chosen.only or range(chosen.schedules)
    totals, struck, bad, started = Counter[str](), Counter[str](), {}, time.monotonic()
    watched = track(run_schedules(chosen.seed, numbers), "schedules", total=len(numbers), console=Console(stderr=True))
    for number, outcome in watched:
        struck.update(outcome.struck)
        totals.update(captures=outcome.captures, bytes=outcome.bytes, schedules=1)
        for what in WRONG:
            totals[what] += len(getattr(outcome, what))
        if not outcome.sound:
            bad[number] = {what: getattr(outcome, what) for what in WRONG}
    figures = {"seed": chosen.seed, **totals, "seconds": round(time.monotonic() - started, 1)}
    json.dump({**figures, "struck": dict(sorted(struck.items())), "bad": bad}, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
