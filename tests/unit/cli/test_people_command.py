"""`station people` as it is typed."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from appliance.cli import calibrate, export, people, queue, support
from appliance.ledger.reading import entries
from appliance.ledger.store import Ledger


def station(*arguments: object, typed: str = "") -> Result:
    app = typer.Typer()
    for room in (people, queue, export, support, calibrate):
        room.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=typed)


def test_people_are_added_listed_given_a_new_pin_and_removed(tmp_path: Path) -> None:
    data = ("--data", tmp_path)
    assert "nobody is listed" in station("people", "list", *data).output
    first = station("people", "add", "小李", "--pin-stdin", *data, typed="402817\n")
    assert (first.exit_code, "must be a technician" in first.stderr) == (2, True)
    added = station("people", "add", "王工", "--role", "technician", *data, typed="402817\n402817\n")
    assert added.exit_code == 0, added.output
    assert "402817" not in added.output
    assert station("people", "add", "小李", "--pin-stdin", *data, typed="918273\n").exit_code == 0
    listed = json.loads(station("people", "list", "--json", *data).output)["people"]
    assert [(person["name"], person["role"]) for person in listed] == [("王工", "technician"), ("小李", "operator")]
    assert station("people", "reset", "小李", "--pin-stdin", *data, typed="730164\n").exit_code == 0
    assert station("people", "reset", "小李", "--pin-stdin", *data, typed="111111\n").exit_code == 2
    last = station("people", "remove", "王工", *data)
    assert (last.exit_code, "at least one technician" in last.stderr) == (2, True)
    assert station("people", "remove", listed[1]["id"], *data).exit_code == 0
    assert station("people", "reset", "--all", *data).exit_code == 0
    assert "nobody is listed" in station("people", "list", *data).output


def test_what_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    data = ("--data", tmp_path)
    for arguments in (("reset",), ("reset", "x", "--all"), ("remove", "x"), ("add", "x", "--role", "boss")):
        assert station("people", *arguments, *data, typed="402817\n402817\n").exit_code == 2, arguments


def test_what_is_done_at_the_console_is_in_the_journal_without_names_and_pins(tmp_path: Path) -> None:
    data = ("--data", tmp_path)
    station("people", "add", "王工", "--role", "technician", "--pin-stdin", *data, typed="402817\n")
    station("people", "add", "小李", "--pin-stdin", *data, typed="12\n")  # refused: nothing was done
    station("people", "reset", "王工", "--pin-stdin", *data, typed="918273\n")
    station("people", "list", *data)
    station("queue", "pause", "--reason", "王工说的", *data)
    station("queue", "resume", *data)
    station("queue", "retry", "--all", *data)
    station("export", "archive", "--by", "class", "--to", tmp_path / "stick", *data)
    station("support", "--out", tmp_path, *data)
    station("calibrate", "undo", *data)
    with closing(Ledger(tmp_path)) as ledger, ledger.reading() as session:
        told = [(entry.operator, entry.what) for entry in entries(session, last=20, event="technician.action")]
    actions = ["people add", "people reset", "queue pause", "queue resume", "queue retry", "export archive", "support"]
    actions.append("calibrate undo")
    assert told == [("console", {"action": f"station {action}"}) for action in actions]
