"""Several processes behind one address, on PostgreSQL and S3: one is killed under load, and nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from platform_fixtures import MadeCapture, make_capture
from sqlmodel import select
from storage_fixtures import empty_storage, free_port

from appliance.platform.client import PlatformClient, enrol
from appliance.platform.contract import Fee, OrderRequest
from appliance.platform.digests import code_digest, salt_bytes
from appliance.platform.errors import OffsetMismatch, PlatformError, PlatformRefused
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.captures import original_key, photo_key
from appliance.platform.reference.composition import Platform, PlatformSettings
from appliance.platform.reference.order_tables import OrderRow
from appliance.platform.reference.reviews import decide
from appliance.platform.reference.seed import demo_roster, plant
from appliance.platform.reference.stations import new_token
from appliance.platform.reference.tables import CaptureRow, PlanRow
from appliance.platform.sealing import seal

pytestmark = pytest.mark.faults
STATIONS, CAPTURES = 4, 6
Answer = TypeVar("Answer")


@dataclass(slots=True)
class Cluster:
    """Processes that share a port; `platform` is one more of them, inside the test, which listens nowhere."""

    platform: Platform
    folder: Path
    port: int
    environment: dict[str, str]
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, many: int = 1) -> None:
        command = [sys.executable, "-m", "appliance.platform.reference", "--data", str(self.folder), "--share-port"]
        command += ["--port", str(self.port)]
        started = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self.environment) for _ in range(many)
        ]
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == self.address
        self.processes += started

    def kill_one(self) -> None:
        process = self.processes.pop(0)
        process.kill()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()

    def enrol(self) -> StationIdentity:
        token, key = new_token(self.platform), Ed25519PrivateKey.generate()
        return again(lambda: enrol(self.address, token, name="one of many", key=key))


@pytest.fixture(scope="module")
def cluster(postgres: str, seaweed: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    roster = demo_roster(STATIONS * CAPTURES)
    plan = roster.plan.model_copy(update={"fee": Fee(amount_fen=2000, when="before")})
    with empty_storage(postgres, seaweed) as storage:
        told = {**os.environ, "PLATFORM_DATABASE": storage.database, "PLATFORM_OBJECTS": storage.objects}
        platform = Platform.at(PlatformSettings.at(folder, told))
        plant(platform, replace(roster, plan=plan))
        made = Cluster(platform, folder, free_port(), told)
        made.start(2)
        yield made
        while made.processes:
            made.kill_one()
        platform.close()


def again(call: Callable[[], Answer], seconds: float = 60.0) -> Answer:
    """As the outbox does: what found nobody is asked again."""
    end = time.monotonic() + seconds
    while True:
        try:
            return call()
        except PlatformRefused:
            raise
        except PlatformError as error:
            if time.monotonic() > end:
                pytest.fail(f"no answer in {seconds:g} s: {error}")
            time.sleep(0.05)


def deliver(client: PlatformClient, capture: MadeCapture) -> str:
    again(lambda: client.put_record(capture.capture_id, capture.record))
    again(lambda: client.put_photo(capture.capture_id, capture.photo))
    length = len(capture.original)
    path = again(lambda: client.create_upload(capture.capture_id, length, capture.original_sha256))
    offset = again(lambda: client.upload_offset(path))
    while offset < length:
        start = offset
        try:
            offset = client.append(path, start, capture.original[start : start + 40_000])
        except OffsetMismatch:
            offset = again(lambda: client.upload_offset(path))
        except PlatformError:
            time.sleep(0.05)
            offset = again(lambda: client.upload_offset(path))
    return again(lambda: client.receipt(capture.capture_id)).receipt_id


def test_one_of_two_is_killed_under_load_and_nothing_is_lost_or_doubled(cluster: Cluster) -> None:
    students = list(demo_roster(STATIONS * CAPTURES).students)
    receipts: dict[str, str] = {}
    captures: dict[str, MadeCapture] = {}
    stations: set[str] = set()
    delivered = threading.Semaphore(0)

    def station(number: int) -> None:
        with PlatformClient(cluster.enrol()) as client:
            stations.add(client.identity.station_id)
            for student in students[number::STATIONS]:
                capture = make_capture(client.identity, student, original_bytes=random.randrange(90_000, 160_000))
                captures[capture.capture_id] = capture
                receipts[capture.capture_id] = deliver(client, capture)
                delivered.release()
            events = again(lambda: client.events(wait_s=1)).events
        told = Counter(event.data["capture_id"] for event in events if event.kind == "receipt-issued")
        assert set(told.values()) == {1}
        assert len(told) == CAPTURES

    failures: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            station(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(STATIONS)]
    for thread in threads:
        thread.start()
    for _ in range(STATIONS):
        assert delivered.acquire(timeout=120)
    cluster.kill_one()  # with most still to come
    cluster.start()
    cluster.kill_one()  # and the other one that was there from the beginning
    cluster.start()
    for thread in threads:
        thread.join(180)
    assert failures == []
    assert len(receipts) == STATIONS * CAPTURES
    assert len(set(receipts.values())) == len(receipts)
    with cluster.platform.database.read() as session:
        rows = session.exec(select(CaptureRow)).all()
    assert {row.capture_id: row.receipt_id for row in rows if row.station_id in stations} == receipts
    for capture_id, capture in captures.items():
        assert cluster.platform.objects.get(photo_key(capture_id)) == capture.photo
        assert cluster.platform.objects.get(original_key(capture_id)) == capture.original


def test_asked_of_every_process_at_once_a_student_has_one_order(cluster: Cluster) -> None:
    student = demo_roster(1).students[0]
    with cluster.platform.database.read() as session:
        salt = salt_bytes(session.get_one(PlanRow, student.plan_id).salt)
    request = OrderRequest(
        plan_id=student.plan_id,
        code_digest=code_digest(salt, student.payload),
        sealed_code=seal(student.payload, cluster.platform.keys.sealing),
    )
    found: list[str] = []

    def ask(number: int) -> None:
        with PlatformClient(cluster.enrol()) as client:
            found.extend(again(lambda: client.create_order(request, f"{number}")).order_id for _ in range(3))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(found) == 24
    assert len(set(found)) == 1
    with cluster.platform.database.read() as session:
        assert len(session.exec(select(OrderRow)).all()) == 1


def test_a_long_poll_at_one_process_hears_what_another_decides(cluster: Cluster) -> None:
    student = demo_roster(1).students[0]
    with PlatformClient(cluster.enrol()) as client:
        capture = make_capture(client.identity, student, original_bytes=5_000)
        deliver(client, capture)
        cursor = client.events().cursor
        soon = threading.Timer(
            0.5, lambda: decide(cluster.platform, capture.capture_id, "accepted", by="another process")
        )
        soon.start()
        begun = time.monotonic()
        [event] = again(lambda: client.events(cursor, wait_s=25)).events
        soon.join()
    assert event.data["state"] == "accepted"
    assert uuid.UUID(event.data["capture_id"]) == uuid.UUID(capture.capture_id)
    assert time.monotonic() - begun < 20
