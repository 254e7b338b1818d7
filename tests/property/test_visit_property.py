"""Random operators, students, scanners, cameras and power cuts; what must hold whatever they do."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import select
from visit_fixtures import DEMO, SALT, ScriptedShutter, conductor_of

from appliance.ledger import journal
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, OutboxRow
from appliance.platform.contract import CaptureRecord
from appliance.platform.digests import code_digest
from appliance.visit.errors import VisitError
from appliance.visit.exemptions import Exemption
from appliance.visit.machine import State


class Visits(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="visits-"))
        self.shutter = ScriptedShutter()
        self.accepted: dict[str, str] = {}
        self.started = self.agreed = False
        self._boot()

    def _boot(self) -> None:
        self.ledger = Ledger(self.folder)
        self.ledger.sweep_orphans()
        self.conductor = conductor_of(self.ledger, shutter=self.shutter)
        self.conductor.restore()

    @rule()
    def power_cut(self) -> None:
        self.ledger.engine.dispose()
        self._boot()

    @rule(number=st.integers(0, 3))
    def scan(self, number: int) -> None:
        payload = DEMO.students[number].payload if number < len(DEMO.students) else "nobody's code"
        before = self.conductor.visit
        with suppress(VisitError):
            self.conductor.scan(payload)
        after = self.conductor.visit
        if before is not None and before.state not in (State.QUEUED,):
            assert after is not None
            assert after.visit_id == before.visit_id

    @rule(right=st.booleans())
    def answer(self, right: bool) -> None:
        visit = self.conductor.visit
        owner = next((s for s in DEMO.students if visit and code_digest(SALT, s.payload) == visit.code_digest), None)
        with suppress(VisitError):
            self.conductor.verify(owner.last_four if owner and right else "----")

    @rule(confirmed=st.booleans(), current=st.booleans())
    def confirm(self, confirmed: bool, current: bool) -> None:
        version = DEMO.plan.consent.version if current else "old"
        with suppress(VisitError):
            self.conductor.confirm(record_confirmed=confirmed, consent_version=version, by="student")

    @rule(outcome=st.sampled_from(["pass", "pass", "refuse", "no photo", "broken"]))
    def shoot(self, outcome: str) -> None:
        self.shutter.next = outcome
        with suppress(VisitError):
            self.conductor.shoot(automatic=False)

    @rule()
    def retake(self) -> None:
        with suppress(VisitError):
            self.conductor.retake()

    @rule(reason=st.sampled_from([None, "medical", "because"]), twice=st.booleans())
    def accept(self, reason: str | None, twice: bool) -> None:
        shot = self.conductor.shot
        with suppress(VisitError):
            for _ in range(2 if twice else 1):
                given = Exemption(reason) if reason else None
                capture = self.conductor.accept(shot.shot_id if shot else "none", given)
                assert shot is not None
                assert self.accepted.setdefault(shot.shot_id, capture) == capture

    @rule()
    def abandon(self) -> None:
        with suppress(VisitError):
            self.conductor.abandon("student-left")

    @rule()
    def next_student(self) -> None:
        with suppress(VisitError):
            self.conductor.next()

    @rule()
    def camera_recovers(self) -> None:
        self.conductor.device_recovered()

    @invariant()
    def captures_are_whole_and_single(self) -> None:
        if not hasattr(self, "ledger"):
            return
        with self.ledger.reading() as session:
            rows = session.exec(select(CaptureRow)).all()
            deliveries = session.exec(select(OutboxRow)).all()
        assert {row.shot_id: row.capture_id for row in rows} == self.accepted
        assert len(deliveries) == 4 * len(rows)
        assert len({row.visit_id for row in rows}) == len(rows)
        for row in rows:
            record = CaptureRecord.model_validate(json.loads(row.record))
            assert record.consent.version == DEMO.plan.consent.version
            assert record.verdict.verdict == "pass" or record.exception is not None
            assert self.ledger.vault.read(row.capture_id, "photo")

    @invariant()
    def the_code_is_forgotten_once_the_answer_was_right(self) -> None:
        visit = getattr(self, "conductor", None) and self.conductor.visit
        if visit and visit.state not in (State.IDLE, State.IDENTIFIED):
            assert visit.payload is None
            assert visit.verified is not None

    def teardown(self) -> None:
        if not hasattr(self, "ledger"):
            return
        with self.ledger.reading() as session:
            journal.verify(session, self.ledger.keys.signing.public_key())
        self.ledger.close()
        shutil.rmtree(self.folder)


TestVisits = Visits.TestCase
TestVisits.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
