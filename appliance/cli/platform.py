"""`station platform`: enrol this station at its platform, or run the small real platform that comes along."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from appliance.platform.reference.composition import Platform

PlatformData = Annotated[Path, typer.Option("--data", help="The platform's data folder.", metavar="DIR")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        no_args_is_help=True, help="The central platform: enrol this station; run the reference platform."
    )
    for command in (enrol, run, seed, portraits, token, revoke, recover, import_, openapi):
        group.command(command.__name__.rstrip("_"))(command)
    app.add_typer(group, name="platform")


def enrol(
    url: Annotated[str, typer.Argument(help="Address of the platform.")],
    token: Annotated[str, typer.Argument(help="The one-time token its administrator gave out.")],
    data: Annotated[Path | None, typer.Option("--data", help="Data folder of the station.", metavar="DIR")] = None,
    name: Annotated[str, typer.Option(help="What people call this station.")] = "station",
) -> None:
    """Enrol this station: it gets an id and the platform's keys. May be repeated with the same token."""
    from appliance.cli.failing import fail
    from appliance.ledger.errors import LedgerError
    from appliance.ledger.keyring import Keyring
    from appliance.outbox.process import KEYS
    from appliance.platform import client
    from appliance.platform.errors import PlatformError
    from appliance.settings import default_data_dir

    folder = data or default_data_dir()
    try:
        key = Keyring(folder).signing
        identity = client.enrol(url, token, name=name, key=key)
    except (PlatformError, LedgerError, OSError) as error:
        fail(f"not enrolled: {error}", 1)
    identity.save(folder / KEYS)
    typer.echo(f"enrolled at {identity.base_url} as {identity.station_id}")


def run(
    data: PlatformData,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8090,
    enrol_token: Annotated[
        list[str] | None, typer.Option("--enrol-token", help="Allow this token to enrol one station.")
    ] = None,
    share_port: Annotated[
        bool, typer.Option("--share-port", help="Serve beside other processes of this platform on the same port.")
    ] = False,
) -> None:
    """Run the reference platform in the foreground; its first line says the address. Exit code 2 when the port is taken.

    PLATFORM_DATABASE=postgresql://USER@HOST/NAME and PLATFORM_OBJECTS=s3://BUCKET/PREFIX?endpoint=http://HOST:PORT let any number
    of processes be one platform; PLATFORM_PUBLIC_URL says where phones reach it. Without them: SQLite and a folder.
    """
    from appliance.cli.failing import fail
    from appliance.platform.reference.serving import serve
    from appliance.platform.reference.stations import allow_token

    with closing(_open(data)) as platform:
        for allowed in enrol_token or []:
            allow_token(platform, allowed)
        typer.echo(f"review desk: /desk, token {platform.keys.desk}", err=True)
        try:
            serve(platform, host, port, ready=typer.echo, share_port=share_port)
        except OSError as error:
            fail(f"cannot listen on {host}:{port} ({error.strerror}): choose another --port", 2)


def seed(
    data: PlatformData,
    out: Annotated[Path, typer.Option(help="Seed file: codes and answers of the made-up students.", metavar="FILE")],
    students: Annotated[int, typer.Option(min=1, max=100_000, help="How many students of the day's plan.")] = 12,
    strangers: Annotated[int, typer.Option(min=0, max=1000, help="How many students of another plan.")] = 2,
    number: Annotated[int, typer.Option("--seed", help="The same number makes the same students.")] = 2026,
) -> None:
    """Give the reference platform a made-up plan and students, for demonstrations and rehearsals."""
    from appliance.platform.reference.seed import demo_roster, plant

    roster = demo_roster(students, strangers=strangers, seed=number)
    with closing(_open(data)) as platform:
        plant(platform, roster)
    roster.write(out)
    typer.echo(f"{roster.plan.title.en}: {students} students; codes and answers in {out}")


def portraits(
    folder: Annotated[Path, typer.Argument(help="STUDENT_NUMBER.jpg, one a student.", metavar="FOLDER")],
    data: PlatformData,
    plan: Annotated[str, typer.Option(help="Whose students they are.", metavar="ID")],
) -> None:
    """Take in enrolment pictures: every new photo is compared with its student's. Exit code 1 when a file is nobody's."""
    from appliance.cli.failing import fail
    from appliance.platform.reference.enrolment_pictures import take_folder

    platform = _open(data)
    try:
        taken = take_folder(platform, plan, folder)
    except OSError as error:
        fail(f"not taken: {error}", 2)
    finally:
        platform.close()
    typer.echo(f"{taken.kept} enrolment pictures kept")
    if taken.passed_over:
        fail(f"nobody's, or too large: {', '.join(taken.passed_over)}", 1)


