"""`station journal`: proof that nothing was removed or changed, and what was written."""

from __future__ import annotations

from typing import Annotated

import typer

from appliance.cli.opening import AsJson, Data


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="The station's journal: verify its chain, show its entries.")
    for command in (verify, show):
        group.command()(command)
    app.add_typer(group, name="journal")


def verify(data: Data = None, as_json: AsJson = False) -> None:
    """Prove that no entry was removed, changed or reordered. Exit code 1, with the first broken entry's number, when one was."""
    from appliance.cli.failing import fail
    from appliance.cli.opening import opened
    from appliance.cli.report import print_json
    from appliance.ledger.errors import JournalBroken
    from appliance.ledger.journal import verify as prove

    with opened(data) as ledger, ledger.reading() as session:
        try:
            count = prove(session, ledger.keys.signing.public_key())
        except JournalBroken as error:
            if as_json:
                print_json({"sound": False, "entry": error.entry, "reason": str(error)})
                raise typer.Exit(1) from None
            fail(str(error), 1)
    if as_json:
        print_json({"sound": True, "entries": count})
    else:
        typer.echo(f"{count} entries, none removed, changed or out of order, all signed by this station")


def show(
    data: Data = None,
    as_json: AsJson = False,
    last: Annotated[int, typer.Option(min=1, max=100_000, help="How many, newest last.")] = 50,
    visit: Annotated[str | None, typer.Option(help="Only of this visit.", metavar="ID")] = None,
    event: Annotated[str | None, typer.Option(help="Only such events, for example capture.erased.")] = None,
) -> None:
    """Show entries with operator, device, software and clock trust."""
    from appliance.cli.opening import opened
    from appliance.cli.report import print_json, print_table
    from appliance.ledger.reading import entries

    with opened(data) as ledger, ledger.reading() as session:
        found = entries(session, last=last, visit_id=visit, event=event)
    if as_json:
        print_json({"entries": [entry.as_dict() for entry in found]})
        return
    rows = [
        {
            "seq": entry.seq,
            "at": entry.at if entry.clock_trusted else f"{entry.at} ?",
            "event": entry.event,
            "operator": entry.operator,
            "software": "" if entry.maker is None else entry.maker["version"],
            "what": ", ".join(f"{name}={value}" for name, value in entry.what.items()),
        }
        for entry in found
    ]
    print_table("journal (a ? marks a clock that was not trusted)", rows, tuple(rows[0]) if rows else ("seq", "event"))
