from __future__ import annotations

from pathlib import Path

import pytest

from appliance.ledger.errors import CaptureMissing, FileDamaged
from appliance.ledger.vault import Vault

PLAIN = b"\xff\xd8 a photo of somebody " * 50


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault", bytes(32))


def test_what_is_written_is_read_back_and_is_not_on_disk_in_the_plain(vault: Vault, tmp_path: Path) -> None:
    vault.write("c-1", "photo", PLAIN)
    assert vault.read("c-1", "photo") == PLAIN
    assert b"somebody" not in (tmp_path / "vault" / "c-1.photo").read_bytes()


def test_one_flipped_bit_is_noticed(vault: Vault, tmp_path: Path) -> None:
    vault.write("c-1", "photo", PLAIN)
    path = tmp_path / "vault" / "c-1.photo"
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)
    with pytest.raises(FileDamaged, match="c-1"):
        vault.read("c-1", "photo")


def test_a_file_cannot_stand_in_for_another(vault: Vault, tmp_path: Path) -> None:
    vault.write("c-1", "photo", PLAIN)
    (tmp_path / "vault" / "c-1.photo").rename(tmp_path / "vault" / "c-2.photo")
    with pytest.raises(FileDamaged):
        vault.read("c-2", "photo")


@pytest.mark.parametrize("name", ["../keys/ledger", "a/b", "", ".."])
def test_an_id_cannot_leave_the_folder(vault: Vault, name: str) -> None:
    with pytest.raises(CaptureMissing):
        vault.read(name, "photo")


def test_sweeping_removes_what_no_row_names_and_half_written_files(vault: Vault, tmp_path: Path) -> None:
    vault.write("kept", "photo", PLAIN)
    vault.write("orphan", "original", PLAIN)
    (tmp_path / "vault" / ".kept.original.77.part").write_bytes(b"half")
    assert vault.sweep(["kept"]) == [".kept.original.77.part", "orphan.original"]
    assert vault.read("kept", "photo") == PLAIN


def test_a_deleted_capture_is_gone_and_deleting_again_is_no_error(vault: Vault) -> None:
    vault.write("c-1", "photo", PLAIN)
    vault.delete("c-1")
    vault.delete("c-1")
    with pytest.raises(CaptureMissing, match="not on this station"):
        vault.read("c-1", "photo")
