"""How the installing commands answer: a table or a line for people, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import typer
from rich.console import Console
from rich.table import Table

from models.errors import DeliveryIncomplete


def print_json(value: Mapping[str, object]) -> None:
    """One JSON document on standard output, Chinese as it is."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(title: str, rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
    """Show the named columns of ``rows``; true and false become yes and no."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    words = {True: "yes", False: "no"}
    for row in rows:
        cells = (row[column] for column in columns)
        table.add_row(*(words[cell] if isinstance(cell, bool) else str(cell) for cell in cells))
    Console().print(table)


def say_line(line: str) -> None:
    """One line about what was done."""
    typer.echo(line)


def say_incomplete(error: DeliveryIncomplete, *, as_json: bool) -> None:
    """Say what is missing, why, and what to do: people on standard error, machines on standard output."""
    if as_json:
        print_json({"missing": list(error.missing), "failures": list(error.failures), "advice": error.advice})
    else:
        typer.echo(str(error), err=True)
