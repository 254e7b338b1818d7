from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import HTTPConnection

from appliance.ledger.store import Ledger
from appliance.web.access import COOKIE, Access, control_token, new_pairing_code, same_origin
from appliance.web.problems import ProblemError


class Ticks:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def connection(**headers: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [(k.encode(), v.encode()) for k, v in headers.items()]})


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "data")
    yield opened
    opened.close()


def test_a_paired_tablet_stays_paired_over_a_restart_and_its_token_is_not_kept(ledger: Ledger) -> None:
    token = Access(ledger, "123456", Ticks()).pair(" 123456 ")
    assert token not in (ledger.note("pairings") or "")
    again = Access(ledger, "999999", Ticks())
    assert again.allowed(connection(cookie=f"{COOKIE}={token}"))
    assert not again.allowed(connection(cookie=f"{COOKIE}={token}x"))
    assert not again.allowed(connection())


def test_guessing_is_slowed_down_more_and_more(ledger: Ledger) -> None:
    ticks = Ticks()
    access = Access(ledger, "123456", ticks)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(ProblemError) as caught:
            access.pair("000000")
        assert (caught.value.status, caught.value.extra["tries_left"]) == (403, left)
    waits = []
    for _ in range(3):
        with pytest.raises(ProblemError) as caught:
            access.pair("123456")
        assert caught.value.status == 429
        waits.append(caught.value.extra["retry_after"])
        ticks.now += waits[-1] + 1
        with pytest.raises(ProblemError):
            access.pair("000000")
    assert waits == sorted(set(waits))
    ticks.now += 1000
    assert access.pair("123456")


def test_programs_on_the_station_use_the_token_in_its_folder(ledger: Ledger) -> None:
    access = Access(ledger, "123456", Ticks())
    token = control_token(ledger.data_dir)
    assert access.allowed(connection(authorization=f"Bearer {token}"))
    assert not access.allowed(connection(authorization="Bearer guess"))
    assert (ledger.data_dir / "control.token").stat().st_mode & 0o077 == 0


def test_only_the_newest_tablets_stay_paired(ledger: Ledger) -> None:
    access = Access(ledger, "123456", Ticks())
    tokens = [access.pair("123456") for _ in range(21)]
    assert not access.allowed(connection(cookie=f"{COOKIE}={tokens[0]}"))
    assert all(access.allowed(connection(cookie=f"{COOKIE}={token}")) for token in tokens[1:])


def test_origin_is_compared_with_the_address_asked() -> None:
    assert same_origin(connection(host="station.local:8000"))
    assert same_origin(connection(host="station.local:8000", origin="http://station.local:8000"))
    assert not same_origin(connection(host="station.local:8000", origin="http://evil.example"))
    assert not same_origin(connection(host="station.local:8000", origin="null"))


def test_pairing_codes_are_six_digits() -> None:
    assert all(len(code) == 6 and code.isdigit() for code in (new_pairing_code() for _ in range(50)))
