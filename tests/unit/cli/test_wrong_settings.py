"""A settings file that was spoilt by hand: whoever types the next command reads which file, and where."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from appliance.cli import backup, doctor, keys, pair, update


@pytest.mark.parametrize("command", ["pair", "keys show", "keys make", "backup", "update check", "doctor"])
def test_no_command_answers_with_a_traceback(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "station.toml"
    file.write_text('name = "gym-1\\n')
    monkeypatch.setenv("STATION_SETTINGS", str(file))
    app = typer.Typer()
    for room in (pair, keys, backup, update, doctor):
        room.register(app)
    said = CliRunner().invoke(app, command.split())
    assert (said.exit_code, str(file) in said.stderr) == (2, True), said.output
