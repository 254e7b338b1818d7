"""`station records`: what became of the captures of this station."""

from __future__ import annotations

from typing import Annotated

import typer

from appliance.cli.opening import AsJson, Data


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(records)


def records(
    query: Annotated[str, typer.Argument(help="Words of the masked name, number, class, or a capture id.")] = "",
    state: Annotated[
        str | None, typer.Option(help="waiting, parked, sent, reviewing, accepted, refused, withdrawn.")
    ] = None,
    recall: Annotated[bool, typer.Option("--recall", help="Only who was refused and must come back.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List captures, newest first, with state and reasons. Exit code 2 for a state that there is not."""
    from appliance.cli.failing import fail
    from appliance.cli.opening import opened
    from appliance.cli.report import print_json, print_table
    from appliance.visit.record_query import STATES, Wanted
    from appliance.visit.records import Records

    named = next((known for known in STATES if known == state), None)
    if state is not None and named is None:
        fail(f"{state!r} is no state: {', '.join(STATES)}", 2)
    with opened(data) as ledger:
        found = Records(ledger).find(Wanted(query=query, state=named, recall=recall, limit=limit))
        counts = Records(ledger).counts()
    if as_json:
        print_json({"records": [record.as_dict() for record in found], "counts": counts})
        return
    rows = [
        {
            "capture": record.capture_id,
            "name": (record.summary.get("identity") or {}).get("name", ""),
            "class": (record.summary.get("identity") or {}).get("class_name", ""),
            "state": record.state,
            "accepted": record.accepted_at[:16],
            "reasons": "; ".join(f"{reason['message']['zh']} ({reason['rule']})" for reason in record.reasons),
        }
        for record in found
    ]
    if rows:
        print_table("records", rows, tuple(rows[0]))
    typer.echo(", ".join(f"{name} {number}" for name, number in counts.items()))
