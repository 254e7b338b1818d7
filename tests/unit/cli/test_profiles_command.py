"""`station profiles`: what there is, every limit with its origin, what differs, and how a mistake is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from appliance.cli import profiles
from appliance.portrait.profile import FOLDER, load_profile, profile_names


def run(*arguments: str) -> Result:
    app = Typer()
    profiles.register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["profiles", *arguments], env={"COLUMNS": "160"})


def test_every_profile_is_listed_with_its_figures() -> None:
    listed = json.loads(run("--json").stdout)["profiles"]
    assert [row["name"] for row in listed] == list(profile_names())
    white = next(row for row in listed if row["name"] == "moe-2017-99-white")
    assert white["inherits"] == ["moe-2017-99"]
    assert white["differs"] == ["photo.background"]
    text = run()
    assert text.exit_code == 0
    assert all(name in text.stdout for name in profile_names())


@pytest.mark.parametrize("name", profile_names())
def test_every_limit_is_explained(name: str) -> None:
    told = json.loads(run(name, "--json").stdout)
    found = {row["key"]: row for row in told["limits"]}
    profile = load_profile(name)
    assert set(found) == set(profile.limits)
    for key, row in found.items():
        limit = tuple(row["limit"]) if isinstance(row["limit"], list) else row["limit"]
        assert limit == profile.limit(key)
        assert row["origin"] == profile.origins[key]
        assert row["title"]["zh"]
        assert (f'limits."{key}"' in told["differs"]) == (row["from"] == name and bool(told["inherits"]))


def test_what_differs_says_what_it_replaces() -> None:
    told = json.loads(run("cet", "--json").stdout)
    eyes = next(row for row in told["limits"] if row["key"] == "geometry.eyes")
    assert (eyes["from"], eyes["limit"], eyes["replaces"]) == ("cet", [105, 165], [200, 300])
    text = run("cet").stdout
    assert "105–165" in text
    assert "200–300" in text
    assert "moe-2017-99, scaled to the larger head" in text


def test_an_unknown_profile_names_those_there_are() -> None:
    result = run("cet-2030")
    assert result.exit_code == 2
    assert "id-2inch" in result.stderr
    assert "没有配置" in result.stderr


def test_a_mistake_is_told_with_file_and_key(tmp_path: Path) -> None:
    for path in FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    text = (tmp_path / "cet.toml").read_text(encoding="utf-8").replace("height = 320", "hight = 320")
    (tmp_path / "cet.toml").write_text(text, encoding="utf-8")
    for arguments in (("cet",), ()):
        result = run(*arguments, "--in", str(tmp_path))
        assert result.exit_code == 2
        assert "cet.toml: photo.hight: unknown key" in result.stderr
