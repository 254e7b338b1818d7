"""`station queue`: what waits for the platform, the process that brings it there, and another try for what is parked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from appliance.ledger.store import Ledger
    from appliance.platform.identity import StationIdentity

_ID_SHOWN = 8  # enough of a request's id to name it
Data = Annotated[Path | None, typer.Option("--data", help="Data folder of the station.", metavar="DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def register(app: typer.Typer) -> None:
    """Add the group; without a subcommand it shows the queue."""
    group = typer.Typer(invoke_without_command=True, help="The queue to the platform: show, deliver, retry.")
    group.callback()(show)
    group.command()(deliver)
    for command in (retry, pause, resume, limit, originals, metered, export, receipts):
        group.command()(command)
    app.add_typer(group, name="queue")


def show(context: typer.Context, data: Data = None, as_json: AsJson = False) -> None:
    """Show what waits, what is parked and why, and the link to the platform."""
    if context.invoked_subcommand is not None:
        return
    from appliance.cli.report import print_json
    from appliance.outbox.status import queue_status

    ledger = _ledger(data)
    try:
        status = queue_status(ledger)
    finally:
        ledger.close()
    if as_json:
        print_json(status)
    else:
        _print(status)


def deliver(
    data: Data = None,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log JSON lines.")] = False,
) -> None:
    """Deliver in the foreground until SIGTERM or Ctrl-C. Waits for enrolment, network and platform by itself."""
    import logging

    from appliance.outbox.process import LOG_FORMAT, deliver_until_stopped, installed_version

    if log_json:
        from appliance import logs

        logs.configure(json_lines=True)
    else:
        logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    ledger = _ledger(data)
    deliver_until_stopped(ledger, version=installed_version())
    ledger.close()


def retry(
    row: Annotated[
        str | None, typer.Argument(help="What is parked: a delivery's number, a request's id.", metavar="ID")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that is parked.")] = False,
    data: Data = None,
) -> None:
    """Let what is parked be tried again at once. Exit code 1 when there is none, 2 when none was named."""
    from appliance.cli.failing import fail
    from appliance.cli.opening import note
    from appliance.outbox.status import retry_parked
    from appliance.outbox.wishes import retry_wish

    if (row is None) is not every:
        fail("name one that is parked, or --all (station queue lists them)", 2)
    ledger = _ledger(data)
    try:
        note(ledger, "queue retry")
        found = retry_parked(ledger, None) if row is None else False
        if row is not None:
            found = (row.isdecimal() and retry_parked(ledger, int(row))) or retry_wish(ledger, row)
    finally:
        ledger.close()
    if not found:
        fail("nothing is parked" if every else f"nothing parked is called {row}: see station queue", 1)
    typer.echo("will be tried again at once")


def pause(
    reason: Annotated[str, typer.Option(help="Shown to everybody who looks at the queue.")] = "", data: Data = None
) -> None:
    """Deliver nothing until resumed; captures go on being accepted and wait."""
    from appliance.cli.opening import note
    from appliance.outbox import controls

    ledger = _ledger(data)
    controls.pause(ledger, reason)
    note(ledger, "queue pause")
    ledger.close()
    typer.echo("paused; to go on: station queue resume")


def resume(data: Data = None) -> None:
    """Go on delivering."""
    from appliance.cli.opening import note
    from appliance.outbox import controls

    ledger = _ledger(data)
    controls.resume(ledger)
    note(ledger, "queue resume")
    ledger.close()
    typer.echo("delivering")


def limit(
    rate: Annotated[str, typer.Argument(help="Kilobytes a second for originals, or `off`.", metavar="KB/S|off")],
    data: Data = None,
) -> None:
    """Let originals take at most so much of the network. Exit code 2 when it is no rate."""
    from appliance.cli.failing import fail
    from appliance.cli.opening import note
    from appliance.outbox import controls

    if rate != "off" and not (rate.isdecimal() and int(rate) > 0):
        fail(f"{rate!r} is no rate: whole kilobytes a second, or off", 2)
    ledger = _ledger(data)
    controls.limit(ledger, None if rate == "off" else int(rate) * 1000)
    note(ledger, "queue limit")
    ledger.close()
    typer.echo("no limit" if rate == "off" else f"originals take at most {rate} kB/s")


def originals(
    links: Annotated[str, typer.Argument(help="any, unmetered, or plan: as each plan says.", metavar="LINKS")],
    data: Data = None,
) -> None:
    """Choose the links originals may use; records and photos use any. Exit code 2 when it is none of the three."""
    from appliance.cli.failing import fail
    from appliance.cli.opening import note
    from appliance.outbox import controls

    if links not in ("any", "unmetered", "plan"):
        fail(f"{links!r}: choose any, unmetered or plan", 2)
    ledger = _ledger(data)
    controls.links(ledger, None if links == "plan" else "any" if links == "any" else "unmetered")
    note(ledger, "queue originals")
    ledger.close()
    typer.echo(
        {"any": "originals use any link", "unmetered": "originals wait for an unmetered link"}.get(
            links, "originals use the links their plan allows"
        )
    )


def metered(
    answer: Annotated[str, typer.Argument(help="yes, no, or auto: as NetworkManager says.", metavar="yes|no|auto")],
    data: Data = None,
) -> None:
    """Say whether this station's link costs by the byte, where the network cannot. Exit code 2 when it is no answer."""
    from appliance.cli.failing import fail
    from appliance.cli.opening import note
    from appliance.outbox import controls

    answers = {"yes": True, "no": False, "auto": None}
    if answer not in answers:
        fail(f"{answer!r}: choose yes, no or auto", 2)
    ledger = _ledger(data)
    controls.metered(ledger, answers[answer])
    note(ledger, "queue metered")
    ledger.close()
    typer.echo({"yes": "the link counts as metered", "no": "the link counts as unmetered"}.get(answer, "asked for"))


