"""`station update`: newer versions of the station: look, take, go back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from appliance.cli.opening import AsJson, Data, note_where_kept

if TYPE_CHECKING:
    from appliance.update.fetcher import Fetcher
    from appliance.update.spool import Spool

_LOOK_S = 1.0


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(no_args_is_help=True, help="Newer versions of the station: look, take, go back.")
    for command in (check, apply, status, rollback):
        group.command()(command)
    app.add_typer(group, name="update")


def check(
    data: Data = None,
    automatic: Annotated[
        bool, typer.Option("--automatic", help="The timer's way: exit code 0 whatever is found.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look on sticks and on the network, prove what is found, offer it. Exit code 1 when what was found is refused."""
    from appliance.cli.report import print_json

    found = _fetcher(data).look()
    if as_json:
        print_json({name: getattr(found, name) for name in found.__slots__})
    else:
        offer = found.offer
        typer.echo(
            "nothing newer" if offer is None else f"{offer['version']} is ready ({offer['size_bytes'] / 1e6:.0f} MB)"
        )
        if found.message is not None:
            typer.echo(f"{found.message['zh']}\n{found.message['en']}")
    raise typer.Exit(0 if automatic or found.state != "failed" else 1)


def apply(
    file: Annotated[Path, typer.Argument(help="The bundle.", exists=True, dir_okay=False)],
    data: Data = None,
    allow_downgrade: Annotated[bool, typer.Option("--allow-downgrade", help="Take an older version too.")] = False,
) -> None:
    """Prove FILE, install it beside the running version, change over when nobody is served. Exit code 1 when that failed."""
    from appliance.cli.failing import fail
    from appliance.release.errors import BundleRefused

    try:
        found = _fetcher(data).take(file, downgrade=allow_downgrade)
    except BundleRefused as refused:
        fail(f"{refused.zh}\n{refused.en}", 1)
    except OSError as error:
        fail(f"{file}: {error.strerror or error} (the station's user must be able to read it)", 2)
    spool = _spool(data)
    offer = found.offer or {}
    note_where_kept(data, "update apply")
    asked = spool.ask("prepare", file=offer["file"], version=offer["version"], downgrade=allow_downgrade)
    _follow(spool, asked, data)


def status(data: Data = None, as_json: AsJson = False) -> None:
    """Show what runs, what is ready, and what became of the last update."""
    from appliance.cli.report import print_json

    spool = _spool(data)
    places = spool.places
    found, told = spool.found(), spool.progress()
    body: dict[str, Any] = {
        "current": places.named(places.current),
        "kept": places.complete(),
        "ready": None if found.offer is None else found.offer["version"],
        "last": told or None,
    }
    if as_json:
        print_json(body)
        return
    typer.echo(f"runs {body['current'] or 'from a checkout'}; kept: {', '.join(body['kept']) or 'none'}")
    typer.echo(f"ready: {body['ready'] or 'nothing'}")
    if told.get("message"):
        typer.echo(f"{told['state']}: {told['message']['zh']}\n{told['message']['en']}")


def rollback(data: Data = None) -> None:
    """Let the version before this one take over again. Exit code 1 when there is none, or it failed."""
    from appliance.cli.failing import fail
    from appliance.release.places import REFUSED

    spool = _spool(data)
    places = spool.places
    current = places.named(places.current)
    kept = [name for name in places.complete() if name != current and not (places.releases / name / REFUSED).exists()]
    if not kept:
        fail("no earlier version is kept on this station", 1)
    note_where_kept(data, "update rollback")
    _follow(spool, spool.ask("prepare-back", version=kept[0]), data)


def _follow(spool: Spool, asked: int, data: Path | None) -> None:
    """Say how it goes until it has ended. Where no station runs, nobody is served: the switch is asked for here."""
    from appliance.cli.failing import fail
    from appliance.serve import StationRunning, alone
    from appliance.settings import default_data_dir

    said, switched = "", False
    while True:
        told = spool.progress()
        number, state = int(told.get("number", 0)), told.get("state")
        text = (told.get("message") or {}).get("en", "") if number >= asked else "waiting for the updater"
        if text != said:
            said = text
            typer.echo(text)
        if number >= asked and state in {"applied", "failed", "rolled-back"}:
            break
        if number >= asked and state == "prepared" and not switched and not spool.asked():
            try:
                alone(data or default_data_dir()).release()
            except StationRunning:
                pass
            else:
                spool.ask("switch", version=told["version"], failing=[])
                switched = True
        time.sleep(_LOOK_S)
    if state != "applied":
        fail((told.get("message") or {}).get("zh", ""), 1)


def _spool(data: Path | None) -> Spool:
    from appliance.settings import default_data_dir
    from appliance.update.spool import spool_of

    return spool_of(data or default_data_dir())


def _fetcher(data: Path | None) -> Fetcher:
    from appliance.cli.opening import settings_of
    from appliance.update.looking import fetcher

    settings = settings_of(data)
    return fetcher(settings.data_dir, settings.update)
