"""Random operators, students, scanners, cameras and power cuts; what must hold whatever they do."""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from joserfc.jwk import OKPKey
from sqlmodel import select

from appliance.ledger import journal
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, OutboxRow
from appliance.platform.contract import CaptureRecord, RosterDocument, RosterEntry, StationFacts
from appliance.platform.digests import answer_digest, canonical_json, code_digest, salt_text
from appliance.platform.documents import ROSTER_TYPE, sign_document
from appliance.platform.reference.seed import demo_roster
from appliance.platform.roster import Roster
from appliance.portrait.crop import Crop
from appliance.portrait.measurement import Message, Outcome
from appliance.portrait.standard_photo import StandardPhoto
from appliance.portrait.verdict import RuleResult, Verdict
from appliance.visit.conductor import Conductor
from appliance.visit.errors import VisitError
from appliance.visit.exemptions import Exemption
from appliance.visit.identification import Identification
from appliance.visit.machine import State
from appliance.visit.shutter import Shot
from firmware.ports import ClockReading, DeviceTimeout, FrameMetadata, Pixels

DEMO = demo_roster(3, strangers=0)
SALT = bytes(32)
SIGNING = OKPKey.generate_key("Ed25519", parameters={"kid": "test"})
SEALING = OKPKey.generate_key("X25519", parameters={"kid": "seal"})


def roster() -> Roster:
    now = datetime.now(UTC)
    document = RosterDocument(
        plan=DEMO.plan,
        salt=salt_text(SALT),
        serial=1,
        issued_at=now,
        expires_at=now + timedelta(days=1),
        station_id="s-1",
        entries=[
            RosterEntry(
                code_digest=code_digest(SALT, student.payload),
                identity=student.identity,
                answers={"last_four": answer_digest(student.payload, "last_four", student.last_four)},
            )
            for student in DEMO.students
        ],
        elsewhere=[],
    )
    token = sign_document(canonical_json(document.model_dump(mode="json")), SIGNING, ROSTER_TYPE)
    return Roster.verify(token, [SIGNING], station_id="s-1", now=None)


class SteadyClock:
    def monotonic(self) -> float:
        return monotonic()

    def read(self) -> ClockReading:
        return ClockReading(datetime.now(UTC), trusted=True, boot_id="boot")


@dataclass
class ScriptedShutter:
    """A camera whose next shot the test decides."""

    next: str = "pass"
    busy: bool = False

    def shoot(self, not_before: int, *, automatic: bool) -> Shot:
        if self.next == "broken":
            raise DeviceTimeout("no frame within 3 s")
        outcome = Outcome.PASS if self.next == "pass" else Outcome.FAIL
        result = RuleResult("eyes.open", outcome, 0.1, 0.4, "", Message("眼睛", "eyes"))
        photo = (
            None if self.next == "no photo" else StandardPhoto(b"\xff\xd8" * 9, _pixels(), 480, 640, 80, Crop(0, 0, 1))
        )
        return Shot(
            shot_id=str(uuid.uuid4()),
            sequence=not_before,
            automatic=automatic,
            metadata=FrameMetadata(),
            verdict=Verdict("moe-2017-99", (result,)),
            photo=photo,
            original=b"\xff\xd8" * 99,
            original_size=(4056, 3040),
            before=b"",
            timings_ms={},
        )


def _pixels() -> Pixels:
    return np.zeros((1, 1, 3), np.uint8)


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
        identification = Identification(self.ledger)
        identification.use(roster(), SEALING)
        self.conductor = Conductor(
            ledger=self.ledger,
            identification=identification,
            shutter=self.shutter,  # type: ignore[arg-type]
            clock=SteadyClock(),
            station=lambda: StationFacts(station_id="s-1", name="test", version="0", stand_in=True),
        )
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
