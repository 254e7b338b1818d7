"""A station without any network: the queue on a stick, the same receipts back, and nothing that was tampered with."""

from __future__ import annotations

import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import OKPKey
from platform_fixtures import Counterpart, MadeCapture, accept, at_address

from appliance.ledger.store import Ledger
from appliance.outbox.export import export_queue, take_receipts
from appliance.outbox.status import queue_status
from appliance.platform.archive import (
    FIRST_LINE,
    ArchiveCut,
    ArchiveError,
    ArchiveForged,
    ListedCapture,
    read_captures,
    read_header,
    write_archive,
)
from appliance.platform.client import PlatformClient
from appliance.platform.digests import sha256_hex
from appliance.platform.identity import StationIdentity, key_as_jwk
from appliance.platform.reference.captures import original_key
from appliance.platform.reference.importing import Imported, import_archive, write_receipts
from appliance.platform.reference.stations import revoke

STATION = key_as_jwk(Ed25519PrivateKey.generate())
PLATFORM = OKPKey.generate_key("X25519")
FILES = {
    ("c-1", "record"): b"{}",
    ("c-1", "photo"): b"p" * 2000,
    ("c-1", "original"): b"o" * 2_500_000,
    ("c-2", "record"): b"[]",
    ("c-2", "photo"): b"q" * 10,
    ("c-2", "original"): b"r" * 100,
}


@pytest.fixture
def captures(counterpart: Counterpart, identity: StationIdentity, ledger: Ledger) -> list[MadeCapture]:
    made = [counterpart.capture(identity, original_bytes=1_300_000) for _ in range(3)]
    for capture in made:
        accept(ledger, capture)
    return made


def test_a_queue_goes_out_on_a_stick_and_its_receipts_come_back(
    counterpart: Counterpart, identity: StationIdentity, ledger: Ledger, captures: list[MadeCapture], tmp_path: Path
) -> None:
    archive, receipts = tmp_path / "queue.station", tmp_path / "receipts.json"
    assert export_queue(ledger, identity, archive).captures == 3
    assert queue_status(ledger)["waiting"] == 3, "nothing is delivered before its receipt is here"
    imported = import_archive(counterpart.platform, archive)
    assert (len(imported.receipts), imported.refused, imported.stopped) == (3, {}, None)
    for capture in captures:
        assert counterpart.platform.objects.get(original_key(capture.capture_id)) == capture.original
    assert write_receipts([imported], tmp_path, receipts) == [receipts]
    taken = take_receipts(ledger, identity, receipts)
    assert (taken.new, taken.known, taken.refused) == (3, 0, ())
    status = queue_status(ledger)
    assert (status["waiting"], status["receipted"], status["bytes_waiting"]) == (0, 3, 0)
    assert take_receipts(ledger, identity, receipts).known == 3
    assert export_queue(ledger, identity, archive).captures == 0


def test_a_long_queue_goes_on_in_further_files_for_sticks_that_end_at_four_gigabytes(
    counterpart: Counterpart, identity: StationIdentity, ledger: Ledger, captures: list[MadeCapture], tmp_path: Path
) -> None:
    stick, told = tmp_path / "stick", list[str]()
    stick.mkdir()
    exported = export_queue(ledger, identity, stick, volume_bytes=2_800_000, wrote=told.append)
    assert told == [capture.capture_id for capture in captures], "oldest first, each said"
    assert sorted(exported.files) == sorted(stick.iterdir())
    assert [file.stat().st_size < 3_000_000 for file in exported.files] == [True, True]
    imported = [import_archive(counterpart.platform, file) for file in reversed(exported.files)]
    assert sorted(len(one.receipts) for one in imported) == [1, 2]
    [receipts] = write_receipts(imported, stick)
    assert take_receipts(ledger, identity, receipts).new == 3


