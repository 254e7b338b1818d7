"""Sealed codes, the station's identity at rest, and the platform's time."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from appliance.platform.clock import PlatformClock
from appliance.platform.documents import public_jwk, public_key
from appliance.platform.identity import KEY_FILE, PLATFORM_FILE, NotEnrolled, StationIdentity, key_as_jwk, station_key
from appliance.platform.sealing import SealBroken, seal, unseal

SEALING = OKPKey.generate_key("X25519")
SIGNING = OKPKey.generate_key("Ed25519")


@given(payload=st.text(min_size=1, max_size=600))
def test_only_the_platform_opens_a_sealed_code(payload: str) -> None:
    sealed = seal(payload, public_key(public_jwk(SEALING)))
    assert unseal(sealed, SEALING) == payload
    assert payload not in sealed or len(payload) < 3


def test_equal_codes_seal_to_different_texts() -> None:
    assert seal("code", SEALING) != seal("code", SEALING)


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-4] + "AAAA", lambda text: text.replace(".", "", 1), lambda _: ""]
)
def test_a_changed_seal_is_broken(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(SealBroken):
        unseal(spoil(seal("code", SEALING)), SEALING)


def test_another_platforms_key_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        unseal(seal("code", SEALING), OKPKey.generate_key("X25519"))


def test_an_identity_is_kept_beside_its_key_readable_by_its_owner_only(tmp_path: Path) -> None:
    key = station_key(tmp_path)
    signing, sealing = public_key(public_jwk(SIGNING)), public_key(public_jwk(SEALING))
    StationIdentity("st-1", "一号站", "https://platform.example/collect", key, (signing,), sealing).save(tmp_path)
    loaded = StationIdentity.load(tmp_path)
    assert (loaded.station_id, loaded.name, loaded.base_url) == ("st-1", "一号站", "https://platform.example/collect")
    assert key_as_jwk(loaded.key).thumbprint() == key_as_jwk(key).thumbprint()
    assert loaded.signing_keys[0].kid == SIGNING.thumbprint()
    for name in (KEY_FILE, PLATFORM_FILE):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_station_that_is_not_enrolled_is_told_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled, match="station platform enrol"):
        StationIdentity.load(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", '{"station_id": 1}', '{"station_id":"a","name":"b","base_url":"c"'])
def test_a_damaged_enrolment_is_told_what_to_type(tmp_path: Path, text: str) -> None:
    (tmp_path / PLATFORM_FILE).write_text(text)
    with pytest.raises(ValueError, match="enrol again"):
        StationIdentity.load(tmp_path)


class Hands:
    """Two clocks turned by hand."""

    def __init__(self) -> None:
        self.wall = 0.0
        self.monotonic = 100.0


def test_the_platforms_time_is_learnt_and_no_jump_of_the_wall_clock_changes_it() -> None:
    hands = Hands()
    clock = PlatformClock(lambda: hands.wall, lambda: hands.monotonic)
    assert clock.now().timestamp() == 0.0
    assert clock.offset_s is None
    assert clock.learn("Mon, 01 Jun 2026 08:00:00 GMT")
    hands.monotonic += 60
    hands.wall += 10_000_000  # somebody set the clock
    assert clock.now().isoformat() == "2026-06-01T08:01:00+00:00"


@pytest.mark.parametrize("date", [None, "", "yesterday", "Mon, 99 Jun 2026 08:00:00 GMT"])
def test_a_date_that_is_none_teaches_nothing(date: str | None) -> None:
    clock = PlatformClock()
    assert not clock.learn(date)
    assert clock.offset_s is None
