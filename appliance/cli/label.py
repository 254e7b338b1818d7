"""`station label`: what is printed for this station."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(label)


def label(
    out: Annotated[Path | None, typer.Option(help="The PDF; in the data folder otherwise.", metavar="FILE")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Data folder of the station.", metavar="DIR")] = None,
    site: Annotated[Path | None, typer.Option(help="The device's site file.", metavar="FILE")] = None,
) -> None:
    """Print this station's label: Wi-Fi, page, codes, fingerprint. Shown here, and written as PDF of A6."""
    import socket

    from appliance.archive.errors import NoFont
    from appliance.certificates import fingerprint, tls_files
    from appliance.cli.failing import fail
    from appliance.ledger.files import write_durably
    from appliance.provision import first_boot
    from appliance.provision.device_file import SITE_FILE, station_at
    from appliance.provision.label import console
    from appliance.provision.label import label as label_of
    from appliance.provision.label_page import label_pdf
    from appliance.provision.mistakes import SiteFileWrong
    from appliance.provision.radio import for_radio
    from appliance.settings import default_data_dir

    folder = data or default_data_dir()
    try:
        first = first_boot.printed(folder)
        if first is None:
            fail(f"no first boot was in {folder}; type: station keys make", 2)
        station = station_at(site or SITE_FILE, socket.gethostname().split(".")[0])
        made = label_of(for_radio(station), first, fingerprint(tls_files(folder / "keys").authority))
        typer.echo(console(made), nl=False)
        file = out or folder / "label.pdf"
        write_durably(file, label_pdf(made))
    except (SiteFileWrong, NoFont, ValueError, OSError) as error:
        fail(str(error), 2)
    typer.echo(f"label: {file}")
