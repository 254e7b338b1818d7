"""Random schedules of every fault between station and platform; counts what was lost, doubled or altered.

    .venv/bin/python tests/faults/schedules.py --schedules 1000 --seed 1        # all of them
    .venv/bin/python tests/faults/schedules.py --only 417 --seed 1              # one of them again
    .venv/bin/python tests/faults/schedules.py --first 250 --seed 1             # from there on

Exit code 1 when anything was lost, doubled or altered, an answer was missed or taken twice, or the platform broke down. Progress
on standard error; ended early (Ctrl-C, SIGTERM), it says what it found until then.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import signal
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugins"))

from fault_schedule import run_schedules
from rich.console import Console
from rich.progress import track

SAY_EVERY = 25
WRONG = ("lost", "doubled", "altered", "crashes", "answers")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schedules", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number to begin with")
    parser.add_argument("--only", type=int, action="append", help="number of one schedule")
    chosen = parser.parse_args()
    logging.disable()  # every fault is logged, by design
    numbers = chosen.only or range(chosen.first, chosen.schedules)
    totals, struck, bad, started = Counter[str](), Counter[str](), {}, time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    watched = track(run_schedules(chosen.seed, numbers), "schedules", total=len(numbers), console=Console(stderr=True))
    with contextlib.suppress(KeyboardInterrupt):
        for number, outcome in watched:
            struck.update(outcome.struck)
            totals.update(captures=outcome.captures, bytes=outcome.bytes, schedules=1)
            for what in WRONG:
                totals[what] += len(getattr(outcome, what))
            if not outcome.sound:
                bad[number] = {what: getattr(outcome, what) for what in WRONG}
            if not sys.stderr.isatty() and totals["schedules"] % SAY_EVERY == 0:
                print(f"{totals['schedules']} of {len(numbers)}, {len(bad)} unsound", file=sys.stderr, flush=True)
    figures = {"seed": chosen.seed, **totals, "seconds": round(time.monotonic() - started, 1)}
    json.dump({**figures, "struck": dict(sorted(struck.items())), "bad": bad}, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
