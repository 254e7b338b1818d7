"""`station rehearse`: one whole visit through the station's own interface, with the time of every step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from appliance.rehearsal.dry_run import Wishes
    from appliance.rehearsal.steps import Report, Step

EXIT_FAILED, EXIT_USAGE, EXIT_REFUSED = 1, 2, 3
_EXITS = {"receipt": 0, "refused": EXIT_REFUSED, "failed": EXIT_FAILED}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(rehearse)


def rehearse(
    photos: Annotated[
        Path | None, typer.Option(help="Who sits before the stand-in camera.", metavar="FILE|FOLDER")
    ] = None,
    exception: Annotated[
        str | None, typer.Option(help="Accept the last subject as an exception for this reason.", metavar="REASON")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
    url: Annotated[
        str | None,
        typer.Option(
            help="A running station; else the one that runs on --data, else one is started for the rehearsal."
        ),
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder of the running station.", metavar="DIR")] = None,
    code: Annotated[
        str | None, typer.Option(help="Code of a rehearsal student, for a station with real devices.")
    ] = None,
    answer: Annotated[str, typer.Option(help="The answer that belongs to the code.")] = "",
    out: Annotated[Path | None, typer.Option(help="Folder for the finished photo.", metavar="DIR")] = None,
    camera: Annotated[str, typer.Option(help="Camera of the station that is started: replay or v4l2.")] = "replay",
) -> None:
    """Rehearse a visit. Exit code 0 only with a receipt, 3 when every subject was refused, 1 when a step failed."""
    import tempfile

    from appliance.cli.failing import fail
    from appliance.rehearsal.dry_run import Wishes
    from appliance.visit.exemptions import reasons

    if exception is not None and exception not in reasons():
        fail(f"no such reason: {exception}; choose one of: {', '.join(reasons())}", EXIT_USAGE)
    keep = out or Path(tempfile.mkdtemp(prefix="station-rehearsal-"))
    wishes = Wishes(photos, exception, keep, code, answer, _silent if as_json else _say, _draw)
    report = _run(url, data, camera, wishes)
    _print(report, as_json=as_json)
    raise typer.Exit(_EXITS[report.outcome])


def _run(url: str | None, data: Path | None, camera: str, wishes: Wishes) -> Report:
    from appliance.cli.failing import fail
    from appliance.platform.errors import PlatformError
    from appliance.rehearsal.children import ChildFailed
    from appliance.rehearsal.door import StationDoor, StationRefused, StationSilent, running_station
    from appliance.rehearsal.dry_run import NoCode, on_own_station, on_running_station
    from appliance.rehearsal.subjects import NobodyToPhotograph
    from appliance.settings import default_data_dir

    folder = data or default_data_dir()
    try:
        running = url or running_station(folder)
        if running is None:
            return on_own_station(camera, wishes)
        with StationDoor.of_data_dir(running, folder) as door:
            return on_running_station(door, wishes)
    except (NoCode, NobodyToPhotograph) as error:
        fail(str(error), EXIT_USAGE)
    except (ChildFailed, PlatformError, StationRefused, StationSilent, OSError) as error:
        fail(f"the rehearsal could not begin: {error}", EXIT_FAILED)


def _draw(payload: str) -> None:
    import sys

    import segno

    typer.echo("hold this code before the scanner:", err=True)
    segno.make(payload, error="l", micro=False).terminal(out=sys.stderr, compact=True)


def _silent(_step: Step) -> None:
    return


def _say(step: Step) -> None:
    typer.echo(f"{step.ms:8.0f} ms  {step.name}" + (f"  ({step.detail})" if step.detail else ""))


def _print(report: Report, *, as_json: bool) -> None:
    import json

    from appliance.cli.verdict_table import print_verdict

    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        return
    for subject in report.subjects:
        typer.echo(f"\n{subject.subject}: {subject.outcome}")
        for rule in subject.refused_rules() if subject.outcome == "refused" else ():
            typer.echo(f"    {rule['id']}: {rule['message']['zh']} / {rule['message']['en']}")
    if report.verdict is not None:
        print_verdict(report.verdict)
    typer.echo(f"{report.outcome} after {report.total_ms / 1000:.1f} s")
    for name in ("photo", "capture_id", "receipt_id", "error"):
        value = getattr(report, name)
        if value is not None:
            typer.echo(f"{name.replace('_', ' ')}: {value}")
    if report.outcome == "refused":
        typer.echo("every subject was refused: see the rules above, or accept the last with --exception REASON")
