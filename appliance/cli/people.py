"""`station people`: who may sign in at the tablets, listed and changed from the machine itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from appliance.web.people import People

Data = Annotated[Path | None, typer.Option("--data", help="Data folder of the station.", metavar="DIR")]
Who = Annotated[str, typer.Argument(help="Id or name, as station people list shows it.", metavar="PERSON")]
FromInput = Annotated[bool, typer.Option("--pin-stdin", help="Read the PIN from standard input, for scripts.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="Operators and technicians: list, add, remove, new PIN.")
    group.command("list")(show)
    for command in (add, remove, reset):
        group.command()(command)
    app.add_typer(group, name="people")


def show(
    data: Data = None, as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False
) -> None:
    """Show who may sign in."""
    from appliance.cli.report import print_json, print_table

    with _people(data) as people:
        listed = [person.shown() for person in people.all()]
    if as_json:
        print_json({"people": listed})
    elif listed:
        print_table("people", listed, ("id", "name", "role"))
    else:
        typer.echo("nobody is listed: every paired tablet may operate (station people add NAME --role technician)")


def add(
    name: Annotated[str, typer.Argument(help="The name on the sign-in screen.")],
    role: Annotated[str, typer.Option(help="operator or technician; the first must be a technician.")] = "operator",
    from_input: FromInput = False,
    data: Data = None,
) -> None:
    """Add somebody; the PIN is asked for twice. Exit code 2 when name, role or PIN cannot be used."""
    with _people(data, "people add") as people:
        person = people.add(name, _role(role), _pin(from_input=from_input))
        typer.echo(f"{person.name} may sign in as {person.role} ({person.id})")


def remove(who: Who, data: Data = None) -> None:
    """Remove somebody; the last technician stays until everybody else is removed."""
    with _people(data, "people remove") as people:
        found = _one(people, who)
        people.remove(found)
        typer.echo(f"removed {who}")


def reset(
    who: Annotated[str | None, typer.Argument(help="Whose PIN; nobody named: --all.", metavar="PERSON")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Remove everybody: the set-up code works again.")] = False,
    from_input: FromInput = False,
    data: Data = None,
) -> None:
    """Give somebody a new PIN, or begin anew with nobody listed. Exit code 2 when neither or both were named."""
    from appliance.cli.failing import fail

    if (who is None) is not everybody:
        fail("name one person, or --all to begin anew (station people list)", 2)
    with _people(data, "people reset") as people:
        if who is None:
            people.clear()
            typer.echo("nobody is listed; the next start of the station shows a set-up code")
        else:
            people.change(_one(people, who), pin=_pin(from_input=from_input))
            typer.echo(f"{who} has a new PIN")


def _one(people: People, who: str) -> str:
    from appliance.cli.failing import fail

    found = [person.id for person in people.all() if who in (person.id, person.name)]
    if not found:
        fail(f"nobody here is called {who!r}: see station people list", 2)
    return found[0]


def _role(given: str) -> Literal["operator", "technician"]:
    from appliance.cli.failing import fail

    if given not in ("operator", "technician"):
        fail(f"no such role: {given}; choose operator or technician", 2)
    return "technician" if given == "technician" else "operator"


def _pin(*, from_input: bool) -> str:
    import sys

    if from_input:
        return sys.stdin.readline().strip()
    return str(typer.prompt("PIN (6 digits)", hide_input=True, confirmation_prompt=True))


@contextmanager
def _people(data: Path | None, action: str | None = None) -> Iterator[People]:
    """The list of the station in `data`; what it refuses ends the program with the reason. The journal is told of an `action`."""
    from appliance.cli.failing import fail
    from appliance.cli.opening import note
    from appliance.ledger.errors import LedgerError
    from appliance.ledger.store import Ledger
    from appliance.settings import default_data_dir
    from appliance.web.people import People
    from appliance.web.problems import ProblemError

    try:
        ledger = Ledger(data or default_data_dir())
    except (LedgerError, OSError) as error:
        fail(str(error), 2)
    try:
        yield People(ledger)
        if action is not None:
            note(ledger, action)
    except ProblemError as error:
        fail(f"{error.message.en} / {error.message.zh}", 2)
    finally:
        ledger.close()
