"""Several runs of `power_cut.py` as one table: `python tests/device/power_cut_sum.py FILE...` (what they wrote by `--json`)."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path
from typing import Any

FAULTS = ("missing", "altered", "faults", "lost", "doubled")
HEAD = (
    "run",
    "cuts",
    "of them starting",
    "acknowledged",
    "captures",
    *FAULTS,
    "seconds a cut",
    "seconds to ready",
    "drained",
)


def main() -> int:
    """Print the table; exit code 1 when a careful run was not sound, or a careless one was."""
    runs = [json.loads(Path(name).read_text()) for name in sys.argv[1:]]
    rows = [(Path(name).stem, *_row(run)) for name, run in zip(sys.argv[1:], runs, strict=True)]
    careful = [row[1:10] for row, run in zip(rows, runs, strict=True) if not run["careless"]]
    rows.append(("careful, all", *(sum(column) for column in zip(*careful, strict=True)), "", "", ""))
    for row in (HEAD, ("---",) * len(HEAD), *rows):
        print("|", " | ".join(map(str, row)), "|")
    return 0 if all(_clean(run) is not run["careless"] for run in runs) else 1


def _row(run: dict[str, Any]) -> tuple[Any, ...]:
    cuts = run["cuts"]
    ready = [cut["ready_s"] for cut in cuts if cut["ready_s"] is not None]
    took = f"{run['seconds'] / len(cuts):.0f}" if cuts else ""
    early = sum(cut["ready_s"] is None for cut in cuts)
    found = (len(run[name]) for name in FAULTS)
    median = f"{statistics.median(ready):.0f}" if ready else ""
    return (
        len(cuts),
        early,
        run["acknowledged"],
        run["captures"],
        *found,
        took,
        median,
        "yes" if run["drained"] else "no",
    )


def _clean(run: dict[str, Any]) -> bool:
    return not any(run[name] for name in FAULTS)


if __name__ == "__main__":
    sys.exit(main())
