"""Runs in the machine whose power is cut, as the station's user, with its own Python: looks at what survived, then visits.

    python power_cut_guest.py DATA ACKNOWLEDGED.json VISITORS.json SITTER.jpg [--drain SECONDS]

Prints one JSON object a line, on the serial console: `{"checked": ...}` once, `{"accepted": CAPTURE_ID}` as soon as the station has
answered that it is accepted. Whatever was printed so may never be lost. With `--drain` nobody comes any more: it waits until the
queue is empty and prints `{"drained": {CAPTURE_ID: {part: sha256}}}`, all that the ledger holds.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import select

from appliance.ledger import journal
from appliance.ledger.errors import LedgerError
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow
from appliance.rehearsal.door import StationDoor, StationRefused, StationSilent, running_station
from appliance.rehearsal.visitor import Credentials, Subject, Visitor

READY_S = 120.0
JUDGED_S = 60.0


def tell(**what: Any) -> None:
    """One line to the serial console, at once."""
    print(json.dumps(what), flush=True)


def check(data: Path, acknowledged: list[str]) -> dict[str, Any]:
    """What of the acknowledged captures is not there, and whether database, files and journal are sound."""
    ledger = Ledger(data)
    try:
        with ledger.reading() as session:
            rows = {row.capture_id: row for row in session.exec(select(CaptureRow)).all()}
            entries = journal.verify(session, ledger.keys.signing.public_key())
            faults = [
                str(row[0])
                for proof in ("cipher_integrity_check", "integrity_check", "foreign_key_check")
                for row in session.connection().execute(text(f"PRAGMA {proof}"))
            ]
        return {
            "missing": sorted(set(acknowledged) - set(rows)),
            "altered": sorted(name for name, row in rows.items() if not _whole(ledger, row)),
            "faults": [fault for fault in faults if fault != "ok"],
            "captures": len(rows),
            "entries": entries,
        }
    finally:
        ledger.close()


def _whole(ledger: Ledger, row: CaptureRow) -> bool:
    """Whether record and pictures are the bytes that were accepted; pictures may go once the platform has them."""
    if hashlib.sha256(row.record).hexdigest() != row.record_sha256:
        return False
    for kind, digest in (("photo", row.photo_sha256), ("original", row.original_sha256)):
        if row.receipt is not None and not ledger.vault.has(row.capture_id, kind):
            continue
        try:
            if hashlib.sha256(ledger.vault.read(row.capture_id, kind)).hexdigest() != digest:
                return False
        except LedgerError:
            return False
    return True


def station_of(data: Path) -> str:
    """The address of the station, once it answers and has its roster. Raises `StationSilent`."""
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        url = running_station(data)
        if url is not None:
            with StationDoor.of_data_dir(url, data) as door:
                if door.get("/api/state")["plan"] is not None:
                    return url
        time.sleep(0.2)
    raise StationSilent(f"the station was not ready within {READY_S:.0f} s")


def visit(door: StationDoor, visitor: Visitor, who: Credentials, sitter: Path) -> None:
    """One visit to its acceptance, acknowledged the moment it is answered."""
    visitor.clear()
    visitor.identify(who)
    try:
        seen = visitor.shoot(Subject("sitter", sitter))
    except StationSilent:  # a machine that shares its processor with others judges late
        seen = door.wait("judged", lambda now: now["state"] in ("judged", "refused"), JUDGED_S)
    exception = None if seen["state"] == "judged" else "rehearsal"
    tell(accepted=visitor.accept(seen["shot"]["id"], exception))


def drain(url: str, data: Path, seconds: float) -> dict[str, dict[str, str]]:
    """Wait until everything is delivered; the sha256 of each part of every capture. Raises `StationSilent`."""
    end = time.monotonic() + seconds
    with StationDoor.of_data_dir(url, data) as door:
        while (queue := door.get("/api/queue"))["waiting"]:
            if time.monotonic() > end:
                raise StationSilent(f"the queue did not drain within {seconds:.0f} s: {queue}")
            time.sleep(0.3)
    ledger = Ledger(data)
    try:
        with ledger.reading() as session:
            return {
                row.capture_id: {
                    "record": row.record_sha256,
                    "photo": row.photo_sha256,
                    "original": row.original_sha256,
                }
                for row in session.exec(select(CaptureRow)).all()
            }
    finally:
        ledger.close()


def main() -> None:
    """Check, then visits without end: the power ends them."""
    data, acknowledged, visitors, sitter = (Path(name) for name in sys.argv[1:5])
    try:
        found = check(data, json.loads(acknowledged.read_text()))
    except LedgerError as error:  # a broken chain, an unreadable database
        found = {"unreadable": str(error)}
    tell(checked=found)
    url = station_of(data)
    tell(ready=round(float(Path("/proc/uptime").read_text().split()[0]), 1))
    if sys.argv[5:6] == ["--drain"]:
        tell(drained=drain(url, data, float(sys.argv[6])))
        return
    people = [Credentials(**person) for person in json.loads(visitors.read_text())]
    for number in count():
        try:
            with StationDoor.of_data_dir(url, data) as door:
                visit(door, Visitor(door, lambda _step: None, patience=0.2), people[number % len(people)], sitter)
        except (StationSilent, StationRefused) as error:
            tell(hindered=str(error)[:200])
            time.sleep(0.2)


if __name__ == "__main__":
    main()
