"""`station support`: a file for whoever helps, with nothing of anybody in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from appliance.cli.opening import Data


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(support)


def support(
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.", metavar="DIR", file_okay=False)] = Path(),
    data: Data = None,
) -> None:
    """Write versions, states, logs and measurements, scrubbed of names, numbers, codes and secrets. Exit code 2 when it cannot."""
    from appliance.cli.failing import fail
    from appliance.cli.opening import note_where_kept
    from appliance.settings import default_data_dir
    from appliance.support.bundle import write_support

    folder = data or default_data_dir()
    if not folder.is_dir():
        fail(f"no station keeps its data in {folder}: name its folder with --data", 2)
    note_where_kept(folder, "support")
    typer.echo("gathering logs and states; a few seconds", err=True)
    try:
        path = write_support(folder, out, lambda: _doctor(folder))
    except OSError as error:
        fail(f"{out}: {error.strerror}", 2)
    typer.echo(f"{path} ({path.stat().st_size / 1e3:.0f} kB): no names, numbers, codes or secrets are in it")


def _doctor(folder: Path) -> dict[str, Any]:
    """What can be examined beside a running station: machine, keys, files, clock, disk."""
    from appliance.doctor.running import running_report
    from firmware.clock import SystemClock
    from firmware.power.linux import LinuxPower

    return running_report(folder, LinuxPower(), SystemClock(), [])
