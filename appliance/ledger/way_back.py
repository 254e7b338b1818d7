"""A ledger that a newer release wrote, read by the one that took over again: the newer one leads it back itself.

Only it knows its own steps. Its environment still lies beside this one (an update keeps it until the next is confirmed), so its
`station ledger migrate` is run as the station's user. Rows stay; what only the newer schema can hold is lost.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

from appliance.ledger.errors import LedgerUnreadable
from appliance.release.places import COMPLETE

log = logging.getLogger(__name__)

_PATIENCE_S = 120.0


def lead_back(data_dir: Path, found: int, wanted: int, releases: Path | None = None) -> None:
    """Have a release beside this one bring the ledger of `data_dir` from schema `found` to `wanted`.

    `releases` holds a folder a release; where this program runs from by default. Raises `LedgerUnreadable` when none can.
    """
    home = Path(sys.prefix)
    if releases is None and not (home / COMPLETE).is_file():
        raise _nobody(found, wanted)
    for program in _programs(releases or home.parent, home):
        if _schema(program) < found:
            continue
        command = [str(program), "ledger", "migrate", "--to", str(wanted), "--data", str(data_dir)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_PATIENCE_S, stdin=subprocess.DEVNULL
        )
        if done.returncode == 0:
            log.warning("the ledger was led back from schema %d to %d by %s", found, wanted, program)
            return
        log.error("%s could not lead the ledger back: %s", program, done.stderr.strip()[-500:])
    raise _nobody(found, wanted)


def _programs(releases: Path, home: Path) -> list[Path]:
    """The `station` of every other whole release, the newest first."""
    found = [mark.parent for mark in releases.glob(f"*/{COMPLETE}") if mark.parent != home]
    return [folder / "bin/station" for folder in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)]


def _schema(program: Path) -> int:
    """The schema that a release's program writes; 0 when it does not say."""
    try:
        done = subprocess.run(
            [str(program), "ledger", "schema", "--json"],
            capture_output=True, text=True, check=False, timeout=_PATIENCE_S, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return int(json.loads(done.stdout)["writes"]) if done.returncode == 0 else 0
    except (OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired):
        return 0


def _nobody(found: int, wanted: int) -> LedgerUnreadable:
    return LedgerUnreadable(
        f"the ledger has schema {found}, this program knows {wanted}, and no newer release lies beside it to lead it back: "
        "update the station"
    )
