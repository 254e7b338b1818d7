"""How a command opens a station's ledger, and says what keeps it from doing so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from appliance.ledger.journal import Moment
    from appliance.ledger.store import Ledger
    from appliance.settings import Settings

Data = Annotated[Path | None, typer.Option("--data", help="Data folder of the station.", metavar="DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def settings_of(data: Path | None) -> Settings:
    """The station's settings, its data folder `data` where one is named; exit code 2, with every reason, for wrong ones."""
    from pydantic import ValidationError

    from appliance.cli.failing import fail
    from appliance.settings import Settings, explained

    try:
        return Settings() if data is None else Settings(data_dir=data)
    except ValidationError as error:
        fail(explained(error), 2)


@contextmanager
def opened(data: Path | None) -> Iterator[Ledger]:
    """The ledger of a data folder that is there; exit code 2, with the reason, when it cannot be used."""
    from appliance.cli.failing import fail
    from appliance.ledger.errors import LedgerError
    from appliance.ledger.store import Ledger
    from appliance.settings import default_data_dir

    folder = data or default_data_dir()
    if not (folder / "ledger.db").is_file():
        fail(f"no station keeps its data in {folder}: name its folder with --data", 2)
    try:
        ledger = Ledger(folder)
    except (LedgerError, OSError) as error:
        fail(str(error), 2)
    try:
        yield ledger
    finally:
        ledger.close()


def note(ledger: Ledger, action: str) -> None:
    """What somebody did at the station's console, for the journal: the command, never what was typed with it."""
    ledger.record(now(), "technician.action", body={"operator": "console", "action": f"station {action}"})


def note_where_kept(data: Path | None, action: str) -> None:
    """As `note`, for what can be done without a ledger too: where there is none, or it does not open, the doing goes on."""
    from appliance.ledger.errors import LedgerError
    from appliance.ledger.store import Ledger
    from appliance.settings import default_data_dir

    folder = data or default_data_dir()
    if not (folder / "ledger.db").is_file():
        return
    try:
        ledger = Ledger(folder)
    except (LedgerError, OSError) as error:
        typer.echo(f"not in the journal: {error}", err=True)
        return
    try:
        note(ledger, action)
    finally:
        ledger.close()


def now() -> Moment:
    """This moment, as the journal writes it."""
    from appliance.ledger.journal import Moment
    from firmware.clock import SystemClock

    reading = SystemClock().read()
    return Moment(at=reading.utc.isoformat(), clock_trusted=reading.trusted, boot_id=reading.boot_id)
