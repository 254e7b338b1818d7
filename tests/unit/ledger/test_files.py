from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.ledger.files import make_directory, write_durably


def test_the_file_is_fsynced_before_it_is_named_and_its_directory_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        calls.append("directory" if Path(f"/proc/self/fd/{descriptor}").is_dir() else "file")
        real_fsync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        calls.append("rename")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    write_durably(tmp_path / "photo", b"x" * 100_000)
    assert calls == ["file", "rename", "directory"]
    assert (tmp_path / "photo").read_bytes() == b"x" * 100_000


def test_a_full_disk_leaves_nothing_behind_and_the_old_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "photo"
    write_durably(target, b"old")

    def full(_descriptor: int, _data: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        write_durably(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["photo"]
    assert target.read_bytes() == b"old"


def test_files_and_folders_are_their_owners_only(tmp_path: Path) -> None:
    make_directory(tmp_path / "a" / "b")
    write_durably(tmp_path / "a" / "b" / "key", b"secret")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "b" / "key").stat().st_mode & 0o777 == 0o600
