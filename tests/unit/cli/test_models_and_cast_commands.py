"""`station models` and `station cast`: exit codes, JSON for machines, words for people."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from appliance.cli import cast, models
from appliance.rehearsal.cast import load_cast
from models.install import NetworkMissing, network_path
from models.manifest import load_manifest


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run the program with both folders empty, without a registry in reach."""
    monkeypatch.setenv("STATION_NETWORKS", str(tmp_path / "networks"))
    monkeypatch.setenv("STATION_CAST", str(tmp_path / "cast"))
    (tmp_path / "archives").mkdir()
    app = typer.Typer()
    models.register(app)
    cast.register(app)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_list_as_json_has_every_network_and_its_pin(run):
    result = run("models", "list", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert [(row["name"], row["installed"]) for row in told["networks"]] == [(n.name, False) for n in load_manifest()]
    assert told["networks"][0]["sha256"] == load_manifest()[0].item.sha256


def test_list_for_people_names_every_network(run):
    result = run("models", "list")
    assert result.exit_code == 0
    assert all(entry.name in result.stdout for entry in load_manifest())


@pytest.mark.parametrize("group", ["models", "cast"])
def test_install_without_the_archives_ends_with_2_and_says_what_to_do(run, tmp_path, group):
    result = run(group, "install", "--from", str(tmp_path / "archives"))
    assert result.exit_code == 2
    assert "not in place: " in result.stderr
    assert f"station {group} install --from" in result.stderr
    told = json.loads(run(group, "install", "--from", str(tmp_path / "archives"), "--json").stdout)
    assert told["missing"]
    assert len(told["failures"]) >= 3


def test_verify_ends_with_1_when_a_network_is_missing_or_changed(run, tmp_path):
    (tmp_path / "networks").mkdir()
    (tmp_path / "networks" / "face_landmarks.tflite").write_bytes(b"?")
    result = run("models", "verify", "--json")
    assert result.exit_code == 1
    states = json.loads(result.stdout)["networks"]
    assert states["face_landmarks"] == "changed"
    assert states["face_full_range"] == "missing"
    with pytest.raises(NetworkMissing):
        network_path("face_landmarks")


def test_cast_list_tells_titles_and_licences(run):
    told = json.loads(run("cast", "list", "--json").stdout)
    assert [row["id"] for row in told["pictures"]] == [role.item.name for role in load_cast()]
    assert set(told["pictures"][0]["title"]) == {"zh", "en"}
    assert "nearly_right" in run("cast", "list").stdout


@pytest.mark.networks
def test_with_everything_there_nothing_is_brought_and_no_client_runs(run, networks_dir, monkeypatch):
    monkeypatch.setenv("STATION_NETWORKS", str(networks_dir))
    monkeypatch.setenv("PATH", "")
    result = run("models", "install", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["brought"] == []
    assert "all there" in run("models", "install").stdout
    assert run("models", "verify").exit_code == 0
