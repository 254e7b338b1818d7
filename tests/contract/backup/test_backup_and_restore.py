"""A backup brings a station back on another card, whole; what it had delivered and what it had not arrives once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from platform_fixtures import Counterpart, MadeCapture, accept
from sqlmodel import select

from appliance.backup.errors import BackupRefused
from appliance.backup.manifest import FILE
from appliance.backup.recipient import make_identity, read_key
from appliance.backup.restoring import restore
from appliance.backup.writing import Made, make_backup
from appliance.ledger import erasure
from appliance.ledger.journal import Moment, verify
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow
from appliance.outbox.backoff import Backoff
from appliance.outbox.link import Link
from appliance.outbox.status import queue_status
from appliance.outbox.worker import OutboxWorker, Waits
from appliance.platform.client import PlatformClient
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.captures import original_key
from appliance.platform.reference.tables import CaptureRow as StoredRow

AT_ONCE = Backoff(base_s=0.0, cap_s=0.0)
MOMENT = Moment(at="2026-06-01T08:00:00+00:00", clock_trusted=True, boot_id="test-boot")


@dataclass
class Site:
    """A station, the site's key, and a stick."""

    ledger: Ledger
    identity: StationIdentity
    counterpart: Counterpart
    private: Path
    stick: Path

    def take(self, count: int) -> list[MadeCapture]:
        made = [self.counterpart.capture(self.identity, original_bytes=50_000) for _ in range(count)]
        for capture in made:
            accept(self.ledger, capture)
        return made

    def back_up(self) -> Made:
        public = read_key(self.private.with_name(self.private.name + ".pub"), private=False)
        return make_backup(self.ledger, self.stick, public, version="0.1.0", settings='name = "gym"\n')


@pytest.fixture
def site(counterpart: Counterpart, tmp_path: Path) -> Iterator[Site]:
    ledger = Ledger(tmp_path / "station")
    identity = counterpart.enrol_into(tmp_path / "station/keys")
    make_identity(tmp_path / "site.key")
    (tmp_path / "stick").mkdir()
    yield Site(ledger, identity, counterpart, tmp_path / "site.key", tmp_path / "stick")
    ledger.close()


def deliver(ledger: Ledger, identity: StationIdentity) -> None:
    """Everything that waits, until nothing does."""
    waits = Waits(row=AT_ONCE, link=AT_ONCE, hold=AT_ONCE)
    with PlatformClient(identity) as client:
        worker = OutboxWorker(ledger, client, Link(ledger), threading.Event(), waits=waits)
        steps = 0
        while worker.step():
            steps += 1
            assert steps < 200, "the queue does not come to rest"


def ids(ledger: Ledger) -> set[str]:
    with ledger.reading() as session:
        return set(session.exec(select(CaptureRow.capture_id)))


def test_a_restored_station_drains_its_queue_and_nothing_is_there_twice(site: Site, tmp_path: Path) -> None:
    delivered = site.take(2)
    deliver(site.ledger, site.identity)
    waiting = site.take(2)
    made = site.back_up()
    assert (made.captures, made.copied) == (4, 8)
    deliver(site.ledger, site.identity)  # the old card goes on after the backup, and then it is gone

    other = tmp_path / "other"
    done = restore(made.folder, read_key(site.private, private=True), other)
    assert (done.captures, done.settings, done.replaced) == (4, 'name = "gym"\n', None)
    restored = Ledger(other)
    assert ids(restored) == {capture.capture_id for capture in [*delivered, *waiting]}
    assert queue_status(restored)["waiting"] == 2
    identity = StationIdentity.load(other / "keys")
    assert identity.station_id == site.identity.station_id
    deliver(restored, identity)
    assert queue_status(restored)["waiting"] == 0
    with restored.reading() as session:
        verify(session, restored.keys.signing.public_key())
    restored.close()

    with site.counterpart.platform.database.read() as session:
        stored = sorted(session.exec(select(StoredRow.capture_id)))
    assert stored == sorted(capture.capture_id for capture in [*delivered, *waiting])
    for capture in [*delivered, *waiting]:
        assert site.counterpart.platform.objects.get(original_key(capture.capture_id)) == capture.original