def token(data: PlatformData) -> None:
    """Make a one-time token that enrols one station."""
    from appliance.platform.reference.stations import new_token

    with closing(_open(data)) as platform:
        typer.echo(new_token(platform))


def recover(
    station_data: Annotated[
        Path, typer.Argument(help="Data folder of a wiped station, or a copy of it.", metavar="DIR")
    ],
    data: PlatformData,
) -> None:
    """Put back the keys that a wiped station sealed to this platform, so that its queue can be exported. Exit code 1: not ours."""
    from appliance.cli.failing import fail
    from appliance.platform.reference.escrow import recover as put_back
    from appliance.platform.sealing import SealBroken

    platform = _open(data)
    try:
        station_id = put_back(platform, station_data)
    except (SealBroken, OSError) as error:
        fail(str(error), 1)
    finally:
        platform.close()
    typer.echo(f"the keys of {station_id} are back; next: station export queue --data {station_data}")


def revoke(
    station_id: Annotated[str, typer.Argument(help="Which station.")],
    data: PlatformData,
    wipe: Annotated[bool, typer.Option("--wipe", help="It was lost or stolen: it wipes its keys, for good.")] = False,
) -> None:
    """Stop a station: the platform takes nothing from it any more. Exit code 1 when it is not enrolled."""
    from appliance.cli.failing import fail
    from appliance.platform.reference.stations import revoke as stop_station

    platform = _open(data)
    try:
        stop_station(platform, station_id, wipe=wipe)
    except LookupError as error:
        fail(str(error), 1)
    finally:
        platform.close()
    typer.echo(f"{station_id} revoked")


def import_(
    archives: Annotated[
        list[Path], typer.Argument(help="What `station queue export` wrote, or its folder.", metavar="FILE|FOLDER...")
    ],
    data: PlatformData,
    out: Annotated[
        Path | None,
        typer.Option("--receipts", help="Where to write the receipts; beside the archives otherwise.", metavar="FILE"),
    ] = None,
) -> None:
    """Take in archives from a stick. Exit code 1 when anything was refused, forged or cut short, 2 when none is there."""
    from appliance.cli.failing import fail
    from appliance.platform.archive import SUFFIX, ArchiveError
    from appliance.platform.reference.importing import import_archive, write_receipts

    found = [file for given in archives for file in (sorted(given.glob(f"*{SUFFIX}")) if given.is_dir() else [given])]
    if not found:
        fail(f"no *{SUFFIX} in {', '.join(map(str, archives))}", 2)
    platform, imported, troubles = _open(data), [], []
    try:
        for file in found:
            try:
                one = import_archive(platform, file)
            except (ArchiveError, OSError) as error:
                troubles.append(f"{file}: nothing imported: {error}")
                continue
            imported.append(one)
            typer.echo(f"{file}: {len(one.receipts)} captures of {one.station_id} are here")
            troubles += [f"{file}: {capture_id} refused: {reason}" for capture_id, reason in one.refused.items()]
            troubles += [f"{file}: {one.stopped}"] if one.stopped else []
    finally:
        platform.close()
    try:
        for written in write_receipts(imported, found[0].parent, out):
            typer.echo(f"their receipts, for the station: {written}")
    except (ValueError, OSError) as error:
        fail(f"receipts not written: {error}", 1)
    if troubles:
        fail("\n".join(troubles), 1)


def _open(data: Path) -> Platform:
    """The platform in `data`, its storage as the environment says. Exit code 2 when it cannot be used."""
    from appliance.cli.failing import fail
    from appliance.platform.reference.composition import Platform, PlatformSettings
    from appliance.platform.reference.storage import StorageError

    try:
        return Platform.at(PlatformSettings.at(data))
    except (StorageError, ValueError) as error:
        fail(str(error), 2)


def openapi(
    out: Annotated[Path | None, typer.Option(help="Write here instead of standard output.", metavar="FILE")] = None,
) -> None:
    """Print the contract (OpenAPI 3.1), generated from the code; the committed copy is `appliance/platform/openapi.json`."""
    from appliance.platform.reference.app import contract_app
    from appliance.platform.reference.openapi import text

    document = text(contract_app())
    if out is None:
        typer.echo(document, nl=False)
    else:
        out.write_text(document)
