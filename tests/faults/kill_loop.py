"""Kills station and delivery with SIGKILL at random moments of running visits, then counts what arrived.

    .venv/bin/python tests/faults/kill_loop.py --kills 100 --photo FILE [--seed N]

Every capture whose acceptance was answered, and every capture the ledger holds, must be at the platform exactly once with
identical sha256. Exit code 1 when one is lost, doubled or altered. The same seed gives the same schedule of kills.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sqlmodel import select

from appliance.ledger import journal
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow
from appliance.platform.digests import sha256_hex
from appliance.platform.reference.captures import original_key, photo_key
from appliance.platform.reference.composition import Platform
from appliance.platform.reference.tables import CaptureRow as ArrivedRow
from appliance.rehearsal.bench import Bench
from appliance.rehearsal.children import ChildFailed
from appliance.rehearsal.door import StationRefused, StationSilent
from appliance.rehearsal.visitor import Subject, Visitor

DRAIN_SECONDS = 120.0


@dataclass
class Figures:
    """What was done and what was found afterwards."""

    kills: dict[str, int] = field(default_factory=lambda: {"station": 0, "delivery": 0})
    visits_begun: int = 0
    answered: list[str] = field(default_factory=list)
    in_ledger: int = 0
    at_platform: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    journal_entries: int = 0
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        return bool(self.answered) and not (self.lost or self.doubled or self.altered)


class Visits(threading.Thread):
    """One visit after another until told to stop; a station that is away is waited for."""

    def __init__(self, bench: Bench, photo: Path, figures: Figures) -> None:
        super().__init__(name="visits", daemon=True)
        self._bench, self._photo, self._figures = bench, photo, figures
        self.ending = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.ending.is_set():
            number += 1
            try:
                self._visit(number)
            except (StationSilent, StationRefused, OSError):
                time.sleep(0.1)

    def _visit(self, number: int) -> None:
        with self._bench.door() as door:
            self._play(Visitor(door, lambda _step: None, patience=0.2), number)

    def _play(self, visitor: Visitor, number: int) -> None:
        visitor.clear()
        self._figures.visits_begun += 1
        visitor.identify(self._bench.credentials(number))
        visit = visitor.shoot(Subject("rehearsal", self._photo))
        exception = None if visit["state"] == "judged" else "rehearsal"
        self._figures.answered.append(visitor.accept(visit["shot"]["id"], exception))


def run(folder: Path, photo: Path, kills: int, seed: int) -> Figures:
    """Play, kill, drain, count."""
    draw, figures, started = random.Random(seed), Figures(), time.monotonic()
    with Bench(folder, port=0) as bench:
        visits = Visits(bench, photo, figures)
        visits.start()
        for _ in range(kills):
            time.sleep(draw.uniform(0.2, 4.0))
            victim = draw.choice(["station", "delivery"])
            figures.kills[victim] += 1
            if victim == "station":
                bench.station.kill()
                bench.start_station()
            else:
                bench.delivery.kill()
                bench.delivery.start()
        visits.ending.set()
        visits.join(60)
        _drain(bench)
        _count(bench, figures)
    figures.seconds = round(time.monotonic() - started, 1)
    return figures


def _drain(bench: Bench) -> None:
    end = time.monotonic() + DRAIN_SECONDS
    with bench.door() as door:
        while door.get("/api/queue")["waiting"]:
            if time.monotonic() > end:
                raise ChildFailed(f"the queue did not drain:\n{bench.delivery.tail()}")
            time.sleep(0.2)


def _count(bench: Bench, figures: Figures) -> None:
    ledger = Ledger(bench.data_dir)
    with ledger.reading() as session:
        rows = session.exec(select(CaptureRow)).all()
        figures.journal_entries = journal.verify(session, ledger.keys.signing.public_key())
    ledger.close()
    there = arrived(bench.platform)
    figures.in_ledger, figures.at_platform = len(rows), len(there)
    known = {row.capture_id: row for row in rows}
    figures.lost = sorted((set(figures.answered) | set(known)) - set(there))
    figures.doubled = sorted(set(there) - set(known))
    visits = Counter(visit_id for visit_id, _ in there.values())
    figures.doubled += [visit_id for visit_id, count in visits.items() if count > 1]
    for capture_id, row in known.items():
        wanted = {"record": row.record_sha256, "photo": row.photo_sha256, "original": row.original_sha256}
        if capture_id in there and there[capture_id][1] != wanted:
            figures.altered.append(capture_id)


def arrived(platform: Platform) -> dict[str, tuple[str, dict[str, str]]]:
    """What the platform holds, by capture id: the visit it is of, and the sha256 of the bytes that lie there now."""
    with platform.database.read() as session:
        rows = session.exec(select(ArrivedRow)).all()
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for row in rows:
        digests = {"record": sha256_hex(row.record)}
        for part, key in (("photo", photo_key(row.capture_id)), ("original", original_key(row.capture_id))):
            try:
                digests[part] = sha256_hex(platform.objects.get(key))
            except FileNotFoundError:
                digests[part] = "missing"
        found[row.capture_id] = (json.loads(row.record)["visit_id"], digests)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--photo", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="station-kills-") as folder:
        figures = run(Path(folder), chosen.photo, chosen.kills, chosen.seed)
    json.dump({**asdict(figures), "answered": len(figures.answered), "sound": figures.sound}, sys.stdout, indent=2)
    return 0 if figures.sound else 1


if __name__ == "__main__":
    sys.exit(main())