def export(
    out: Annotated[Path, typer.Argument(help="Archive to write, or the stick's folder.", metavar="FILE|FOLDER")],
    volume_mb: Annotated[int, typer.Option(min=1, help="Begin another file after so many megabytes.")] = 3900,
    data: Data = None,
) -> None:
    """Write everything that waits to archives only the platform can open. Exit code 1 when it cannot be written."""
    from appliance.cli.counting import counting
    from appliance.cli.failing import fail
    from appliance.cli.opening import note
    from appliance.ledger.errors import LedgerError
    from appliance.outbox.export import export_queue, waiting_captures
    from appliance.platform.archive import ArchiveError

    ledger = _ledger(data)
    try:
        identity = _identity(ledger)
        with counting("writing", len(waiting_captures(ledger))) as advance:
            done = export_queue(ledger, identity, out, volume_bytes=volume_mb * 1_000_000, wrote=lambda _: advance())
        note(ledger, "queue export")
    except (ArchiveError, LedgerError) as error:
        fail(f"not exported: {error}", 1)
    except OSError as error:
        fail(f"not exported: {error.strerror or error}", 1)
    finally:
        ledger.close()
    files = ", ".join(str(file) for file in done.files)
    typer.echo(
        f"{done.captures} captures in {files} ({done.bytes / 1e6:.1f} MB); they stay in the queue until their receipts "
        "come: station queue receipts FILE"
    )


def receipts(
    files: Annotated[
        list[Path], typer.Argument(help="Receipts the platform wrote when it imported archives, or their folder.")
    ],
    data: Data = None,
) -> None:
    """Take receipts that came on a stick. Exit code 1 when any was refused, 2 when a file is none, or none is there."""
    from appliance.cli.failing import fail
    from appliance.cli.opening import note
    from appliance.outbox.export import take_receipts
    from appliance.platform.archive import RECEIPTS_PATTERN

    found = [file for given in files for file in (sorted(given.glob(RECEIPTS_PATTERN)) if given.is_dir() else [given])]
    if not found:
        fail(f"no {RECEIPTS_PATTERN} in {', '.join(map(str, files))}", 2)
    ledger = _ledger(data)
    try:
        identity = _identity(ledger)
        taken = [take_receipts(ledger, identity, file) for file in found]
        note(ledger, "queue receipts")
    except (ValueError, OSError) as error:
        fail(str(error), 2)
    finally:
        ledger.close()
    new, known = sum(each.new for each in taken), sum(each.known for each in taken)
    typer.echo(f"{new} captures are delivered now, {known} were before")
    refused = [reason for each in taken for reason in each.refused]
    if refused:
        fail("\n".join(refused), 1)


def _identity(ledger: Ledger) -> StationIdentity:
    from appliance.cli.failing import fail
    from appliance.outbox.process import KEYS
    from appliance.platform.identity import NotEnrolled, StationIdentity

    try:
        return StationIdentity.load(ledger.data_dir / KEYS)
    except (NotEnrolled, ValueError) as error:
        fail(str(error), 2)


def _ledger(data: Path | None) -> Ledger:
    from appliance.cli.failing import fail
    from appliance.ledger.errors import LedgerError
    from appliance.ledger.store import Ledger
    from appliance.settings import default_data_dir

    try:
        return Ledger(data or default_data_dir())
    except (LedgerError, OSError) as error:
        fail(str(error), 2)


def _print(status: dict[str, Any]) -> None:
    from appliance.cli.report import print_table

    link = {True: "reached", False: "not reached", None: "unknown"}[status["online"]]
    typer.echo(
        f"waiting {status['waiting']} captures ({status['bytes_waiting'] / 1e6:.1f} MB), {status['parked']} parked"
    )
    typer.echo(f"receipted {status['receipted']} captures; platform {link}")
    if status["paused"]:
        typer.echo(f"paused: {status['pause_reason'] or 'no reason given'} (station queue resume)")
    if status["limit"]:
        typer.echo(f"originals take at most {status['limit'] / 1000:g} kB/s")
    if status["originals_held"]:
        typer.echo(
            f"{status['originals_held']} originals wait for an unmetered link (station queue originals any, "
            "or station queue metered no)"
        )
    if status["progress"]:
        at = status["progress"]
        left = "" if at["seconds_left"] is None else f", {at['seconds_left']:.0f} s left"
        typer.echo(
            f"on its way: {at['sent'] / 1e6:.1f} of {at['total'] / 1e6:.1f} MB, {at['bytes_per_s'] / 1e3:.0f} kB/s{left}"
        )
    if status["last_error"]:
        typer.echo(f"last error: {status['last_error']}")
    if status["last_receipt"]:
        typer.echo(f"last receipt: {status['last_receipt']['receipt_id']} at {status['last_receipt']['at']}")
    if status["parked_items"]:
        print_table("parked (station queue retry ID)", status["parked_items"], ("id", "kind", "attempts", "error"))
    if status["parked_wishes"]:
        wishes = [{**wish, "id": wish["id"][:_ID_SHOWN]} for wish in status["parked_wishes"]]
        print_table("parked requests (station queue retry ID)", wishes, ("id", "kind", "attempts", "error"))
