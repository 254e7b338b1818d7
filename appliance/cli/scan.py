"""`station scan`: reads codes in picture files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

EXIT_UNREADABLE, EXIT_USAGE = 1, 2


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(scan)


def scan(
    files: Annotated[list[Path], typer.Argument(help="Pictures with a code.", metavar="FILE...")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print what the codes say. Exit code 0 when each file has one, 1 when some has none, 2 for unreadable input."""
    import json

    from appliance.portrait.errors import UnreadablePicture
    from appliance.portrait.picture_file import read_picture
    from firmware.scanner.codes import read_codes

    results: list[dict[str, Any]] = []
    for file in files:
        try:
            results.append({"file": str(file), "codes": read_codes(read_picture(file).pixels)})
        except UnreadablePicture as error:
            results.append({"file": str(file), "codes": [], "error": {"zh": error.message.zh, "en": error.message.en}})
    if as_json:
        typer.echo(json.dumps(results, ensure_ascii=False, indent=2))
    else:
        for result in results:
            typer.echo(f"{result['file']}: {_said(result)}")
    if any("error" in result for result in results):
        raise typer.Exit(EXIT_USAGE)
    raise typer.Exit(0 if all(result["codes"] for result in results) else EXIT_UNREADABLE)


def _said(result: dict[str, Any]) -> str:
    if "error" in result:
        return f"{result['error']['zh']} / {result['error']['en']}"
    return "; ".join(result["codes"]) or "读不出采集码 / no code can be read"
