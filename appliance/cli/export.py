"""`station export`: photos and their list for the school's office; the queue on a stick for the platform."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from appliance.cli.opening import AsJson, Data
from appliance.cli.queue import export as queue_on_a_stick


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        no_args_is_help=True, help="Take photos off the station: for the school's office, or the queue on a stick."
    )
    group.command()(archive)
    group.command("queue")(queue_on_a_stick)  # the same as `station queue export`, where one looks for it
    app.add_typer(group, name="export")


def archive(
    to: Annotated[Path, typer.Option("--to", help="Folder to write to; the same again goes on.", metavar="DIR")],
    by: Annotated[
        str, typer.Option(help="Folders: school, level, type, class, major, joined by /.")
    ] = "school/level/class",
    only: Annotated[
        str, typer.Option(help="Only captures in these states, with commas, for example accepted.")
    ] = "waiting,parked,sent,reviewing,accepted",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Photos in folders and a list that Excel opens. Exit code 1 when it cannot be written whole, 2 for usage."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from appliance.archive import folders
    from appliance.archive.errors import ArchiveFailed
    from appliance.cli.failing import fail
    from appliance.cli.opening import note, opened
    from appliance.cli.plans import plans_of
    from appliance.cli.report import print_json
    from appliance.visit.record_query import STATES

    states = [state for state in STATES if state in only.split(",")]
    if len(states) != len(only.split(",")):
        fail(f"--only {only}: choose of {', '.join(STATES)}", 2)
    columns = (TextColumn("writing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with opened(data) as ledger, Progress(*columns, console=Console(stderr=True), disable=as_json) as shown:
        bar = shown.add_task("", total=None)
        note(ledger, "export archive")  # before the first photo leaves
        try:
            done = folders.archive(
                ledger,
                to,
                by=folders.levels_of(by),
                patterns={plan.id: plan.archive_name for plan in plans_of(ledger)},
                states=states,
                progress=lambda number, total: shown.update(bar, completed=number, total=total),
            )
        except ArchiveFailed as error:
            fail(f"{error.message.zh}\n{error.message.en}", 2)
        except OSError as error:
            fail(
                f"not written whole ({error}): free some space or plug the stick in, then give the same command again",
                1,
            )
    if as_json:
        print_json(
            {
                "written": done.written,
                "there_already": done.there_already,
                "missing": list(done.missing),
                "list": str(done.list_file),
            }
        )
    else:
        typer.echo(f"{done.written} photos written, {done.there_already} were there; the list is {done.list_file}")
    if done.missing:
        fail(f"without a photo on this station any more: {', '.join(done.missing)}", 1)
