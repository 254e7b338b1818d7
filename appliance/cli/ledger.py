"""`station ledger`: the schema of the station's database, and the way from one to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from appliance.cli.opening import AsJson, Data


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="The ledger's schema: show, migrate.")
    for command in (schema, migrate):
        group.command()(command)
    app.add_typer(group, name="ledger")


def schema(data: Data = None, as_json: AsJson = False) -> None:
    """Show which schema this program writes, and with --data which one is there."""
    from appliance.cli.report import print_json
    from appliance.ledger.migrations import LATEST

    there = None if data is None else _schema_there(data)
    if as_json:
        print_json({"writes": LATEST, "there": there})
    else:
        typer.echo(f"writes {LATEST}" + ("" if there is None else f", there: {there}"))


def migrate(
    to: Annotated[int, typer.Option(min=1, help="The schema wanted.", metavar="NUMBER")],
    data: Data = None,
) -> None:
    """Bring the ledger to another schema, rows included; what only the newer one holds is lost. Stop the station first."""
    from appliance.cli.failing import fail
    from appliance.ledger.database import plain_engine
    from appliance.ledger.keyring import Keyring
    from appliance.ledger.migrations import migrate as lead
    from appliance.settings import default_data_dir

    folder = data or default_data_dir()
    before = _schema_there(folder)
    engine = plain_engine(folder / "ledger.db", Keyring(folder).derive("database"))
    try:
        with engine.begin() as connection:
            lead(connection, to)
    except ValueError as error:
        fail(str(error), 2)
    finally:
        engine.dispose()
    typer.echo(f"schema {before} → {to}")


def _schema_there(folder: Path) -> int:
    from sqlalchemy import text
    from sqlalchemy.exc import DatabaseError

    from appliance.cli.failing import fail
    from appliance.ledger.database import plain_engine
    from appliance.ledger.errors import LedgerError
    from appliance.ledger.keyring import Keyring

    if not (folder / "ledger.db").is_file():
        fail(f"no station keeps its data in {folder}: name its folder with --data", 2)
    try:
        engine = plain_engine(folder / "ledger.db", Keyring(folder).derive("database"))
        with engine.begin() as connection:
            found = int(connection.execute(text("PRAGMA user_version")).scalar_one())
        engine.dispose()
    except (LedgerError, DatabaseError) as error:
        fail(str(error), 2)
    return found
