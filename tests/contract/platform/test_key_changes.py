"""A station changes its key: announced by the old one, proven by the new one, and never without one that is taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from platform_fixtures import Counterpart

from appliance.platform.archive import EXPORT_TYPE
from appliance.platform.client import PlatformClient, enrol, key_change
from appliance.platform.documents import sign_document, verify_document
from appliance.platform.errors import PlatformError, PlatformRefused
from appliance.platform.identity import StationIdentity, key_as_jwk
from appliance.platform.reference.stations import new_token
from appliance.platform.reference.succession import every_key


def with_key(identity: StationIdentity, key: Ed25519PrivateKey) -> StationIdentity:
    return replace(identity, key=key)


def is_taken(identity: StationIdentity) -> bool:
    with PlatformClient(identity) as client:
        try:
            client.events()
        except PlatformError:
            return False
    return True


@pytest.fixture
def following() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def test_both_keys_are_taken_until_the_next_has_signed(
    identity: StationIdentity, client: PlatformClient, following: Ed25519PrivateKey
) -> None:
    change = key_change(identity.station_id, identity.key, following)
    first = client.announce_key(change)
    assert client.announce_key(change) == first  # the answer was lost: asked again
    assert is_taken(identity)
    assert is_taken(with_key(identity, following))
    assert not is_taken(identity)
    assert is_taken(with_key(identity, following))


def test_what_past_keys_signed_stays_to_be_verified(
    counterpart: Counterpart, identity: StationIdentity, following: Ed25519PrivateKey
) -> None:
    before = sign_document(b"{}", key_as_jwk(identity.key), EXPORT_TYPE)
    for present, then in ((identity.key, following), (following, Ed25519PrivateKey.generate())):
        with PlatformClient(with_key(identity, present)) as client:
            client.announce_key(key_change(identity.station_id, present, then))
        assert is_taken(with_key(identity, then))
    keys = every_key(counterpart.platform, identity.station_id)
    assert len(keys) == 3
    assert verify_document(before, keys, EXPORT_TYPE) == b"{}"


def test_an_announcement_needs_the_proof_of_the_very_key(
    counterpart: Counterpart, identity: StationIdentity, client: PlatformClient, following: Ed25519PrivateKey
) -> None:
    good, other = key_change(identity.station_id, identity.key, following), Ed25519PrivateKey.generate()
    unproven = [
        good.model_copy(update={"proof": key_change(identity.station_id, identity.key, other).proof}),
        good.model_copy(update={"proof": key_change("st-another", identity.key, following).proof}),
        good.model_copy(update={"proof": key_change(identity.station_id, other, following).proof}),
        good.model_copy(update={"proof": "a.b.c"}),
    ]
    for change in unproven:
        with pytest.raises(PlatformRefused) as refused:
            client.announce_key(change)
        assert refused.value.code == "body-unreadable"
    assert not is_taken(with_key(identity, following))


def test_a_stranger_announces_nothing(identity: StationIdentity, following: Ed25519PrivateKey) -> None:
    stranger = Ed25519PrivateKey.generate()
    with PlatformClient(with_key(identity, stranger)) as client, pytest.raises(PlatformError, match="does not hold"):
        client.announce_key(key_change(identity.station_id, stranger, following))
    assert not is_taken(with_key(identity, following))


def test_nobodys_key_is_taken_twice(
    counterpart: Counterpart, identity: StationIdentity, client: PlatformClient, following: Ed25519PrivateKey
) -> None:
    other = counterpart.enrol()
    for used in (other.key, identity.key):
        with pytest.raises(PlatformRefused) as refused:
            client.announce_key(key_change(identity.station_id, identity.key, used))
        assert refused.value.code == "key-used"
    client.announce_key(key_change(identity.station_id, identity.key, following))
    assert is_taken(with_key(identity, following))
    with PlatformClient(with_key(identity, following)) as changed, pytest.raises(PlatformRefused) as refused:
        changed.announce_key(key_change(identity.station_id, following, identity.key))
    assert refused.value.code == "key-used"


def test_a_second_thought_replaces_the_first(
    identity: StationIdentity, client: PlatformClient, following: Ed25519PrivateKey
) -> None:
    dropped = Ed25519PrivateKey.generate()
    for then in (dropped, following):
        client.announce_key(key_change(identity.station_id, identity.key, then))
    assert not is_taken(with_key(identity, dropped))
    assert is_taken(with_key(identity, following))


def test_a_backup_of_before_comes_back_by_a_fresh_token_only(
    counterpart: Counterpart, tmp_path: Path, following: Ed25519PrivateKey
) -> None:
    token = new_token(counterpart.platform)
    old = Ed25519PrivateKey.generate()
    identity = enrol(counterpart.address, token, name="x", key=old)
    with PlatformClient(identity) as client:
        client.announce_key(key_change(identity.station_id, old, following))
    assert is_taken(with_key(identity, following))
    with pytest.raises(PlatformRefused) as refused:
        enrol(counterpart.address, token, name="x", key=old)
    assert refused.value.code == "bad-token"
    again = enrol(counterpart.address, new_token(counterpart.platform), name="x", key=old)
    assert again.station_id == identity.station_id
    assert is_taken(again)
    assert not is_taken(with_key(identity, following))
