"""The command line, `station`: each file is a thin door to one room.

Rooms are imported when a command runs, not before: `station --help` answers at once on a Pi too.
"""

from __future__ import annotations

import typer

from appliance.cli import cast, check, demo, models, platform, queue, rehearse, run, scan, standardise

DOORS = (run, demo, rehearse, check, standardise, scan, models, cast, queue, platform)


def main() -> None:
    """Run the program `station`."""
    program().main()


def program() -> typer.core.TyperGroup:
    """The whole command line."""
    app = typer.Typer(
        name="station",
        help="The capture station: takes, judges and hands over graduation photos.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for door in DOORS:
        door.register(app)
    return typer.main.get_group(app)