def test_the_next_backup_copies_only_what_is_new_and_drops_what_was_erased(site: Site) -> None:
    first, second = site.take(2)
    site.back_up()
    third = site.take(1)[0]
    erasure.erase_captures(site.ledger, MOMENT, [first.capture_id], "forgotten")
    made = site.back_up()
    assert (made.captures, made.copied) == (2, 2)
    left = {path.name.partition(".")[0] for path in (made.folder / "vault").iterdir()}
    assert left == {second.capture_id, third.capture_id}
    assert len(list(made.folder.glob("ledger-*.db"))) == 1


def test_nothing_of_a_person_or_a_key_can_be_read_on_the_stick(site: Site) -> None:
    capture = site.take(1)[0]
    made = site.back_up()
    everything = b"".join(path.read_bytes() for path in made.folder.rglob("*") if path.is_file())
    keys = site.ledger.keys.carried()
    for secret in (capture.photo[:64], capture.original[:64], keys["ledger.key"], keys["station.pem"][40:80]):
        assert secret not in everything
    assert keys["ledger.key"].hex().encode() not in everything
    for word in ("李", "visit", "CREATE TABLE"):
        assert word.encode() not in everything


def test_another_identity_opens_nothing(site: Site, tmp_path: Path) -> None:
    site.take(1)
    made = site.back_up()
    make_identity(tmp_path / "stranger.key")
    with pytest.raises(BackupRefused, match="does not open the backup"):
        restore(made.folder, read_key(tmp_path / "stranger.key", private=True), tmp_path / "other")
    assert not (tmp_path / "other/ledger.db").exists()
    with pytest.raises(BackupRefused, match="no private key"):
        read_key(tmp_path / "stranger.key.pub", private=True)


@pytest.mark.parametrize("what", ["vault", "ledger", "manifest", "missing"])
def test_a_damaged_backup_is_refused_and_the_card_left_as_it_was(site: Site, tmp_path: Path, what: str) -> None:
    site.take(1)
    made = site.back_up()
    files = {
        "vault": next((made.folder / "vault").iterdir()),
        "ledger": next(made.folder.glob("ledger-*.db")),
        "manifest": made.folder / FILE,
        "missing": next((made.folder / "vault").iterdir()),
    }
    data = bytearray(files[what].read_bytes())
    data[len(data) // 2] ^= 1
    if what == "missing":
        files[what].unlink()
    else:
        files[what].write_bytes(data)
    other = Ledger(tmp_path / "other")
    other.close()
    before = (tmp_path / "other/ledger.db").read_bytes()
    with pytest.raises(BackupRefused) as refused:
        restore(made.folder, read_key(site.private, private=True), tmp_path / "other")
    assert refused.value.zh
    assert (tmp_path / "other/ledger.db").read_bytes() == before
    assert not (tmp_path / "other/.restoring").exists()


def test_a_station_with_newer_captures_is_not_replaced_unless_told(site: Site, tmp_path: Path) -> None:
    site.take(1)
    made = site.back_up()
    newer = site.take(2)
    site.ledger.close()
    private = read_key(site.private, private=True)
    with pytest.raises(BackupRefused, match="2 captures of this station are not in the backup"):
        restore(made.folder, private, tmp_path / "station")
    done = restore(made.folder, private, tmp_path / "station", discard_newer=True)
    assert done.replaced is not None
    site.ledger = Ledger(tmp_path / "station")
    assert len(ids(site.ledger)) == 1
    assert {capture.capture_id for capture in newer} & ids(site.ledger) == set()
    assert (done.replaced / "ledger.db").is_file()  # laid aside, not erased


def test_a_full_stick_is_refused_before_anything_is_written(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.take(1)
    monkeypatch.setattr("appliance.backup.writing.LEAST_FREE", 1 << 60)
    with pytest.raises(BackupRefused, match="are needed for the backup"):
        site.back_up()
    assert not list(site.stick.rglob("*.photo"))
