"""`station retention`: what is past its days goes."""

from __future__ import annotations

from typing import Annotated

import typer

from appliance.cli.opening import AsJson, Data


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(retention)


def retention(
    data: Data = None,
    automatic: Annotated[
        bool, typer.Option("--automatic", help="The timer's way: no station here is no error.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Erase captures past their plan's days and copies of the ledger that updates laid aside; the delivery process does so too."""
    from dataclasses import asdict

    from appliance.cli.opening import opened
    from appliance.cli.report import print_json
    from appliance.outbox.tidying import tidy
    from appliance.settings import default_data_dir

    if automatic and not ((data or default_data_dir()) / "ledger.db").is_file():
        return
    with opened(data) as ledger:
        done = tidy(ledger)
    if as_json:
        print_json(asdict(done))
        return
    typer.echo(f"{done.erased} captures and {done.copies} copies of the ledger erased")
    if not done.time_known:
        typer.echo("the platform was not reached, so its time is unknown: captures stay until it is")
