"""A reference platform that runs, a station enrolled at it, and captures to hand over; for any test that asks.

`counterpart` runs in a thread of the test; `PlatformProcess` is a process of its own, to be killed.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from storage_fixtures import Storage, free_port

from appliance.ledger.journal import Moment
from appliance.ledger.store import AcceptedCapture, Ledger
from appliance.ledger.tables import VisitRow
from appliance.platform.client import PlatformClient, enrol
from appliance.platform.contract import (
    CapturedFile,
    CaptureRecord,
    ConsentGiven,
    Fee,
    LocalText,
    MaskedIdentity,
    OrderRequest,
    RuleOutcome,
    ShotFacts,
    StationFacts,
    VerdictDocument,
    VerificationDone,
)
from appliance.platform.digests import canonical_json, code_digest, salt_bytes, sha256_hex
from appliance.platform.identity import StationIdentity, station_key
from appliance.platform.reference.composition import Platform, PlatformSettings
from appliance.platform.reference.seed import DemoRoster, Student, demo_roster, plant
from appliance.platform.reference.serving import PlatformServer
from appliance.platform.reference.stations import new_token
from appliance.platform.reference.tables import PlanRow
from appliance.platform.sealing import seal

MOMENT = Moment(at="2026-06-01T08:00:00+00:00", clock_trusted=True, boot_id="test-boot")


@dataclass(frozen=True, slots=True)
class MadeCapture:
    """A capture as a station would make it; the files are random bytes, which nobody on the way looks into."""

    capture_id: str
    visit_id: str
    record: bytes
    photo: bytes
    original: bytes

    @property
    def original_sha256(self) -> str:
        return sha256_hex(self.original)


def make_capture(identity: StationIdentity, student: Student, *, original_bytes: int = 300_000) -> MadeCapture:
    capture_id, visit_id = str(uuid.uuid4()), str(uuid.uuid4())
    photo, original = random.randbytes(30_000), random.randbytes(original_bytes)
    now = datetime.now(UTC)
    record = CaptureRecord(
        capture_id=uuid.UUID(capture_id),
        visit_id=uuid.UUID(visit_id),
        station=StationFacts(station_id=identity.station_id, name="test", version="0", stand_in=True),
        plan_id=student.plan_id,
        roster_serial=1,
        sealed_code=seal(student.payload, identity.sealing_key),
        code_digest=code_digest(b"salt", student.payload),
        identity=MaskedIdentity.model_validate(student.identity),
        verification=VerificationDone(method="last_four", tries=1),
        consent=ConsentGiven(version="1", given_at=now, record_confirmed=True),
        captured_at=now,
        accepted_at=now,
        clock_trusted=True,
        boot_id="test-boot",
        shot=ShotFacts(
            automatic=True, frame=120, exposure_us=8000.0, analogue_gain=1.0, lamp_level="shot", in_focus=True
        ),
        sequence=1,
        verdict=VerdictDocument(
            profile="moe-2017-99",
            verdict="pass",
            rules=[
                RuleOutcome(
                    id="eyes.open",
                    outcome="pass",
                    measured=0.31,
                    limit=[0.2, None],
                    unit="ratio",
                    message=LocalText(zh="双眼睁开", en="both eyes open"),
                )
            ],
        ),
        photo=CapturedFile(sha256=sha256_hex(photo), bytes=len(photo), width=480, height=640),
        original=CapturedFile(sha256=sha256_hex(original), bytes=len(original), width=3040, height=4056),
    )
    return MadeCapture(capture_id, visit_id, canonical_json(record.model_dump(mode="json")), photo, original)


def order_request(counterpart: Counterpart, student: Student) -> OrderRequest:
    """What a station asks for a student's fee: the digest is the roster's."""
    with counterpart.platform.database.read() as session:
        salt = salt_bytes(session.get_one(PlanRow, student.plan_id).salt)
    return OrderRequest(
        plan_id=student.plan_id,
        code_digest=code_digest(salt, student.payload),
        sealed_code=seal(student.payload, counterpart.platform.keys.sealing),
    )


def charge(counterpart: Counterpart, when: Literal["prepaid", "before", "after"] = "before", fen: int = 2000) -> None:
    """Let the day's plan ask a fee."""
    plan = counterpart.roster.plan.model_copy(update={"fee": Fee(amount_fen=fen, when=when)})
    plant(counterpart.platform, replace(counterpart.roster, plan=plan))


