"""What README.md promises exists: commands, options, targets, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from appliance.cli import program

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def leaf(words: list[str]) -> typer.core.TyperCommand:
    command = typer.main.get_group(program())
    for word in words:
        command = command.commands[word]  # type: ignore[attr-defined, assignment]
    return command  # type: ignore[return-value]


def named_commands() -> list[str]:
    return sorted({match.strip() for match in re.findall(r"`(?:\.venv/bin/)?station ([^`]+)`", README)})


@pytest.mark.parametrize("line", named_commands())
def test_every_command_of_the_readme_exists_with_its_options(line: str) -> None:
    plain = line.replace("\\|", "|")
    words = re.match(r"[a-z|]+(?: [a-z|]+)*", plain)
    assert words is not None
    *groups, last = words.group().split()
    for name in last.split("|"):
        command = leaf([*groups, name])
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"(?<!\w)--?[a-z][a-z-]*", plain)) <= known


def test_the_program_explains_itself() -> None:
    runner = CliRunner()
    assert runner.invoke(program(), ["--help"]).exit_code == 0
    for name in typer.main.get_group(program()).commands:
        assert f"`station {name}" in README or name in {"cast"}, f"README does not name station {name}"


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", README)) <= targets


def test_every_link_and_picture_of_the_readme_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("room", ["firmware", "models", "appliance", "systemd", "provisioning", "tests"])
def test_every_room_says_what_lives_there_on_one_screen(room: str) -> None:
    lines = (ROOT / room / "README.md").read_text(encoding="utf-8").splitlines()
    assert 5 <= len(lines) <= 60


def test_only_the_houses_rooms_and_doors_stand_at_the_top() -> None:
    rooms = {"firmware", "models", "appliance", "systemd", "provisioning", "tests", ".ci"}
    doors = {"pyproject.toml", "README.md", "Makefile", "LICENSE", "CHANGELOG.md", ".gitignore"}
    locks = {"requirements.lock", "requirements-device.lock", "requirements-dev.lock"}
    ignored = set((ROOT / ".gitignore").read_text().split())
    found = {path.name + ("/" if path.is_dir() else "") for path in ROOT.iterdir() if path.name != ".git"}
    kept = {name.rstrip("/") for name in found if not any(Path(name.rstrip("/")).match(p.rstrip("/")) for p in ignored)}
    assert kept <= rooms | doors | locks
