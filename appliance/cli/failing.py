"""How a command says that it cannot go on."""

from __future__ import annotations

from typing import NoReturn

import typer


def fail(text: str, code: int) -> NoReturn:
    """One line on standard error, then the exit code."""
    typer.echo(text, err=True)
    raise typer.Exit(code)
