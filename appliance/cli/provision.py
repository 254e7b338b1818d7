"""`station provision`: the cards of a site, one folder a station."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from appliance.provision.site import Site


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(provision)


def provision(
    site: Annotated[
        Path | None, typer.Option(help="The site file: all stations of a site.", metavar="SITE.toml")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the stations' folders go.", metavar="DIR")] = Path("cards"),
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would be written.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Print a commented site file.")] = False,
    source: Annotated[Path | None, typer.Option(help="Checkout that the stations install from.", metavar="DIR")] = None,
) -> None:
    """Make the first-boot files of many stations from one site file; each has its own name, keys and hotspot.

    Exit code 2 when the site file cannot be used: every mistake is named, and nothing is written.
    """
    from appliance.cli.failing import fail
    from appliance.provision.mistakes import SiteFileWrong
    from appliance.provision.site_file import EXAMPLE, read_site

    if example:
        typer.echo(EXAMPLE.read_text(encoding="utf-8"), nl=False)
        return
    if site is None:
        fail("name the site file: station provision --site site.toml; a pattern: station provision --example", 2)
    try:
        found = read_site(site)
    except SiteFileWrong as error:
        fail(f"{error}\n{len(error.mistakes)} mistakes in {site}; nothing was written", 2)
    except OSError as error:
        fail(f"{site}: {error.strerror}; a pattern: station provision --example > site.toml", 2)
    _show(found)
    if not plan:
        _write(found, out, source)


def _show(site: Site) -> None:
    from appliance.provision.cards import needs_adapter, plan, same_channel

    whose = "one authority for all" if site.authority == "site" else "an authority on each station"
    typer.echo(f"{site.school}: {len(site.stations)} stations, {whose}")
    for row in plan(site):
        enrols = "enrols itself" if row.enrols else "to be enrolled by hand"
        typer.echo(f"  {row.name}: Wi-Fi {row.wifi}; outside: {row.outside}; open to {row.open_to}; {enrols}")
    for channel, names in same_channel(site).items():
        typer.echo(f"  note: channel {channel} is shared by {', '.join(names)}: keep them apart in the hall")
    if names := needs_adapter(site):
        typer.echo(
            f'  注意：{", ".join(names)} 要求 WPA3；若 wlan0 是树莓派自带网卡则只会是 WPA2，请插 USB 网卡并写 interface = "wlan1"\n'
            f"  note: {', '.join(names)} asked for WPA3: if wlan0 is a Raspberry Pi's own radio, it becomes WPA2 there. "
            'For WPA3 plug in a USB adapter and write interface = "wlan1" in [hotspot]'
        )


def _write(site: Site, out: Path, source: Path | None) -> None:
    from datetime import UTC, datetime

    import appliance
    from appliance.certificates import CertificateUnusable
    from appliance.cli.failing import fail
    from appliance.provision.cards import SourceIncomplete, source_archive, write_cards

    checkout = source or Path(appliance.__file__).resolve().parents[1]
    template = checkout / "systemd/files/station.toml"
    try:
        archive = source_archive(checkout)
        settings = template.read_text(encoding="utf-8")
        typer.echo(f"source to install from: {len(archive) / 1e6:.1f} MB")
        certificate = write_cards(
            site,
            out,
            settings=settings,
            source=archive,
            now=datetime.now(UTC),
            wrote=lambda name: typer.echo(f"  {out / name}"),
        )
    except (SourceIncomplete, CertificateUnusable, OSError) as error:
        fail(str(error), 2)
    if certificate:
        typer.echo(f"tablets trust {certificate} once")
    typer.echo(f"what to do with them: {out / 'HOW.txt'}")
