"""Making a release: a publisher's key, what goes in, and a bundle that proves itself."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest

from appliance.release.bundle import verify_bundle, write_bundle
from appliance.release.keys import key_id, key_in
from appliance.release.manifest import Manifest
from appliance.release.tarball import is_safe
from provisioning.bundler.gather import LONGEST_NAME, CannotGather, gather_debs, gather_source, members_of, short_name
from provisioning.bundler.keys import load_key, make_key
from provisioning.installer.context import Context

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("passphrase", [None, "correct horse"])
def test_a_key_pair_is_made_once_and_read_back(tmp_path: Path, passphrase: str | None) -> None:
    public = make_key(tmp_path / "publisher", "our school", passphrase)
    assert (tmp_path / "publisher").stat().st_mode & 0o777 == 0o600
    key = load_key(tmp_path / "publisher", passphrase)
    assert key.public_key().public_bytes_raw() == key_in(public.read_text())
    with pytest.raises(FileExistsError):
        make_key(tmp_path / "publisher", "again", passphrase)
    with pytest.raises(ValueError):
        load_key(public, None)
    if passphrase:
        with pytest.raises(ValueError):
            load_key(tmp_path / "publisher", "wrong")


def test_long_names_of_wheels_keep_what_pip_reads() -> None:
    long = "charset_normalizer-3.5.2-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl"
    assert short_name(long) == "charset_normalizer-3.5.2-cp311-cp311-manylinux2014_x86_64.whl"
    assert len(short_name(long)) < LONGEST_NAME
    assert short_name("a-1.0-py2.py3-none-any.whl") == "a-1.0-py2.py3-none-any.whl"


def test_packages_of_the_distribution_come_under_names_that_a_bundle_can_carry(tmp_path: Path) -> None:
    for name in ("libstdc++6_12.2.0-14+deb12u1_amd64.deb", "dbus_1%3a1.14~rc1_amd64.deb", "lock"):
        (tmp_path / "archives" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "archives" / name).write_text(name)
    gather_debs(tmp_path / "archives", tmp_path / "release/debs")
    found = members_of(tmp_path / "release")
    assert [member.name for member in found] == ["debs/000-dbus.deb", "debs/001-libstdc--6.deb"]
    assert all(is_safe(member.name) for member in found)
    with pytest.raises(CannotGather, match="no packages"):
        gather_debs(tmp_path, tmp_path / "other")


def test_the_sources_of_a_release_are_a_station_and_nothing_else(tmp_path: Path) -> None:
    if subprocess.run(["git", "-C", str(ROOT), "rev-parse"], capture_output=True, check=False).returncode:
        pytest.skip("no checkout of git")
    gather_source(ROOT, tmp_path / "release/source")
    names = {member.name for member in members_of(tmp_path / "release")}
    for needed in (
        "provisioning/install",
        "provisioning/updater/__main__.py",
        "systemd/station.service",
        "pyproject.toml",
    ):
        assert f"source/{needed}" in names
    assert not [name for name in names if "/tests/" in name or name.endswith((".pem", ".key", ".db"))]
    key = make_key(tmp_path / "publisher", "x", None)
    signer = load_key(tmp_path / "publisher", None)
    manifest = Manifest(
        version=Context(tmp_path / "release/source").version,
        serial=1,
        oldest="0.1.0",
        schema=1,
        machines=(),
        pythons=(),
        notes={"zh": "", "en": ""},
        members=members_of(tmp_path / "release"),
    )
    public = key_in(key.read_text())
    file = io.BytesIO()
    signatures = {key_id(public): signer.sign(manifest.document()).hex()}
    write_bundle(file, manifest, signatures, {name: tmp_path / "release" / name for name in names})
    file.seek(0)
    assert verify_bundle(file, {key_id(public): public}) == manifest
