"""The first talk with the platform: again later without a network, never again with a refused token, once with a good one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.platform.identity import StationIdentity
from appliance.platform.reference.composition import Platform, PlatformSettings
from appliance.platform.reference.serving import PlatformServer
from appliance.platform.reference.stations import new_token
from appliance.provision.enrolment import CREDENTIAL, enrol, main

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens there


def text(url: str, token: str) -> str:
    return f'platform = "{url}"\ntoken = "{token}"\nname = "gym-1"\n'


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Its address, and a token that enrols one station."""
    made = Platform.at(PlatformSettings(tmp_path / "platform"))
    token = new_token(made)
    with PlatformServer(made) as server:
        yield server.address, token


@pytest.fixture
def station(tmp_path: Path) -> Path:
    (tmp_path / "station").mkdir()
    return tmp_path / "station"


def test_without_a_network_it_is_tried_again(station: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert enrol(station, text(NOBODY, "a" * 20)) == 1
    said = capsys.readouterr().err
    assert "tried again in a minute" in said
    assert "a" * 20 not in said


def test_a_good_token_enrols_once_and_a_lost_answer_is_no_harm(station: Path, platform: tuple[str, str]) -> None:
    url, token = platform
    assert enrol(station, text(url, token)) == 0
    identity = StationIdentity.load(station / "keys")
    (station / "keys/platform.json").unlink()  # the power went before the answer was kept
    assert enrol(station, text(url, token)) == 0
    assert StationIdentity.load(station / "keys").station_id == identity.station_id
    assert enrol(station, text(url, "another-token-altogether")) == 0  # is enrolled there already


def test_a_refused_token_wants_a_person(
    station: Path, tmp_path: Path, platform: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    url, token = platform
    assert enrol(station, text(url, "a-token-nobody-gave-out")) == 2
    assert "ask the platform for a new token" in capsys.readouterr().err
    (tmp_path / "other").mkdir()
    assert enrol(station, text(url, token)) == 0
    assert enrol(tmp_path / "other", text(url, token)) == 2  # one token, one station


@pytest.mark.parametrize("broken", ["", "platform = ", 'platform = "x"\nname = "y"\n'])
def test_a_damaged_file_is_said(station: Path, broken: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert enrol(station, broken) == 2
    assert "needs platform, token and name" in capsys.readouterr().err


def test_the_unit_hands_the_token_over_as_a_credential(
    station: Path, tmp_path: Path, platform: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / CREDENTIAL).write_text(text(*platform))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    monkeypatch.setenv("STATE_DIRECTORY", str(station))
    assert main() == 0
    assert (station / "keys/platform.json").is_file()
