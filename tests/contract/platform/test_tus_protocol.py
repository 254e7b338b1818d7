"""The upload server speaks tus 1.0 as the protocol is written, and keeps nothing that is not what it should be."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from platform_fixtures import Counterpart, MadeCapture, plain
from sqlmodel import select

from appliance.platform.client import PlatformClient
from appliance.platform.clock import PlatformClock
from appliance.platform.errors import OffsetMismatch, PlatformBusy, PlatformRefused, UploadLost
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.composition import Platform
from appliance.platform.reference.tables import ChunkRow, UploadRow
from appliance.platform.reference.uploads import finish, recover
from appliance.platform.signing import StationSignature

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


@pytest.fixture
def http(counterpart: Counterpart, identity: StationIdentity) -> Iterator[httpx2.Client]:
    auth = StationSignature(identity.key, identity.station_id, PlatformClock())
    with httpx2.Client(base_url=counterpart.address, auth=auth, trust_env=False) as http:
        yield http


@pytest.fixture
def capture(counterpart: Counterpart, client: PlatformClient) -> MadeCapture:
    capture = counterpart.capture(client.identity, original_bytes=1000)
    client.put_record(capture.capture_id, capture.record)
    return capture


@pytest.fixture
def path(client: PlatformClient, capture: MadeCapture) -> str:
    return client.create_upload(capture.capture_id, len(capture.original), capture.original_sha256)


def test_options_say_what_it_can_do_to_anybody(counterpart: Counterpart) -> None:
    with plain(counterpart.address) as http:
        response = http.options("/v1/uploads")
    assert response.status_code == 204
    assert response.headers["tus-version"] == "1.0.0"
    assert response.headers["tus-extension"].split(",") == ["creation", "checksum", "termination"]
    assert "sha1" in response.headers["tus-checksum-algorithm"].split(",")


def test_head_answers_offset_and_length_uncached(http: httpx2.Client, path: str, capture: MadeCapture) -> None:
    http.patch(path, content=capture.original[:400], headers={**TUS, "Content-Type": PIECE, "Upload-Offset": "0"})
    response = http.head(path, headers=TUS)
    assert response.status_code == 200
    assert (response.headers["upload-offset"], response.headers["upload-length"]) == ("400", "1000")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["tus-resumable"] == "1.0.0"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412, "tus-version"),
        ({"Tus-Resumable": ""}, 412, "tus-version"),
        ({"Content-Type": "application/octet-stream"}, 415, "media-type"),
        ({"Upload-Offset": "5"}, 409, "wrong-offset"),
        ({"Upload-Offset": "-1"}, 422, "body-unreadable"),
        ({"Upload-Offset": "many"}, 422, "body-unreadable"),
        ({"Upload-Checksum": "crc32 AAAA"}, 400, "bad-request"),
        ({"Upload-Checksum": "sha256 not base64"}, 400, "bad-request"),
        ({"Upload-Checksum": f"sha256 {base64.b64encode(b'x' * 32).decode()}"}, 460, "checksum-mismatch"),
    ],
)
def test_a_wrong_piece_is_refused_and_nothing_of_it_is_kept(
    http: httpx2.Client, path: str, capture: MadeCapture, fields: dict[str, str], status: int, code: str
) -> None:
    sound = {**TUS, "Content-Type": PIECE, "Upload-Offset": "0"}
    response = http.patch(path, content=capture.original[:100], headers={**sound, **fields})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert http.head(path, headers=TUS).headers["upload-offset"] == "0"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_right_checksum_is_accepted(http: httpx2.Client, path: str, capture: MadeCapture, algorithm: str) -> None:
    piece = capture.original[:100]
    checksum = base64.b64encode(hashlib.new(algorithm, piece).digest()).decode()
    fields = {**TUS, "Content-Type": PIECE, "Upload-Offset": "0", "Upload-Checksum": f"{algorithm} {checksum}"}
    assert http.patch(path, content=piece, headers=fields).status_code == 204


def test_nothing_goes_beyond_the_announced_length(client: PlatformClient, path: str) -> None:
    with pytest.raises(PlatformRefused, match="too-large"):
        client.append(path, 0, b"x" * 1001)


def test_a_whole_that_hashes_otherwise_is_dropped_and_begun_again(
    client: PlatformClient, path: str, capture: MadeCapture
) -> None:
    wrong = b"\0" + capture.original[1:]
    with pytest.raises(PlatformBusy, match="460"):
        client.append(path, 0, wrong)
    with pytest.raises(UploadLost):
        client.upload_offset(path)
    assert client.capture(capture.capture_id).missing == ["photo", "original"]
    again = client.create_upload(capture.capture_id, 1000, capture.original_sha256)
    assert client.append(again, 0, capture.original) == 1000
    assert client.capture(capture.capture_id).missing == ["photo"]


def test_an_upload_begun_twice_is_the_same_upload(client: PlatformClient, path: str, capture: MadeCapture) -> None:
    client.append(path, 0, capture.original[:300])
    again = client.create_upload(capture.capture_id, 1000, capture.original_sha256)
    assert again == path
    assert client.upload_offset(again) == 300


def test_it_must_be_the_records_original(client: PlatformClient, capture: MadeCapture) -> None:
    for length, sha256 in ((999, capture.original_sha256), (1000, "0" * 64)):
        with pytest.raises(PlatformBusy, match="wrong-digest"):
            client.create_upload(capture.capture_id, length, sha256)


def test_an_ended_upload_is_forgotten(counterpart: Counterpart, client: PlatformClient, path: str) -> None:
    client.append(path, 0, b"x" * 10)
    client.end_upload(path)
    with pytest.raises(UploadLost):
        client.upload_offset(path)
    assert list(counterpart.platform.objects.keys("uploads")) == []


def test_another_station_sees_nothing_of_it(counterpart: Counterpart, path: str) -> None:
    with PlatformClient(counterpart.enrol()) as other, pytest.raises(PlatformRefused, match="not-yours"):
        other.append(path, 0, b"x")


def test_of_two_pieces_at_one_offset_one_counts(client: PlatformClient, path: str, capture: MadeCapture) -> None:
    assert client.append(path, 0, capture.original[:500]) == 500
    with pytest.raises(OffsetMismatch):
        client.append(path, 0, capture.original[:200])
    assert client.append(path, 500, capture.original[500:]) == 1000


def test_metadata_that_is_none_is_refused(http: httpx2.Client) -> None:
    for metadata in ("", "capture_id", "capture_id !!!", "capture_id bm8=,sha256 bm8="):
        response = http.post("/v1/uploads", headers={**TUS, "Upload-Length": "5", "Upload-Metadata": metadata})
        assert (response.status_code, response.json()["code"]) == (400, "bad-request")


def row(platform: Platform) -> UploadRow:
    with platform.database.read() as session:
        return session.exec(select(UploadRow)).one()


def test_an_upload_whose_last_piece_came_just_before_a_crash_is_finished_at_start(
    counterpart: Counterpart, client: PlatformClient, path: str, capture: MadeCapture
) -> None:
    client.append(path, 0, capture.original[:400])
    platform, upload = counterpart.platform, row(counterpart.platform)
    key = f"uploads/{upload.upload_id}/last"
    platform.objects.put(key, [capture.original[400:]])
    with platform.database.write() as session:  # as a process killed right after this transaction leaves it
        session.add(ChunkRow(upload_id=upload.upload_id, offset=400, length=600, key=key))
        session.get_one(UploadRow, upload.upload_id).offset = 1000
    assert client.capture(capture.capture_id).missing == ["photo", "original"]
    recover(platform)
    assert client.capture(capture.capture_id).missing == ["photo"]


def test_a_process_that_starts_leaves_alone_what_another_finishes_meanwhile(
    counterpart: Counterpart,
    client: PlatformClient,
    path: str,
    capture: MadeCapture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client.append(path, 0, capture.original[:400])
    platform, upload = counterpart.platform, row(counterpart.platform)
    key = f"uploads/{upload.upload_id}/last"
    platform.objects.put(key, [capture.original[400:]])
    with platform.database.write() as session:
        session.add(ChunkRow(upload_id=upload.upload_id, offset=400, length=600, key=key))
        session.get_one(UploadRow, upload.upload_id).offset = 1000
    store, gets = type(platform.objects), []
    get = store.get

    def finished_by_another_after_the_digest(objects: Any, asked: str) -> bytes:
        gets.append(asked)
        if len(gets) == 3:  # the second reading begins
            with monkeypatch.context() as other:
                other.setattr(store, "get", get)
                finish(platform, upload)
        return get(objects, asked)

    monkeypatch.setattr(store, "get", finished_by_another_after_the_digest)
    recover(platform)
    assert len(gets) == 3
    assert client.capture(capture.capture_id).missing == ["photo"]


def test_a_platform_that_lost_a_piece_says_so_and_gets_everything_again(
    counterpart: Counterpart, client: PlatformClient, path: str, capture: MadeCapture
) -> None:
    client.append(path, 0, capture.original[:400])
    for key in list(counterpart.platform.objects.keys("uploads")):
        counterpart.platform.objects.delete(key)
    with pytest.raises(UploadLost):
        client.append(path, 400, capture.original[400:])
    again = client.create_upload(capture.capture_id, 1000, capture.original_sha256)
    assert client.upload_offset(again) == 0


def test_pieces_that_no_transaction_named_are_swept(
    counterpart: Counterpart, client: PlatformClient, path: str
) -> None:
    platform = counterpart.platform
    client.append(path, 0, b"x" * 10)
    named = list(platform.objects.keys("uploads"))
    platform.objects.put("uploads/orphan/0", [b"left over"])
    old = platform.settings.data_dir / "objects" / "uploads" / "orphan" / "0"
    os.utime(old, (1, 1))
    recover(platform)
    assert list(platform.objects.keys("uploads")) == named
