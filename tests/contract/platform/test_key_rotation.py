"""`station keys rotate` against a real platform, cut off at every step: always a key that is taken, and a journal that verifies."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from platform_fixtures import Counterpart
from typer.testing import CliRunner

from appliance import board
from appliance.cli import program
from appliance.ledger import next_key
from appliance.ledger.errors import JournalBroken, LedgerInUse
from appliance.ledger.journal import Moment, verify
from appliance.ledger.keyring import bind_to_board
from appliance.ledger.store import Ledger
from appliance.outbox import rotation
from appliance.outbox.rotation import rotate
from appliance.platform.client import PlatformClient
from appliance.platform.errors import PlatformError, PlatformUnreachable
from appliance.platform.identity import StationIdentity
from appliance.platform.roster_store import RosterStore

NOW = Moment("2026-06-01T08:00:00+00:00", clock_trusted=True, boot_id="boot")
KEYS = ("ledger.key", "platform.json", "station.pem")


class Cut(Exception):
    """The power is gone."""


@pytest.fixture
def data(counterpart: Counterpart, tmp_path: Path) -> Path:
    folder = tmp_path / "station"
    with closing(Ledger(folder)) as ledger:
        ledger.record(NOW, "before")
    identity = counterpart.enrol_into(folder / "keys")
    (folder / "rosters").mkdir()
    with PlatformClient(identity) as client:
        page = client.rosters()
        assert page is not None
        RosterStore(folder / "rosters", identity).take(page, None)
    return folder


def on(data: Path) -> StationIdentity:
    return StationIdentity.load(data / "keys")


def is_taken(identity: StationIdentity) -> bool:
    with PlatformClient(identity) as client:
        try:
            client.events()
        except PlatformError:
            return False
    return True


def is_sound(data: Path) -> list[str]:
    """The journal verifies, its rosters open, the platform takes the key that is there; the events of the journal."""
    from appliance.ledger.reading import entries  # noqa: PLC0415 - beside its only use

    with closing(Ledger(data)) as ledger, ledger.reading() as session:
        verify(session, ledger.keys.signing.public_key())
        told = [entry.event for entry in entries(session, last=100)]
    assert is_taken(on(data))
    return told


def test_a_new_key_takes_over_everywhere(counterpart: Counterpart, data: Path) -> None:
    before = on(data)
    rotated = rotate(data, NOW)
    assert rotated.seen
    assert rotated.present == on(data).key.public_key().public_bytes_raw().hex() != rotated.previous
    assert not is_taken(before)
    assert is_sound(data) == ["before", "station.key.announced", "station.key.changed"]
    assert tuple(sorted(path.name for path in (data / "keys").iterdir())) == KEYS
    usable, refused = RosterStore(data / "rosters", on(data)).load(None)
    assert usable
    assert not refused
    assert rotate(data, NOW).previous == rotated.present
    with closing(Ledger(data)) as ledger:
        ledger.record(NOW, "after")
    assert is_sound(data)[-1] == "after"


STEPS: tuple[tuple[Any, str], ...] = (
    (next_key, "prepare"),
    (Ledger, "record"),
    (PlatformClient, "announce_key"),
    (rotation, "_seal_rosters_beside"),
    (next_key, "take_over"),
    (rotation, "_put_rosters"),
    (next_key, "forget"),
)


@pytest.mark.parametrize(("place", "name"), STEPS, ids=[name for _, name in STEPS])
def test_a_cut_before_any_step_leaves_a_key_that_is_taken(
    data: Path, place: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = on(data)
    with monkeypatch.context() as patched:
        patched.setattr(place, name, _cut)
        with pytest.raises(Cut):
            rotate(data, NOW)
    is_sound(data)  # whatever the cut left, the station goes on with it
    rotated = rotate(data, NOW)
    assert rotated.previous == before.key.public_key().public_bytes_raw().hex(), (
        "a change that was begun is ended, not doubled"
    )
    told = is_sound(data)
    assert told == ["before", "station.key.announced", "station.key.changed"]
    assert not is_taken(before)
    assert tuple(sorted(path.name for path in (data / "keys").iterdir())) == KEYS
    assert RosterStore(data / "rosters", on(data)).load(None)[0]
    assert not list((data / "rosters").glob("*.next"))


def _cut(*_: Any, **__: Any) -> None:
    raise Cut


def test_a_lost_answer_is_asked_for_again(data: Path) -> None:
    class Losing(httpx2.BaseTransport):
        """Sends, and loses what comes back."""

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            with httpx2.HTTPTransport() as through:
                through.handle_request(request).read()
            raise httpx2.ReadError("gone")

    with pytest.raises(PlatformUnreachable):
        rotate(data, NOW, dial=lambda identity: PlatformClient(identity, transport=Losing()))
    assert is_sound(data) == ["before", "station.key.announced"]
    rotate(data, NOW)
    assert is_sound(data) == ["before", "station.key.announced", "station.key.changed"]


def test_nothing_changes_while_somebody_else_has_the_ledger(data: Path) -> None:
    before = on(data).key.private_bytes_raw()
    with closing(Ledger(data)), pytest.raises(LedgerInUse, match="systemctl stop"):
        rotate(data, NOW)
    assert on(data).key.private_bytes_raw() == before


def test_a_key_that_is_bound_to_the_board_stays_bound(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serial = tmp_path / "serial"
    serial.write_bytes(b"10000000abcdef01\0")
    monkeypatch.setattr(board, "secrets_here", lambda: (board.FileSecret("device-tree", serial),))
    bind_to_board(data)
    rotate(data, NOW)
    is_sound(data)
    assert board.is_bound((data / "keys/station.pem").read_bytes())


def test_a_journal_whose_announcement_was_forged_does_not_verify(data: Path, tmp_path: Path) -> None:
    """Somebody with another station's journal, who names our key as its next without holding it."""
    from appliance.ledger import journal, succession  # noqa: PLC0415 - beside its only use

    with closing(Ledger(tmp_path / "theirs")) as theirs, closing(Ledger(data)) as ours:
        ours_public = ours.keys.signing.public_key()
        body = succession.announcement(theirs.keys.signing, theirs.keys.signing)
        body["next"] = succession.raw(ours_public).hex()
        theirs.record(NOW, succession.ANNOUNCED, body=body)
        with theirs.reading() as session, pytest.raises(JournalBroken):
            journal.verify(session, ours_public)


def test_the_command_says_what_it_did(data: Path) -> None:
    run = CliRunner()
    done = run.invoke(program(), ["keys", "rotate", "--data", str(data)])
    assert done.exit_code == 0, done.output
    assert "the platform has seen it" in done.output
    assert run.invoke(program(), ["journal", "verify", "--data", str(data)]).exit_code == 0
    with closing(Ledger(data)):
        busy = run.invoke(program(), ["keys", "rotate", "--data", str(data)])
    assert busy.exit_code == 2
    assert "systemctl stop" in busy.output
    nobody = run.invoke(program(), ["keys", "rotate", "--data", str(data.with_name("none"))])
    assert nobody.exit_code == 2
    assert "enrol" in nobody.output