def accept(ledger: Ledger, capture: MadeCapture, *, student: str | None = None) -> str:
    """Put a capture into a station's ledger as an accepted shot, with its outbox rows; each of another student unless said."""
    accepted = AcceptedCapture(
        capture_id=capture.capture_id,
        visit_id=capture.visit_id,
        shot_id=str(uuid.uuid4()),
        plan_id="demo-2026-bachelor",
        code_digest=sha256_hex((student or capture.capture_id).encode()),
        record=capture.record,
        photo=capture.photo,
        original=capture.original,
        accepted_at=MOMENT.at,
    )
    visit = VisitRow(visit_id=capture.visit_id, state="queued", body="{}")
    return ledger.accept(MOMENT, accepted, visit, {"accepted": {"capture_id": capture.capture_id}})


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A running reference platform with a day's students."""

    platform: Platform
    address: str
    roster: DemoRoster

    def enrol(self) -> StationIdentity:
        """A new station with a key of its own."""
        return enrol(self.address, new_token(self.platform), name="test", key=Ed25519PrivateKey.generate())

    def enrol_into(self, keys: Path) -> StationIdentity:
        """Enrol the station whose keys lie in `keys`, and keep the answer there."""
        identity = enrol(self.address, new_token(self.platform), name="test", key=station_key(keys))
        identity.save(keys)
        return identity

    def capture(self, identity: StationIdentity, *, original_bytes: int = 300_000) -> MadeCapture:
        return make_capture(identity, random.choice(self.roster.students), original_bytes=original_bytes)


def at_address(identity: StationIdentity, address: str) -> StationIdentity:
    """The same station, reaching its platform elsewhere (through a proxy, after a move)."""
    return StationIdentity(
        station_id=identity.station_id,
        name=identity.name,
        base_url=address,
        key=identity.key,
        signing_keys=identity.signing_keys,
        sealing_key=identity.sealing_key,
    )


@pytest.fixture
def counterpart(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Counterpart]:
    settings = PlatformSettings(tmp_path / "platform")
    if "storage" in request.fixturenames:  # a suite that runs over each kind of storage
        storage: Storage = request.getfixturevalue("storage")
        settings = replace(settings, database=storage.database, objects=storage.objects)
    platform = Platform.at(settings)
    roster = demo_roster(6)
    plant(platform, roster)
    with PlatformServer(platform) as server:
        yield Counterpart(platform, server.address, roster)


@pytest.fixture
def identity(counterpart: Counterpart) -> StationIdentity:
    return counterpart.enrol()


@pytest.fixture
def client(identity: StationIdentity) -> Iterator[PlatformClient]:
    with PlatformClient(identity) as client:
        yield client


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "station")
    yield ledger
    ledger.close()


@dataclass(slots=True)
class PlatformProcess:
    """The reference platform as a process; `start` after `kill` comes back at the same address with the same data."""

    data: Path
    port: int
    token: str = "token-for-tests"
    _process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "appliance.platform.reference", "--data", str(self.data)]
        self._process = subprocess.Popen(
            [*command, "--port", str(self.port), "--enrol-token", self.token], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == self.address, "the platform did not start"

    def kill(self) -> None:
        """SIGKILL, as the power would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def enrol(self, folder: Path, address: str | None = None) -> StationIdentity:
        """Enrol a station whose keys lie in `folder`, and keep the answer there."""
        identity = enrol(self.address, self.token, name="test", key=station_key(folder))
        identity = identity if address is None else at_address(identity, address)
        identity.save(folder)
        return identity


@pytest.fixture
def platform_process(tmp_path: Path) -> Iterator[PlatformProcess]:
    process = PlatformProcess(tmp_path / "platform", free_port())
    process.start()
    yield process
    process.kill()


def wait_until(what: str, holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """Look again and again until it holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)


def plain(base_url: str) -> httpx2.Client:
    """A client that signs nothing."""
    return httpx2.Client(base_url=base_url, trust_env=False, timeout=60.0)
