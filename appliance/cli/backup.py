"""`station backup`: everything that must not be lost, on a stick, sealed to the site; `station restore` brings it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from appliance.cli.opening import Data

if TYPE_CHECKING:
    from appliance.backup.settings import BackupSettings


def register(app: typer.Typer) -> None:
    """Add the group and the command."""
    group = typer.Typer(invoke_without_command=True, help="A second copy on a stick or card, sealed to the site's key.")
    group.callback()(backup)
    group.command()(key)
    app.add_typer(group, name="backup")
    app.command()(restore)


def key(
    path: Annotated[Path, typer.Argument(help="Where the private key goes; PATH.pub is for the stations.")],
) -> None:
    """Make the site's key pair: the private half stays with the site, the public one goes to /etc/station/backup.pub."""
    from appliance.backup.recipient import make_identity
    from appliance.cli.failing import fail

    try:
        public = make_identity(path)
    except OSError as error:
        fail(str(error), 2)
    typer.echo(f"{path} opens backups: keep it where no station is; {public} goes to /etc/station/backup.pub")


def backup(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option("--to", help="Stick or card.", metavar="DIR", file_okay=False)] = None,
    recipient: Annotated[
        Path | None, typer.Option("--recipient", help="The site's public key.", metavar="FILE")
    ] = None,
    automatic: Annotated[
        bool, typer.Option("--automatic", help="The timer's way: nothing plugged in is no error.")
    ] = False,
    data: Data = None,
) -> None:
    """Bring the backup on a stick up to date, while the station goes on. Exit code 1 when refused, 2 when there is no stick."""
    if context.invoked_subcommand is not None:
        return
    from appliance.backup.errors import BackupRefused
    from appliance.backup.recipient import read_key
    from appliance.backup.writing import make_backup
    from appliance.cli.failing import fail
    from appliance.cli.opening import note, opened, settings_of
    from appliance.ledger.errors import LedgerError
    from appliance.outbox.process import installed_version

    settings = settings_of(data)
    target = to or _target(settings.backup)
    if target is None or not target.is_dir():
        text = "no stick with a folder capture-station-backup is plugged in, and none was named with --to"
        if automatic:
            typer.echo(text)
            return
        fail(text, 2)
    try:
        public = read_key(recipient or settings.backup.recipient, private=False)
        with opened(settings.data_dir) as ledger:
            if not automatic:
                note(ledger, "backup")
            made = make_backup(
                ledger, target, public, version=installed_version(), settings=_settings_text(), progress=_said
            )
    except (BackupRefused, LedgerError) as error:
        fail(str(error), 1)
    except OSError as error:
        fail(f"{target}: {error.strerror or error}", 1)
    typer.echo(
        f"{made.captures} captures in {made.folder}: {made.bytes / 1e6:.1f} MB, {made.copied} files new, every byte read back"
    )


def restore(
    folder: Annotated[Path, typer.Argument(help="The backup: its folder, or the stick.", exists=True, file_okay=False)],
    identity: Annotated[Path, typer.Option("--identity", help="The site's private key.", metavar="FILE")],
    discard_newer: Annotated[bool, typer.Option("--discard-newer", help="Give up captures the backup lacks.")] = False,
    data: Data = None,
) -> None:
    """Put a backup onto this card, whose station is stopped. Exit code 1 when it was refused; what was here is laid aside."""
    from appliance.backup.errors import BackupRefused
    from appliance.backup.recipient import read_key
    from appliance.backup.restoring import restore as bring_back
    from appliance.cli.failing import fail
    from appliance.cli.opening import note, opened
    from appliance.ledger.files import make_directory
    from appliance.serve import StationRunning, alone
    from appliance.settings import default_data_dir

    target = data or default_data_dir()
    make_directory(target)
    try:
        place = _one_backup(folder)
        held = alone(target)
        try:
            done = bring_back(
                place, read_key(identity, private=True), target, discard_newer=discard_newer, progress=_said
            )
            with opened(target) as ledger:
                note(ledger, "restore")
        finally:
            held.release()
    except StationRunning:
        fail(f"a station runs on {target}: systemctl stop station station-delivery, then again", 2)
    except (BackupRefused, OSError) as error:
        fail(str(error), 1)
    typer.echo(f"{done.captures} captures of {done.made_at} are on this card now")
    if done.replaced is not None:
        typer.echo(f"what was here lies in {done.replaced}; remove it when nobody needs it any more")
    typer.echo(
        "This card is the station of the backup now, with its key. Never run the old card beside it: two stations with one key "
        "would both deliver.\nIf the old device was stolen, have the platform revoke it and enrol this one anew: "
        "station platform enrol URL TOKEN"
    )


def _one_backup(folder: Path) -> Path:
    """The folder of the one station that has a backup there."""
    from appliance.backup.errors import BackupRefused
    from appliance.backup.manifest import FILE
    from appliance.backup.writing import FOLDER

    if (folder / FILE).is_file():
        return folder
    found = sorted(path.parent for pattern in (f"*/{FILE}", f"{FOLDER}/*/{FILE}") for path in folder.glob(pattern))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise BackupRefused(
            f"这里有 {len(found)} 个备份（{names}），请指明一个", f"{len(found)} backups there ({names}): name one"
        )
    return found[0]


def _target(settings: BackupSettings) -> Path | None:
    """Where backups go by themselves: the folder of the settings, or a stick that has the folder already."""
    from appliance.backup.writing import FOLDER
    from appliance.update.sticks import mounted_folders

    if settings.folder is not None:
        return settings.folder
    return next((place for place in mounted_folders() if (place / FOLDER).is_dir()), None)


def _settings_text() -> str:
    import os

    path = os.environ.get("STATION_SETTINGS")
    return Path(path).read_text(encoding="utf-8") if path and Path(path).is_file() else ""


def _said(done: int, total: int) -> None:
    if done == total or done % 50 == 0:
        typer.echo(f"{done} of {total} files", err=True)
