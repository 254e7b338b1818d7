"""The nightly look: copies of the ledger go after a week; captures stay while nobody tells the time."""

from __future__ import annotations

import os
import time
from pathlib import Path

from platform_fixtures import Counterpart, accept

from appliance.ledger.snapshot import lay_aside
from appliance.ledger.store import Ledger
from appliance.outbox.tidying import COPIES_KEPT_S, Tidied, tidy


def test_copies_stay_for_a_week_and_captures_while_the_time_is_unknown(ledger: Ledger) -> None:
    lay_aside(ledger.engine, ledger.data_dir / "ledger.db", 4)
    assert tidy(ledger) == Tidied(0, 0, time_known=False)
    assert tidy(ledger, wall=time.time() + COPIES_KEPT_S + 60) == Tidied(0, 1, time_known=False)
    assert tidy(ledger) == Tidied(0, 0, time_known=False)


def test_the_platforms_time_is_asked_and_what_waits_stays(counterpart: Counterpart, ledger: Ledger) -> None:
    identity = counterpart.enrol_into(ledger.data_dir / "keys")
    accept(ledger, counterpart.capture(identity, original_bytes=1000))
    assert tidy(ledger) == Tidied(0, 0, time_known=True)


def test_a_copy_is_readable_by_its_owner_only_and_is_a_whole_ledger(ledger: Ledger, tmp_path: Path) -> None:
    lay_aside(ledger.engine, ledger.data_dir / "ledger.db", 4)
    copy = ledger.data_dir / "before-update/ledger-4.db"
    assert copy.stat().st_mode & 0o777 == 0o600
    other = tmp_path / "other"
    (other / "keys").mkdir(parents=True)
    for name, body in ledger.keys.carried().items():
        (other / "keys" / name).write_bytes(body)
    os.link(copy, other / "ledger.db")
    Ledger(other).close()
