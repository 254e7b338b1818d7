"""Bundles: nothing is written before every byte is proven, and nothing that strangers change gets through."""

from __future__ import annotations

import io
import random
import tarfile
from pathlib import Path

import pytest
from bundle_fixtures import FILES, Publisher, bundle_of, head_of, manifest_of

from appliance.release.bundle import signed_manifest, unpack_bundle, verify_bundle
from appliance.release.errors import BundleRefused
from appliance.release.keys import key_line, trusted_keys
from appliance.release.manifest import LARGEST_BUNDLE, Member
from appliance.release.tarball import BLOCK, Entry, header

PUBLISHER = Publisher()


def test_a_bundle_is_verified_and_unpacked_as_it_was_made(tmp_path: Path) -> None:
    data = bundle_of(tmp_path / "made", PUBLISHER)
    heard: list[float] = []
    assert verify_bundle(io.BytesIO(data), PUBLISHER.trusted, heard.append) == manifest_of()
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    unpack_bundle(io.BytesIO(data), PUBLISHER.trusted, tmp_path / "out")
    assert {name: (tmp_path / "out" / name).read_bytes() for name in FILES} == FILES
    assert bundle_of(tmp_path / "again", PUBLISHER) == data  # the same release is the same bytes
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:  # and any tar reads it
        assert [entry.name for entry in archive][2:] == list(FILES)


def test_every_changed_byte_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    data = bundle_of(tmp_path / "made", PUBLISHER)
    choice = random.Random(20261122)
    for at in sorted({*choice.sample(range(len(data)), 200), 0, BLOCK, len(data) - 1}):
        spoilt = bytearray(data)
        spoilt[at] ^= 1 << choice.randrange(8)
        with pytest.raises(BundleRefused):
            unpack_bundle(io.BytesIO(bytes(spoilt)), PUBLISHER.trusted, tmp_path / "out")
        assert not (tmp_path / "out").exists(), at


def test_one_that_is_cut_or_goes_on_is_refused(tmp_path: Path) -> None:
    data = bundle_of(tmp_path / "made", PUBLISHER)
    for end in {0, 100, BLOCK, 3 * BLOCK, len(data) // 2, len(data) - 1, len(data) - BLOCK}:
        with pytest.raises(BundleRefused):
            verify_bundle(io.BytesIO(data[:end]), PUBLISHER.trusted)
    with pytest.raises(BundleRefused):
        verify_bundle(io.BytesIO(data + b"\0"), PUBLISHER.trusted)


def test_another_publisher_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    data = bundle_of(tmp_path / "made", Publisher(seed=2))
    with pytest.raises(BundleRefused, match="no trusted key") as refused:
        signed_manifest(io.BytesIO(data), PUBLISHER.trusted)
    assert "公钥" in refused.value.zh
    with pytest.raises(BundleRefused, match="--release-key"):
        signed_manifest(io.BytesIO(data), {})


def test_two_keys_are_known_while_one_takes_over_from_the_other(tmp_path: Path) -> None:
    old, new = Publisher(1), Publisher(2)

    (tmp_path / "keys").mkdir()
    for name, owner in (("old", old), ("new", new)):
        (tmp_path / f"keys/{name}.pub").write_text(key_line(owner.public, name))
    (tmp_path / "keys/spoilt.pub").write_text("capture-station-release AAAA spoilt\n")
    trusted = trusted_keys([tmp_path / "keys", tmp_path / "none"])
    assert trusted == {**old.trusted, **new.trusted}
    for owner in (old, new):
        verify_bundle(io.BytesIO(bundle_of(tmp_path / "made", owner)), trusted)


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "a/../../b", "a//b", "a/./b", "a\\b", "", "a\nb", "x" * 300, "émile"]
)
def test_paths_that_leave_the_folder_are_refused_in_manifest_and_archive(name: str) -> None:
    manifest = manifest_of({"plain": b"x"}, members=(Member(name, 1, "0" * 64),))
    with pytest.raises(BundleRefused):
        verify_bundle(io.BytesIO(head_of(PUBLISHER, manifest)), PUBLISHER.trusted)
    with pytest.raises(ValueError):
        header(Entry(name, 1))


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    data = bytearray(bundle_of(tmp_path / "made", PUBLISHER))
    member = data.index(b"source/pyproject.toml".ljust(100, b"\0"))
    for kind in (b"1", b"2", b"3", b"5", b"L", b"x"):
        block = bytearray(data[member : member + BLOCK])
        block[156:157] = kind
        block[148:156] = b" " * 8
        block[148:156] = f"{sum(block):06o}\0 ".encode()
        spoilt = bytes(data[:member]) + bytes(block) + bytes(data[member + BLOCK :])
        with pytest.raises(BundleRefused, match="no plain file"):
            verify_bundle(io.BytesIO(spoilt), PUBLISHER.trusted)


def test_sizes_are_bounded_before_they_are_believed() -> None:
    huge = manifest_of({}, members=(Member("a", LARGEST_BUNDLE + 1, "0" * 64),))
    with pytest.raises(BundleRefused, match="at most 2000 MB"):
        verify_bundle(io.BytesIO(head_of(PUBLISHER, huge)), PUBLISHER.trusted)
    claimed = header(Entry("manifest.json", 8**11 - 1)) + bytes(BLOCK)
    with pytest.raises(BundleRefused, match="no bundle"):
        verify_bundle(io.BytesIO(claimed), PUBLISHER.trusted)


@pytest.mark.parametrize(
    "other",
    [
        {"version": "0.2.0"},
        {"version": "../x-11112222"},
        {"serial": "7"},
        {"notes": {"zh": "only"}},
        {"members": (Member("A", 0, "0" * 64), Member("a", 0, "0" * 64))},
        {"members": (Member("a", -1, "0" * 64),)},
        {"members": (Member("a", 0, "zz"),)},
    ],
)
def test_a_signed_manifest_that_makes_no_sense_is_refused(other: dict[str, object]) -> None:
    manifest = manifest_of({}, **other)
    with pytest.raises(BundleRefused, match="manifest is wrong"):
        verify_bundle(io.BytesIO(head_of(PUBLISHER, manifest)), PUBLISHER.trusted)