def test_a_stick_without_room_is_refused_before_anything_is_written(
    identity: StationIdentity,
    ledger: Ledger,
    captures: list[MadeCapture],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    with pytest.raises(OSError, match=r"4 MB are needed.*take another"):
        export_queue(ledger, identity, tmp_path / "queue.station")
    assert not list(tmp_path.glob("*queue*"))


def test_receipts_of_two_stations_go_into_two_files(
    counterpart: Counterpart, identity: StationIdentity, ledger: Ledger, captures: list[MadeCapture], tmp_path: Path
) -> None:
    export_queue(ledger, identity, tmp_path / "one.station")
    imported = [import_archive(counterpart.platform, tmp_path / "one.station")]
    other = Imported("st-other", (), {}, None)
    files = write_receipts([*imported, other], tmp_path)
    assert [file.name for file in files] == sorted([f"receipts-{identity.station_id}.json", "receipts-st-other.json"])
    with pytest.raises(ValueError, match="2 stations"):
        write_receipts([*imported, other], tmp_path, tmp_path / "all.json")


def test_importing_twice_or_after_the_network_came_back_changes_nothing(
    counterpart: Counterpart,
    identity: StationIdentity,
    client: PlatformClient,
    ledger: Ledger,
    captures: list[MadeCapture],
    tmp_path: Path,
) -> None:
    archive = tmp_path / "queue.station"
    export_queue(ledger, identity, archive)
    client.put_record(captures[0].capture_id, captures[0].record)  # one was half delivered meanwhile
    first = import_archive(counterpart.platform, archive)
    assert import_archive(counterpart.platform, archive) == first
    assert client.receipt(captures[0].capture_id).jws in first.receipts


def test_a_cut_archive_gives_what_is_whole(
    counterpart: Counterpart, identity: StationIdentity, ledger: Ledger, captures: list[MadeCapture], tmp_path: Path
) -> None:
    archive = tmp_path / "queue.station"
    export_queue(ledger, identity, archive)
    archive.write_bytes(archive.read_bytes()[:-500_000])
    imported = import_archive(counterpart.platform, archive)
    assert len(imported.receipts) == len(captures) - 1
    assert "ends early" in str(imported.stopped)


def test_an_archive_of_a_station_nobody_knows_or_that_was_revoked_is_refused(
    counterpart: Counterpart, identity: StationIdentity, ledger: Ledger, captures: list[MadeCapture], tmp_path: Path
) -> None:
    archive = tmp_path / "queue.station"
    unknown = StationIdentity("st-nobody", "x", "http://p", identity.key, identity.signing_keys, identity.sealing_key)
    export_queue(ledger, unknown, archive)
    with pytest.raises(ArchiveForged, match="no station"):
        import_archive(counterpart.platform, archive)
    export_queue(ledger, at_address(identity, "http://elsewhere"), archive)
    revoke(counterpart.platform, identity.station_id)
    with pytest.raises(ArchiveError, match="revoked"):
        import_archive(counterpart.platform, archive)


def test_a_damaged_file_stops_the_export_and_leaves_no_half_archive(
    counterpart: Counterpart, identity: StationIdentity, ledger: Ledger, captures: list[MadeCapture], tmp_path: Path
) -> None:
    ledger.vault.write(captures[1].capture_id, "photo", b"another picture")
    with pytest.raises(ArchiveError, match="check the disk"):
        export_queue(ledger, identity, tmp_path / "queue.station")
    assert list(tmp_path.glob("*queue*")) == []


def test_receipts_of_others_and_forged_ones_are_refused_one_by_one(
    counterpart: Counterpart, identity: StationIdentity, ledger: Ledger, captures: list[MadeCapture], tmp_path: Path
) -> None:
    archive, file = tmp_path / "queue.station", tmp_path / "receipts.json"
    export_queue(ledger, identity, archive)
    tokens = list(import_archive(counterpart.platform, archive).receipts)
    spoilt = tokens[0][:-6] + ("AAAAAA" if not tokens[0].endswith("AAAAAA") else "BBBBBB")
    file.write_text(json.dumps({"receipts": [spoilt, *tokens[1:]]}))
    taken = take_receipts(ledger, identity, file)
    assert taken.new == 2
    assert "not the platform's" in taken.refused[0]
    other = counterpart.enrol()
    assert all("for station" in reason for reason in take_receipts(ledger, other, file).refused[1:])
    file.write_text("{}")
    with pytest.raises(ValueError, match="no file of receipts"):
        take_receipts(ledger, identity, file)


def written() -> bytes:
    listed = [
        ListedCapture(
            capture_id=capture_id,
            record=sha256_hex(FILES[capture_id, "record"]),
            photo=sha256_hex(FILES[capture_id, "photo"]),
            original=sha256_hex(FILES[capture_id, "original"]),
        )
        for capture_id in ("c-1", "c-2")
    ]
    file = io.BytesIO()
    write_archive(
        file,
        listed,
        lambda capture_id, part: FILES[capture_id, part],
        station_id="st-1",
        signing_key=STATION,
        platform_key=PLATFORM,
        made_at=datetime(2026, 6, 1, tzinfo=UTC),
    )
    return file.getvalue()


ARCHIVE = written()


def opened(archive: bytes) -> list[str]:
    file = io.BytesIO(archive)
    header, bound = read_header(file, lambda station_id: [STATION] if station_id == "st-1" else [])
    found = list(read_captures(file, header, bound, PLATFORM))
    for capture in found:
        assert capture.original == FILES[capture.capture_id, "original"]
    return [capture.capture_id for capture in found]


def test_an_archive_opens_whole_and_shows_nothing_of_its_content() -> None:
    assert opened(ARCHIVE) == ["c-1", "c-2"]
    assert b"pppppppp" not in ARCHIVE


@settings(max_examples=150, deadline=None)
@given(place=st.integers(min_value=0, max_value=len(ARCHIVE) - 1), bit=st.integers(min_value=0, max_value=7))
def test_no_changed_bit_goes_unnoticed(place: int, bit: int) -> None:
    changed = bytearray(ARCHIVE)
    changed[place] ^= 1 << bit
    with pytest.raises(ArchiveError):
        opened(bytes(changed))


@settings(max_examples=60, deadline=None)
@given(length=st.integers(min_value=0, max_value=len(ARCHIVE) - 1))
def test_no_cut_goes_unnoticed(length: int) -> None:
    with pytest.raises(ArchiveError):
        opened(ARCHIVE[:length])


def test_frames_are_bound_to_their_place_and_their_archive() -> None:
    start = ARCHIVE.index(b"\n", len(FIRST_LINE)) + 1
    first = int.from_bytes(ARCHIVE[start : start + 4]) + 4
    second = int.from_bytes(ARCHIVE[start + first : start + first + 4]) + 4
    one, two = ARCHIVE[start : start + first], ARCHIVE[start + first : start + first + second]
    with pytest.raises(ArchiveForged):
        opened(ARCHIVE[:start] + two + one + ARCHIVE[start + first + second :])
    with pytest.raises(ArchiveForged):
        opened(ARCHIVE[:start] + written()[start:])


def test_another_platform_opens_nothing() -> None:
    file = io.BytesIO(ARCHIVE)
    header, bound = read_header(file, lambda _: [STATION])
    with pytest.raises(ArchiveForged, match="not for this platform"):
        next(read_captures(file, header, bound, OKPKey.generate_key("X25519")))


def test_something_else_is_no_archive() -> None:
    for content in (b"", b"PK\x03\x04", FIRST_LINE, FIRST_LINE + b"a.b\n"):
        with pytest.raises(ArchiveError):
            opened(content)
    with pytest.raises(ArchiveCut):
        opened(FIRST_LINE + b"a.b")
