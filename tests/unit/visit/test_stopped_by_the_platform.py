"""The platform stopped this station: the visit in progress goes on to its end, the next student is told why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from visit_fixtures import DEMO, conductor_of

from appliance.ledger.store import Ledger
from appliance.outbox.stopped import NOTE
from appliance.standing import StandingWatch
from appliance.visit.errors import Stopped
from appliance.visit.machine import State


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "data")
    yield opened
    opened.close()


def test_who_is_there_is_finished_and_nobody_new_begins_until_the_platform_says_so(ledger: Ledger) -> None:
    conductor = conductor_of(ledger)
    watch = StandingWatch(ledger, conductor)
    watch.look()
    assert not watch.stopped
    assert conductor.notice is None
    first, second = DEMO.students[:2]
    conductor.scan(first.payload)

    ledger.keep_note(NOTE, json.dumps("2026-06-01T10:00:00+08:00"))
    watch.look()
    assert conductor.notice is not None
    assert (conductor.notice.code, conductor.notice.severity) == ("station-stopped", "error")
    conductor.verify(first.last_four)
    conductor.confirm(record_confirmed=True, consent_version=DEMO.plan.consent.version, by="student")
    assert conductor.state is State.FRAMING
    shot = conductor.shoot(automatic=False)
    assert conductor.accept(shot.shot_id, None) is not None
    assert conductor.state is State.QUEUED
    with pytest.raises(Stopped) as refused:
        conductor.scan(second.payload)
    assert "停用" in refused.value.message.zh
    assert "administrator" in refused.value.message.en

    restarted = conductor_of(ledger)
    StandingWatch(ledger, restarted).look()
    with pytest.raises(Stopped):
        restarted.scan(second.payload)

    ledger.keep_note(NOTE, json.dumps(None))
    watch.look()
    assert conductor.notice.severity == "info"
    assert conductor.scan(second.payload).state is State.IDENTIFIED
