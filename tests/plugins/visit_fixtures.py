"""A conductor with a day's students, a scripted shutter and a clock that can be moved; for any test of a visit."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from joserfc.jwk import OKPKey

from appliance.ledger.store import Ledger
from appliance.platform.contract import ElsewhereEntry, Plan, RosterDocument, RosterEntry, StationFacts
from appliance.platform.digests import answer_digest, canonical_json, code_digest, salt_text
from appliance.platform.documents import ROSTER_TYPE, sign_document
from appliance.platform.errors import PlatformUnreachable
from appliance.platform.reference.seed import Student, demo_roster
from appliance.platform.roster import Roster
from appliance.portrait.crop import Crop
from appliance.portrait.measurement import Message, Outcome
from appliance.portrait.picture_file import FileFacts
from appliance.portrait.pipeline import Judged
from appliance.portrait.profile import profile_names
from appliance.portrait.standard_photo import StandardPhoto
from appliance.portrait.verdict import RuleResult, Verdict
from appliance.visit.album import Album
from appliance.visit.cashier import Connect, Orders
from appliance.visit.conductor import Conductor
from appliance.visit.face_match import FaceComparer
from appliance.visit.id_card.desk import CardDesk
from appliance.visit.id_card.text import Line
from appliance.visit.identification import Identification
from appliance.visit.plan_check import Abilities
from appliance.visit.plans import PlanBook
from appliance.visit.shutter import Shot
from firmware.ports import ClockReading, DeviceTimeout, FrameMetadata, Pixels

DEMO = demo_roster(6)
SALT = bytes(32)
SIGNING = OKPKey.generate_key("Ed25519", parameters={"kid": "test"})
SEALING = OKPKey.generate_key("X25519", parameters={"kid": "seal"})
ABLE = Abilities(profiles=profile_names(), id_card=True, face=True)
STATION_ID = "s-1"


def plan_with(**changes: Any) -> Plan:
    """The demo's plan with other keys, validated anew."""
    return Plan.model_validate({**DEMO.plan.model_dump(mode="json"), **changes})


def entry_of(student: Student, salt: bytes = SALT, **changes: Any) -> RosterEntry:
    answers = {
        "last_four": answer_digest(student.payload, "last_four", student.last_four),
        "student_number": answer_digest(student.payload, "student_number", student.student_number),
    }
    body = {"code_digest": code_digest(salt, student.payload), "identity": student.identity, "answers": answers}
    return RosterEntry.model_validate({**body, **changes})


def roster_of(
    plan: Plan | None = None,
    entries: Sequence[RosterEntry] | None = None,
    *,
    elsewhere: Sequence[ElsewhereEntry] = (),
    expires: timedelta = timedelta(days=1),
    issued: timedelta = timedelta(days=-2),
) -> Roster:
    """A roster as the platform signs it; all of the demo's students unless told otherwise."""
    now = datetime.now(UTC)
    document = RosterDocument(
        plan=plan or DEMO.plan,
        salt=salt_text(SALT),
        serial=1,
        issued_at=now + issued,
        expires_at=now + expires,
        station_id=STATION_ID,
        entries=list(entries if entries is not None else [entry_of(student) for student in DEMO.students]),
        elsewhere=list(elsewhere),
    )
    token = sign_document(canonical_json(document.model_dump(mode="json")), SIGNING, ROSTER_TYPE)
    return Roster.verify(token, [SIGNING], station_id=STATION_ID, now=None)


def book_of(ledger: Ledger, *rosters: Roster, able: Abilities = ABLE) -> PlanBook:
    book = PlanBook(ledger, able, lambda: datetime.now(UTC))
    book.take(rosters, STATION_ID)
    return book


def identification_of(ledger: Ledger, *rosters: Roster) -> Identification:
    identification = Identification(ledger, book_of(ledger, *rosters))
    identification.sealing_key = SEALING
    return identification


class SteadyClock:
    """A trusted clock."""

    def monotonic(self) -> float:
        return time.monotonic()

    def read(self) -> ClockReading:
        return ClockReading(datetime.now(UTC), trusted=True, boot_id="boot")


@dataclass
class ScriptedShutter:
    """A camera whose next shot the test decides: pass, refuse, no photo, broken."""

    next: str = "pass"
    busy: bool = False
    taken: list[Shot] = field(default_factory=list)

    def shoot(self, not_before: int, *, automatic: bool) -> Shot:
        if self.next == "broken":
            raise DeviceTimeout("no frame within 3 s")
        shot = made_shot(self.next, not_before, automatic=automatic)
        self.taken.append(shot)
        return shot


def made_shot(kind: str = "pass", sequence: int = 0, *, automatic: bool = False) -> Shot:
    outcome = Outcome.PASS if kind == "pass" else Outcome.FAIL
    result = RuleResult("eyes.open", outcome, 0.1, 0.4, "", Message("眼睛", "eyes"))
    photo = None if kind == "no photo" else StandardPhoto(b"\xff\xd8" * 9, _pixels(), 480, 640, 80, Crop(0, 0, 1))
    return Shot(
        shot_id=str(uuid.uuid4()),
        sequence=sequence,
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


class BlindPortrait:
    """A judge that sees nobody."""

    def still(self, pixels: Pixels, facts: FileFacts | None = None) -> Judged:
        result = RuleResult("subject.single", Outcome.UNKNOWN, None, 1, "", Message("没有人", "nobody"))
        return Judged(Verdict("moe-2017-99", (result,)), None, {}, None)  # type: ignore[arg-type]


class ReadsNothing:
    """A text reader before which no card lies."""

    def read(self, pixels: Pixels) -> Sequence[Line]:
        return []


def facts() -> StationFacts:
    return StationFacts(station_id=STATION_ID, name="test", version="0", stand_in=True)


@contextmanager
def unreachable() -> Iterator[Orders]:
    """A platform that nobody reaches."""
    raise PlatformUnreachable("no route")
    yield


def conductor_of(
    ledger: Ledger,
    *rosters: Roster,
    shutter: ScriptedShutter | None = None,
    orders: Connect = unreachable,
    album: Album | None = None,
    cards: CardDesk | None = None,
) -> Conductor:
    """A station's conductor over these rosters (the demo's when none is given)."""
    return Conductor(
        ledger=ledger,
        identification=identification_of(ledger, *(rosters or (roster_of(),))),
        shutter=shutter or ScriptedShutter(),  # type: ignore[arg-type]
        clock=SteadyClock(),
        station=facts,
        orders=orders,
        cards=cards or CardDesk(ReadsNothing(), FaceComparer(Path("none"), lambda _: None)),
        album=album or Album(BlindPortrait()),  # type: ignore[arg-type]
    )
