"""The command line, `station`: each file is a thin door to one room.

Rooms are imported when a command runs, not before: `station --help` answers at once on a Pi too.
"""

from __future__ import annotations

from importlib import import_module

import typer

DOORS = (
    "run",
    "demo",
    "rehearse",
    "check",
    "profiles",
    "standardise",
    "scan",
    "models",
    "doctor",
    "support",
    "calibrate",
    "cast",
    "people",
    "update",
    "pair",
    "queue",
    "keys",
    "provision",
    "label",
    "platform",
    "records",
    "journal",
    "ledger",
    "forget",
    "backup",
    "retention",
    "export",
    "print",
)
"""The files of this room that are subcommands, in the order of `station --help`."""


def main() -> None:
    """Run the program `station`."""
    program()()


def program() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        name="station",
        help="The capture station: takes, judges and hands over graduation photos.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for door in DOORS:
        import_module(f"appliance.cli.{door}").register(app)
    return app
