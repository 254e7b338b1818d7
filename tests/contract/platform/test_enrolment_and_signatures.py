"""Who may speak to the platform: enrolled once, every request signed, its body digested, at the platform's time."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from platform_fixtures import Counterpart, plain

from appliance.platform.client import PlatformClient, enrol
from appliance.platform.clock import PlatformClock
from appliance.platform.digests import content_digest
from appliance.platform.errors import PlatformRefused, PlatformUnreachable, StationRevoked
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.stations import allow_token, new_token, revoke
from appliance.platform.signing import StationSignature


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def test_a_token_enrols_one_station_and_the_same_station_again(
    counterpart: Counterpart, key: Ed25519PrivateKey
) -> None:
    token = new_token(counterpart.platform)
    first = enrol(counterpart.address, token, name="一号站", key=key)
    again = enrol(counterpart.address, token, name="一号站", key=key)
    assert again.station_id == first.station_id
    with pytest.raises(PlatformRefused) as refusal:
        enrol(counterpart.address, token, name="another", key=Ed25519PrivateKey.generate())
    assert refusal.value.code == "bad-token"


def test_an_unknown_token_enrols_nobody(counterpart: Counterpart, key: Ed25519PrivateKey) -> None:
    with pytest.raises(PlatformRefused) as refusal:
        enrol(counterpart.address, "not-a-token", name="x", key=key)
    assert refusal.value.code == "bad-token"


def test_an_allowed_token_survives_a_restart_of_the_platform(counterpart: Counterpart, key: Ed25519PrivateKey) -> None:
    for _ in range(2):
        allow_token(counterpart.platform, "chosen-by-the-administrator")
    enrol(counterpart.address, "chosen-by-the-administrator", name="x", key=key)
    allow_token(counterpart.platform, "chosen-by-the-administrator")
    with pytest.raises(PlatformRefused):
        enrol(counterpart.address, "chosen-by-the-administrator", name="y", key=Ed25519PrivateKey.generate())


def test_nobody_can_enrol_with_a_key_they_do_not_hold(counterpart: Counterpart, key: Ed25519PrivateKey) -> None:
    class Forger(httpx2.BaseTransport):
        """Puts somebody else's public key into the request, after signing."""

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            body = request.content.replace(b'"x":"', b'"x":"A', 1)
            with plain(counterpart.address) as http:
                return http.post("/v1/enrolments", content=body[:-3] + body[-2:], headers=dict(request.headers))

    with pytest.raises((PlatformRefused, PlatformUnreachable, ConnectionError)):
        enrol(counterpart.address, new_token(counterpart.platform), name="x", key=key, transport=Forger())


def test_an_unsigned_request_is_refused_with_a_problem(counterpart: Counterpart) -> None:
    with plain(counterpart.address) as http:
        response = http.get("/v1/roster")
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "unsigned"


class Tampering(httpx2.Auth):
    """Signs, then changes one thing."""

    requires_request_body = True

    def __init__(self, identity: StationIdentity, change: str) -> None:
        self._sign = StationSignature(identity.key, identity.station_id, PlatformClock())
        self._change = change

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        signed = next(self._sign.auth_flow(request))
        fields = {name: value for name, value in signed.headers.items() if name != self._change}
        url, method = signed.url, signed.method
        if self._change == "query":
            url = signed.url.copy_add_param("after", "1")
        if self._change == "method":
            method = "PUT"
        body = signed.content.replace(b"1", b"2") if self._change == "body" else signed.content
        if self._change == "digest":
            body = signed.content.replace(b"1", b"2")
            fields["content-digest"] = content_digest(body)
        yield httpx2.Request(method, url, headers=fields, content=body)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("signature", "unsigned"),
        ("signature-input", "unsigned"),
        ("content-digest", "unsigned"),
        ("content-type", "unsigned"),
        ("query", "unsigned"),
        ("method", "method-not-allowed"),
        ("body", "wrong-digest"),
        ("digest", "unsigned"),
    ],
)
def test_nothing_that_steers_a_request_can_be_changed_after_signing(
    counterpart: Counterpart, identity: StationIdentity, change: str, code: str
) -> None:
    with httpx2.Client(auth=Tampering(identity, change), trust_env=False) as http:
        response = http.post(
            f"{counterpart.address}/v1/station/heartbeat",
            content=b'{"n": 1}',
            headers={"content-type": "application/json"},
        )
    assert response.json()["code"] == code


def test_a_key_that_is_not_enrolled_is_told_to_enrol(counterpart: Counterpart, identity: StationIdentity) -> None:
    with PlatformClient(identity) as client:
        stranger = StationIdentity(
            "st-nobody", "x", identity.base_url, identity.key, identity.signing_keys, identity.sealing_key
        )
        client.events()
        with PlatformClient(stranger) as other, pytest.raises(StationRevoked, match="enrol"):
            other.events()


def test_another_stations_name_needs_its_key(counterpart: Counterpart, identity: StationIdentity) -> None:
    other = counterpart.enrol()
    imposter = StationIdentity(
        identity.station_id, "x", identity.base_url, other.key, identity.signing_keys, identity.sealing_key
    )
    with PlatformClient(imposter) as client, pytest.raises(ConnectionError, match="does not hold"):
        client.events()


def test_a_station_whose_clock_is_years_off_signs_validly_after_one_answer(
    counterpart: Counterpart, identity: StationIdentity
) -> None:
    clock = PlatformClock(wall=lambda: 0.0)
    with PlatformClient(identity, clock=clock) as client:
        assert client.events().events == []
    assert clock.now().year >= 2024
    assert clock.offset_s is not None
    assert clock.offset_s > 1e9


def test_the_time_is_learnt_while_enrolling_too(counterpart: Counterpart, key: Ed25519PrivateKey) -> None:
    skewed = PlatformClock(wall=lambda: 4e9)
    assert enrol(counterpart.address, new_token(counterpart.platform), name="x", key=key, clock=skewed).station_id


def test_a_revoked_station_is_refused_until_it_is_enrolled_anew(counterpart: Counterpart, tmp_path: Path) -> None:
    identity = counterpart.enrol_into(tmp_path / "keys")
    revoke(counterpart.platform, identity.station_id)
    with PlatformClient(identity) as client, pytest.raises(StationRevoked, match="revoked"):
        client.events()
    again = counterpart.enrol_into(tmp_path / "keys")
    assert again.station_id == identity.station_id
    with PlatformClient(again) as client:
        client.events()
    with pytest.raises(LookupError):
        revoke(counterpart.platform, "st-nobody")
