"""One capture's way through the contract: record, photo, original, receipt; and every repeat on the way."""

from __future__ import annotations

import json

import pytest
from platform_fixtures import Counterpart, MadeCapture

from appliance.platform.client import PlatformClient
from appliance.platform.digests import canonical_json, sha256_hex
from appliance.platform.errors import PartsMissing, PlatformBusy, PlatformRefused
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.captures import original_key, photo_key


@pytest.fixture
def capture(counterpart: Counterpart, identity: StationIdentity) -> MadeCapture:
    return counterpart.capture(identity)


def upload(client: PlatformClient, capture: MadeCapture, piece: int = 100_000) -> None:
    path = client.create_upload(capture.capture_id, len(capture.original), capture.original_sha256)
    offset = client.upload_offset(path)
    while offset < len(capture.original):
        offset = client.append(path, offset, capture.original[offset : offset + piece])


def test_a_capture_ends_with_a_signed_receipt_of_its_three_digests(
    counterpart: Counterpart, client: PlatformClient, capture: MadeCapture
) -> None:
    assert client.put_record(capture.capture_id, capture.record).missing == ["photo", "original"]
    assert client.put_photo(capture.capture_id, capture.photo).missing == ["original"]
    upload(client, capture)
    receipt = client.receipt(capture.capture_id)
    assert receipt.record_sha256 == sha256_hex(capture.record)
    assert receipt.photo_sha256 == sha256_hex(capture.photo)
    assert receipt.original_sha256 == capture.original_sha256
    assert counterpart.platform.objects.get(photo_key(capture.capture_id)) == capture.photo
    assert counterpart.platform.objects.get(original_key(capture.capture_id)) == capture.original


def test_everything_sent_twice_changes_nothing(client: PlatformClient, capture: MadeCapture) -> None:
    for _ in range(2):
        client.put_record(capture.capture_id, capture.record)
        client.put_photo(capture.capture_id, capture.photo)
        upload(client, capture)
    first = client.receipt(capture.capture_id)
    upload(client, capture)
    assert client.receipt(capture.capture_id) == first


def test_pieces_are_gone_once_the_whole_is_stored(
    counterpart: Counterpart, client: PlatformClient, capture: MadeCapture
) -> None:
    client.put_record(capture.capture_id, capture.record)
    upload(client, capture)
    assert list(counterpart.platform.objects.keys("uploads")) == []


def test_another_record_under_the_same_id_is_refused(client: PlatformClient, capture: MadeCapture) -> None:
    client.put_record(capture.capture_id, capture.record)
    changed = {**json.loads(capture.record), "sequence": 99}
    with pytest.raises(PlatformRefused) as refusal:
        client.put_record(capture.capture_id, canonical_json(changed))
    assert refusal.value.code == "other-record"
    assert refusal.value.problem.message.zh


@pytest.mark.parametrize(
    ("field", "value"),
    [("capture_id", "00000000-0000-0000-0000-000000000000"), ("sealed_code", "a.b.c.d.e"), ("misspelt", 1)],
)
def test_a_record_not_in_the_agreed_form_is_refused(
    client: PlatformClient, capture: MadeCapture, field: str, value: object
) -> None:
    changed = {**json.loads(capture.record), field: value}
    with pytest.raises(PlatformRefused) as refusal:
        client.put_record(capture.capture_id, canonical_json(changed))
    assert refusal.value.code == "body-unreadable"


def test_a_photo_before_its_record_names_what_is_missing(client: PlatformClient, capture: MadeCapture) -> None:
    with pytest.raises(PartsMissing) as missing:
        client.put_photo(capture.capture_id, capture.photo)
    assert missing.value.missing == ("record",)


def test_a_photo_that_is_not_the_records_is_refused_and_not_kept(
    counterpart: Counterpart, client: PlatformClient, capture: MadeCapture
) -> None:
    client.put_record(capture.capture_id, capture.record)
    with pytest.raises(PlatformBusy, match="wrong-digest"):
        client.put_photo(capture.capture_id, capture.photo + b"x")
    assert list(counterpart.platform.objects.keys("photos")) == []


def test_a_receipt_too_early_names_what_is_missing(client: PlatformClient, capture: MadeCapture) -> None:
    with pytest.raises(PartsMissing) as unknown:
        client.receipt(capture.capture_id)
    assert unknown.value.missing == ("record",)
    client.put_record(capture.capture_id, capture.record)
    with pytest.raises(PartsMissing) as early:
        client.receipt(capture.capture_id)
    assert early.value.missing == ("photo", "original")


def test_another_stations_capture_is_not_ours_to_touch(
    counterpart: Counterpart, client: PlatformClient, capture: MadeCapture
) -> None:
    client.put_record(capture.capture_id, capture.record)
    with PlatformClient(counterpart.enrol()) as other:
        for call in (lambda: other.capture(capture.capture_id), lambda: other.put_photo(capture.capture_id, b"x")):
            with pytest.raises(PlatformRefused) as refusal:
                call()
            assert refusal.value.code == "not-yours"
        with pytest.raises(PlatformRefused) as signed_for_another:
            other.put_record(capture.capture_id, capture.record)
        assert signed_for_another.value.code == "not-yours"
