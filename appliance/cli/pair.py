"""`station pair`: a code for one more tablet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(pair)


def pair(
    data: Annotated[Path | None, typer.Option("--data", help="Data folder of the station.", metavar="DIR")] = None,
) -> None:
    """Ask the running station for a code that pairs one more tablet, once, within ten minutes.

    Exit code 2 when no station runs there.
    """
    from appliance.cli.failing import fail
    from appliance.cli.opening import settings_of
    from appliance.rehearsal.door import StationDoor, StationRefused, StationSilent, running_station

    folder = settings_of(data).data_dir
    url = running_station(folder)
    if url is None:
        fail(f"no station runs on {folder}; start it: station run", code=2)
    try:
        with StationDoor.of_data_dir(url, folder) as door:
            found = door.post("/api/pairing/code")
    except (StationRefused, StationSilent) as error:
        fail(str(error), code=2)
    print(f"pairing code {found['code']}: good for one tablet, within {found['lasts_s'] / 60:.0f} minutes")
    print(f"open on the tablet: {url}/#pair={found['code']}")
