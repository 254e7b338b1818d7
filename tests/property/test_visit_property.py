"""Random operators, students, scanners, cameras and power cuts; what must hold whatever they do."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from fake_orders import FakeOrders
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import select
from visit_fixtures import DEMO, SALT, ScriptedShutter, conductor_of, plan_with, roster_of

from appliance.ledger import journal
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, OutboxRow
from appliance.platform.contract import CaptureRecord
from appliance.platform.digests import code_digest
from appliance.platform.errors import PlatformError
from appliance.visit import order_desk
from appliance.visit.errors import VisitError
from appliance.visit.exemptions import Exemption
from appliance.visit.machine import State
from appliance.visit.shutter import Shot


class Visits(RuleBasedStateMachine):
    @initialize(
        when=st.sampled_from([None, "before", "after"]), offline=st.sampled_from(["deferred", "voucher", "refuse"])
    )
    def begin(self, when: str | None, offline: str) -> None:
        fee = None if when is None else {"amount_fen": 2000, "when": when, "offline": offline}
        self.roster = roster_of(plan_with(fee=fee))
        self.orders = FakeOrders()
        self.folder = Path(tempfile.mkdtemp(prefix="visits-"))
        self.shutter = ScriptedShutter()
        self.accepted: dict[str, str] = {}
        self.started = self.agreed = False
        self._boot()

    def _boot(self) -> None:
        self.ledger = Ledger(self.folder)
        self.ledger.sweep_orphans()
        self.conductor = conductor_of(self.ledger, self.roster, shutter=self.shutter, orders=self.orders.connect)
        self.conductor.restore()

    @rule()
    def power_cut(self) -> None:
        self.ledger.engine.dispose()
        self._boot()

    @rule(number=st.integers(0, 6))
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

    @rule(
        reason=st.sampled_from([None, "medical", "because"]),
        twice=st.booleans(),
        operator=st.sampled_from(["local", "op-1", "op-2"]),
    )
    def accept(self, reason: str | None, twice: bool, operator: str) -> None:
        shot = self.conductor.shot
        with suppress(VisitError):
            for _ in range(2 if twice else 1):
                given = Exemption(reason) if reason else None
                capture = self.conductor.accept(shot.shot_id if shot else "none", given, operator=operator)
                assert shot is not None
                if capture is None:  # the fee comes first
                    assert self.conductor.state is State.PAYING
                    break
                assert self.accepted.setdefault(shot.shot_id, capture) == capture

    @rule(online=st.booleans())
    def desk_asks(self, online: bool) -> None:
        self.orders.online = online
        wanted, shot = self.conductor.order_wanted(), self.conductor.shot
        if wanted is None:
            return
        try:
            order_desk.ask(self.conductor, self.orders, wanted)
        except PlatformError as error:
            self.conductor.order_failed(wanted.visit_id, error)
        self._accepted_by_paying(shot)

    def _accepted_by_paying(self, shot: Shot | None) -> None:
        """What was tapped before the fee was settled is accepted with it."""
        visit = self.conductor.visit
        if shot is not None and visit is not None and visit.state is State.QUEUED:
            self.accepted.setdefault(shot.shot_id, str(visit.capture_id))

    @rule(expire=st.booleans())
    def somebody_pays(self, expire: bool) -> None:
        visit = self.conductor.visit
        if visit is not None and visit.payment.pay_url is not None and visit.payment.order_id is not None:
            if expire:
                self.orders.expire(visit.payment.order_id)
            self.orders.pay(visit.payment.pay_url)

    @rule(way=st.sampled_from(["defer", "voucher", "cancel", "retry"]), number=st.integers(1000, 1003))
    def settle_otherwise(self, way: str, number: int) -> None:
        shot = self.conductor.shot
        with suppress(VisitError):
            match way:
                case "defer":
                    self.conductor.defer_payment()
                case "voucher":
                    self.conductor.take_voucher(str(number))
                case "cancel":
                    self.conductor.cancel_payment()
                case _:
                    self.conductor.retry_payment()
        self._accepted_by_paying(shot)

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
            assert record.operator in ("local", "op-1", "op-2")
            assert record.payment is not None
            assert (record.payment.state == "free") == (self.roster.plan.fee is None)
            assert self.ledger.vault.read(row.capture_id, "photo")

    @invariant()
    def nobody_is_charged_twice(self) -> None:
        orders = getattr(self, "orders", FakeOrders())
        assert all(count == 1 for count in orders.charged.values())

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
