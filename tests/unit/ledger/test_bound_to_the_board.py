"""Keys bound to a board open on it and nowhere else; a data folder copied off the card gives nothing."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from appliance import board
from appliance.board import FileSecret, WrongBoard, bind, is_bound, unbound
from appliance.ledger import keyring
from appliance.ledger.errors import LedgerUnreadable
from appliance.ledger.keyring import Keyring, bind_to_board
from appliance.ledger.store import Ledger
from appliance.platform.identity import station_key


@pytest.fixture
def serial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The chip's serial number, as the kernel shows it."""
    path = tmp_path / "serial-number"
    path.write_bytes(b"10000000c0ffee42\0")
    monkeypatch.setattr(board, "SERIAL", path)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    return path


@pytest.fixture
def bound(tmp_path: Path, serial: Path) -> Path:
    """A data folder whose keys are bound, with something in its ledger."""
    assert serial.exists()
    data = tmp_path / "data"
    with closing(Ledger(data)) as ledger:
        ledger.keep_note("kept", "of somebody")
    assert bind_to_board(data) == ["ledger.key", "station.pem"]
    return data


def test_a_bound_station_goes_on_as_before_and_is_bound_once(bound: Path) -> None:
    assert bind_to_board(bound) == []
    with closing(Ledger(bound)) as ledger:
        assert ledger.note("kept") == "of somebody"
        assert station_key(bound / "keys").public_key() == ledger.keys.signing.public_key()
        assert set(ledger.keys.carried()) == {"ledger.key", "station.pem"}
        assert not any(is_bound(key) for key in ledger.keys.carried().values())  # a backup carries what opens elsewhere
    for name in ("ledger.key", "station.pem"):
        assert (bound / "keys" / name).stat().st_mode & 0o077 == 0
        assert b"PRIVATE KEY" not in (bound / "keys" / name).read_bytes()


def test_a_key_is_bound_from_its_first_byte_on_the_card(
    tmp_path: Path, serial: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert serial.exists()
    written: list[bytes] = []
    durably = keyring.write_durably
    monkeypatch.setattr(keyring, "write_durably", lambda path, data: (written.append(data), durably(path, data)))
    keys = Keyring(tmp_path / "data", bound=True)
    assert len(written) == 2
    assert all(map(is_bound, written))
    assert Keyring(tmp_path / "data").public_bytes == keys.public_bytes
    assert bind_to_board(tmp_path / "data") == []


def test_what_lay_plain_is_overwritten_when_it_is_bound(tmp_path: Path, serial: Path) -> None:
    assert serial.exists()
    Keyring(tmp_path / "data")
    kept = tmp_path / "kept.key"
    path = tmp_path / "data/keys/ledger.key"
    kept.hardlink_to(path)  # the same bytes on the disk, under a name that stays
    assert kept.read_bytes().strip(b"\0") != b""
    assert bind_to_board(tmp_path / "data") == ["ledger.key", "station.pem"]
    assert kept.read_bytes() == bytes(32)
    assert is_bound(path.read_bytes())


def test_the_card_in_another_board_gives_nothing_and_says_what_to_do(bound: Path, serial: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(bound, tmp_path / "copied")
    serial.write_bytes(b"10000000deadbeef\0")
    with pytest.raises(LedgerUnreadable, match=r"another board.*restore the backup"):
        Ledger(copied)
    with pytest.raises(ValueError, match="another board"):
        station_key(copied / "keys")
    serial.unlink()
    with pytest.raises(LedgerUnreadable, match="this machine has none"):
        Ledger(copied)


def test_a_machine_without_a_secret_keeps_plain_files(tmp_path: Path, serial: Path) -> None:
    serial.write_bytes(b"0000000000000000\0")
    data = tmp_path / "plain"
    Ledger(data).close()
    assert bind_to_board(data) == []
    Ledger(data).close()


def test_a_credential_of_systemd_comes_before_the_serial_number(
    tmp_path: Path, serial: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "station-seal").write_bytes(bytes(range(32)))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    sealed = bind(b"key", "ledger.key", board.secrets_here())
    assert sealed is not None
    serial.unlink()
    assert unbound(sealed, "ledger.key", board.secrets_here()) == b"key"
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(WrongBoard):
        unbound(sealed, "ledger.key", board.secrets_here())


@pytest.mark.parametrize("place", [3, 30, 45, 60, -1])
def test_a_changed_or_renamed_file_does_not_open(serial: Path, place: int) -> None:
    sources = (FileSecret("device-tree", serial),)
    sealed = bind(b"k" * 32, "ledger.key", sources)
    assert sealed is not None
    with pytest.raises(WrongBoard):
        unbound(sealed, "station.pem", sources)
    changed = bytearray(sealed)
    changed[place] ^= 1
    if is_bound(bytes(changed)):
        with pytest.raises(WrongBoard):
            unbound(bytes(changed), "ledger.key", sources)
    else:
        assert place == 3
