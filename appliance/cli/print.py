"""`station print`: sheets of one-inch and two-inch prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from appliance.cli.opening import Data

if TYPE_CHECKING:
    from appliance.archive.layouts import Sheet
    from appliance.archive.sheets import Print
    from appliance.ledger.store import Ledger


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("print")(print_sheets)


def print_sheets(
    out: Annotated[Path | None, typer.Argument(help="Where the PDF goes.", metavar="SHEETS.pdf")] = None,
    layout: Annotated[
        str, typer.Option(help="one-inch-8, two-inch-4, one-inch-a4, or one of the plan's.")
    ] = "one-inch-8",
    captures: Annotated[
        str, typer.Option(help="Ids with commas; without, every capture not refused or withdrawn.")
    ] = "",
    query: Annotated[str, typer.Option(help="Or words of the masked name, number, class.")] = "",
    copies: Annotated[int, typer.Option(min=0, max=100, help="Of each photo; 0 fills a sheet for each student.")] = 0,
    printer: Annotated[str | None, typer.Option(help="Send it to this CUPS printer too.", metavar="NAME")] = None,
    font: Annotated[Path | None, typer.Option(help="TrueType font for captions.", metavar="FILE.ttf")] = None,
    data: Data = None,
) -> None:
    """Draw sheets of prints as PDF. Exit code 1 when a photo or the printer is missing, 2 for usage."""
    from appliance.archive.errors import ArchiveFailed
    from appliance.archive.layouts import layouts, sheet_of
    from appliance.archive.printer import send
    from appliance.archive.sheets import pages_needed
    from appliance.cli.failing import fail
    from appliance.cli.opening import note, opened
    from appliance.cli.plans import plans_of
    from appliance.ledger.errors import LedgerError
    from appliance.ledger.files import write_durably

    if out is None or out.suffix.lower() != ".pdf":
        fail("name the file to write, ending in .pdf: station print SHEETS.pdf", 2)
    with opened(data) as ledger:
        known = layouts(wanted for plan in plans_of(ledger) for wanted in plan.print_layouts)
        if layout not in known:
            fail(f"no layout {layout!r}; there are {', '.join(known)}", 2)
        try:
            sheet = sheet_of(known[layout])
            wanted = _wanted(ledger, captures, query)
            if not wanted:
                fail("no capture is wanted: station records lists them", 1)
            note(ledger, "print")
            pdf = _drawn(ledger, sheet, wanted, copies, font)
            write_durably(out, pdf, mode=0o644)
            typer.echo(f"{out}: {pages_needed(sheet, len(wanted), copies)} sheets of {len(wanted)} photos ({layout})")
            if printer is not None:
                typer.echo(send(out, printer))
        except ArchiveFailed as error:
            fail(f"{error.message.zh}\n{error.message.en}", 1)
        except (LedgerError, OSError) as error:
            fail(str(error), 1)


def _wanted(ledger: Ledger, captures: str, query: str) -> list[tuple[str, dict[str, str]]]:
    """Capture ids with their masked identity, in the order of names given, else of taking."""
    from appliance.visit.record_query import MOST, Wanted
    from appliance.visit.records import Records

    records = Records(ledger)
    if captures:
        found = [records.get(capture_id.strip()) for capture_id in captures.split(",")]
    else:
        listed = records.find(Wanted(query=query, limit=MOST))
        found = [record for record in reversed(listed) if record.state not in ("refused", "withdrawn")]
    return [(record.capture_id, record.summary.get("identity") or {}) for record in found]


def _drawn(
    ledger: Ledger, sheet: Sheet, wanted: list[tuple[str, dict[str, str]]], copies: int, font: Path | None
) -> bytes:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.progress import track

    from appliance.archive.layouts import PROFILES
    from appliance.archive.prints import print_of
    from appliance.archive.sheets import Print, draw_sheets
    from appliance.portrait.profile import load_profile

    profile = load_profile(PROFILES[sheet.layout.photo])

    def prints() -> Iterator[Print]:
        for capture_id, identity in track(wanted, "drawing", console=Console(stderr=True), transient=True):
            yield Print(print_of(ledger.vault.read(capture_id, "photo"), profile), identity)

    return draw_sheets(sheet, prints(), copies=copies, font=font)
