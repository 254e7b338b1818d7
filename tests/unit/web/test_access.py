"""Codes that pair once, tokens that open only where their tablet is, and a key that proves a tablet that moved."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from starlette.requests import HTTPConnection

from appliance.ledger.store import Ledger
from appliance.web.access import COOKIE, SECURE_COOKIE, Access, control_token, same_origin
from appliance.web.pairing_codes import FIRST_LASTS, LASTS, new_pairing_code, unspent
from appliance.web.problems import ProblemError

HOME, ELSEWHERE = "10.42.0.7", "10.42.0.66"


class Ticks:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def connection(at: str = HOME, scheme: str = "http", **headers: str) -> HTTPConnection:
    named = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    return HTTPConnection(
        {"type": "http", "scheme": scheme, "path": "/", "query_string": b"", "client": (at, 1), "headers": named}
    )


def holding(token: str, at: str = HOME, **headers: str) -> HTTPConnection:
    return connection(at, cookie=f"{COOKIE}={token}", **headers)


@dataclass
class BrowserKey:
    """The key in a tablet's browser, as WebCrypto makes and uses it."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def jwk(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        return {"x": encoded(numbers.x.to_bytes(32)), "y": encoded(numbers.y.to_bytes(32))}

    def sign(self, question: str) -> str:
        der = self.private.sign(b"station-tablet-proof\n" + question.encode(), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(der)
        return encoded(r.to_bytes(32) + s.to_bytes(32))


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def access(ledger: Ledger, ticks: Ticks) -> Access:
    return Access(ledger, "123456", ticks)


def refused(access: Access, code: str, at: str = HOME) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        access.pair(connection(at), code)
    return caught.value


def test_a_paired_tablet_stays_paired_over_a_restart_and_its_token_is_not_kept(ledger: Ledger, access: Access) -> None:
    token = access.pair(connection(), " 123456 ")
    assert token not in (ledger.note("pairings") or "")
    again = Access(ledger, "999999", Ticks())
    assert again.allowed(holding(token))
    assert not again.allowed(holding(f"{token}x"))
    assert not again.allowed(connection())


def test_a_tablet_paired_by_an_earlier_version_sits_where_it_is_first_seen(ledger: Ledger, access: Access) -> None:
    token = access.pair(connection(), "123456")
    digest = access.tablets.all()[0].digest
    ledger.keep_note("pairings", f'[{{"digest": "{digest}", "number": 3}}]')
    later = Access(ledger, "999999", Ticks())
    assert later.number_of(later.tablet(holding(token)) or "") == "3"
    assert not later.allowed(holding(token, ELSEWHERE))
    ledger.keep_note("pairings", f'["{digest}"]')
    assert Access(ledger, "999999", Ticks()).allowed(holding(token, ELSEWHERE))


def test_a_code_pairs_one_tablet_and_expires(access: Access, ticks: Ticks) -> None:
    assert access.pair(connection(), "123456")
    assert refused(access, "123456").code == "wrong-pairing-code"
    first, second = access.codes.issue(), access.codes.issue()
    assert first == second or refused(access, first).code == "wrong-pairing-code"
    assert access.pair(connection(), second)
    late = access.codes.issue()
    ticks.now += LASTS + 1
    assert refused(access, late).code == "wrong-pairing-code"


def test_a_labels_code_pairs_once_and_not_once_a_start(ledger: Ledger, access: Access) -> None:
    assert unspent(ledger, "123456") == "123456"
    access.pair(connection(), "123456")
    assert unspent(ledger, "123456") != "123456"
    assert unspent(ledger, "654321") == "654321"


def test_the_consoles_code_is_good_for_a_day(ledger: Ledger, ticks: Ticks) -> None:
    access = Access(ledger, "123456", ticks)
    ticks.now += FIRST_LASTS + 1
    assert refused(access, "123456").code == "wrong-pairing-code"


def test_guessing_is_slowed_down_more_and_more_and_a_restart_forgives_nothing(
    ledger: Ledger, access: Access, ticks: Ticks
) -> None:
    assert [refused(access, "000000").extra["tries_left"] for _ in range(5)] == [4, 3, 2, 1, 0]
    waits = []
    for _ in range(3):
        error = refused(access, "123456")
        assert error.status == 429
        waits.append(error.extra["retry_after"])
        ticks.now += waits[-1] + 1
        assert refused(access, "000000").status == 403
    assert waits == sorted(set(waits))
    assert refused(Access(ledger, "123456", ticks), "123456").status == 429
    ticks.now += 1000
    assert access.pair(connection(), "123456")


def test_many_addresses_together_guess_little_faster_than_one(access: Access) -> None:
    addresses = [f"10.42.{n // 250}.{n % 250}" for n in range(300)]
    first = [refused(access, "000000", at).status for at in addresses]
    assert first == [403] * 200 + [429] * 100  # one guess for each that can be remembered, and none after that
    assert {refused(access, "000000", at).status for at in addresses} == {429}


def test_whoever_keeps_guessing_does_not_keep_a_new_tablet_out(access: Access) -> None:
    for n in range(2, 30):
        refused(access, "000000", f"10.42.0.{n}")
    assert refused(access, "123456", "10.42.0.5").status == 429
    assert access.pair(connection("10.42.0.200"), "123456")


def test_programs_on_the_station_use_the_token_in_its_folder(ledger: Ledger, access: Access) -> None:
    token = control_token(ledger.data_dir)
    assert access.allowed(connection(authorization=f"Bearer {token}"))
    assert not access.allowed(connection(authorization="Bearer guess"))
    assert (ledger.data_dir / "control.token").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("left", [b"", b"\0" * 43, b"short", b"\xff" * 3])
def test_a_token_that_a_damaged_disk_left_empty_is_nobodys(ledger: Ledger, access: Access, left: bytes) -> None:
    (ledger.data_dir / "control.token").write_bytes(left)
    token = control_token(ledger.data_dir)
    assert len(token) == 43
    assert control_token(ledger.data_dir) == token
    assert not access.allowed(connection(authorization="Bearer "))


def test_only_the_newest_tablets_stay_paired(access: Access) -> None:
    tokens = [access.pair(connection(), access.codes.issue()) for _ in range(21)]
    assert not access.allowed(holding(tokens[0]))
    assert all(access.allowed(holding(token)) for token in tokens[1:])


def test_a_copied_cookie_opens_nothing_from_another_address_or_browser(access: Access) -> None:
    token = access.pair(connection(user_agent="tablet"), "123456")
    assert access.allowed(holding(token, user_agent="tablet"))
    for stolen in (holding(token, ELSEWHERE, user_agent="tablet"), holding(token, user_agent="laptop")):
        assert not access.allowed(stolen)
        assert access.moved(stolen)
        assert access.question(stolen) is None  # paired without a key: it has nothing to prove itself with


def test_a_tablet_that_moved_proves_itself_and_every_copy_of_its_token_is_void(access: Access) -> None:
    key = BrowserKey()
    token = access.pair(connection(), "123456", key=key.jwk())
    assert access.question(holding(token)) is None
    moved = holding(token, ELSEWHERE)
    question = access.question(moved)
    assert question is not None
    tablet, renewed = access.prove(moved, question, key.sign(question))
    assert access.tablet(holding(renewed, ELSEWHERE)) == tablet.id
    assert access.tablet(holding(renewed)) == tablet.id  # it may go back
    assert not access.allowed(holding(token))
    assert not access.moved(holding(token, ELSEWHERE))


def test_a_thief_proves_nothing(access: Access, ticks: Ticks) -> None:
    key, thief = BrowserKey(), BrowserKey()
    token = access.pair(connection(), "123456", key=key.jwk())
    stolen = holding(token, ELSEWHERE)
    question = access.question(stolen)
    assert question is not None
    answers = [thief.sign(question), key.sign("another"), "", "!", encoded(bytes(64)), encoded(bytes(63))]
    for answer in answers[:4]:
        with pytest.raises(ProblemError) as caught:
            access.prove(stolen, question, answer)
        assert caught.value.code == "not-the-tablet"
    ticks.now += 1000
    again = access.question(stolen)
    assert again is not None
    ticks.now += 61
    with pytest.raises(ProblemError):
        access.prove(stolen, again, key.sign(again))  # overheard, and too late
    assert access.allowed(holding(token))


def test_an_answer_counts_once(access: Access) -> None:
    key = BrowserKey()
    token = access.pair(connection(), "123456", key=key.jwk())
    moved = holding(token, ELSEWHERE)
    question = access.question(moved)
    assert question is not None
    _, renewed = access.prove(moved, question, key.sign(question))
    with pytest.raises(ProblemError):
        access.prove(holding(renewed, "10.42.0.99"), question, key.sign(question))


@pytest.mark.parametrize("key", [{"x": encoded(b"\1" * 32), "y": encoded(b"\1" * 32)}, {"x": "!" * 43, "y": "!" * 43}])
def test_a_key_that_is_none_is_refused_and_costs_no_code(access: Access, key: dict[str, str]) -> None:
    with pytest.raises(ProblemError) as caught:
        access.pair(connection(), "123456", key=key)
    assert caught.value.status == 422
    assert access.pair(connection(), "123456")


def test_over_tls_only_the_cookie_that_browsers_hold_to_tls_counts(access: Access) -> None:
    token = access.pair(connection(scheme="https"), "123456")
    assert access.allowed(connection(scheme="https", cookie=f"{SECURE_COOKIE}={token}"))
    assert not access.allowed(connection(scheme="https", cookie=f"{COOKIE}={token}"))


def test_origin_is_compared_with_the_address_asked() -> None:
    host = "station.local:8000"
    assert same_origin(connection(host=host))
    assert same_origin(connection(host=host, origin=f"http://{host}"))
    assert same_origin(connection(host=host, sec_fetch_site="none"))
    assert same_origin(connection(scheme="wss", host=host, origin=f"https://{host}", sec_fetch_site="same-origin"))
    assert not same_origin(connection(host=host, origin="http://evil.example"))
    assert not same_origin(connection(host=host, origin="null"))
    assert not same_origin(connection(host=host, scheme="https", origin=f"http://{host}"))
    assert not same_origin(connection(host=host, sec_fetch_site="cross-site"))
    assert not same_origin(connection(host=host, sec_fetch_site="same-site"))


def test_pairing_codes_are_six_digits() -> None:
    assert all(len(code) == 6 and code.isdigit() for code in (new_pairing_code() for _ in range(50)))
