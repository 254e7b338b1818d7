"""`station rehearse`: one whole visit through the station's own interface, with the time of every step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from appliance.rehearsal.steps import Report, Step
    from appliance.rehearsal.visitor import Subject

EXIT_FAILED, EXIT_USAGE, EXIT_REFUSED = 1, 2, 3
_PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(rehearse)


def rehearse(
    photos: Annotated[
        Path | None,
        typer.Option(help="Who sits before the stand-in camera: a picture or a folder.", metavar="FILE|FOLDER"),
    ] = None,
    exception: Annotated[
        str | None, typer.Option(help="Accept the last subject as an exception for this reason.", metavar="REASON")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
    url: Annotated[str | None, typer.Option(help="A running station (else one is started for the rehearsal).")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder of the running station.", metavar="DIR")] = None,
    code: Annotated[str | None, typer.Option(help="Code to hold up on a running station.")] = None,
    answer: Annotated[str, typer.Option(help="The answer that belongs to the code.")] = "",
    out: Annotated[Path | None, typer.Option(help="Folder for the finished photo.", metavar="DIR")] = None,
    camera: Annotated[str, typer.Option(help="Camera of the station that is started: replay or v4l2.")] = "replay",
) -> None:
    """Rehearse a visit. Exit code 0 only with a receipt, 3 when every subject was refused, 1 when a step failed."""
    import tempfile

    from appliance.cli.failing import fail
    from appliance.rehearsal.children import ChildFailed
    from appliance.visit.exemptions import reasons

    if exception is not None and exception not in reasons():
        fail(f"no such reason: {exception}; choose one of: {', '.join(reasons())}", EXIT_USAGE)
    subjects = _subjects(photos, camera)
    photos_dir = out or Path(tempfile.mkdtemp(prefix="station-rehearsal-"))
    try:
        if url is not None:
            report = _on_running(url, data, code, answer, subjects, photos_dir, exception, quiet=as_json)
        else:
            report = _on_own(camera, subjects, photos_dir, exception, quiet=as_json)
    except (ChildFailed, OSError, RuntimeError) as error:
        fail(f"the rehearsal could not begin: {error}", EXIT_FAILED)
    _print(report, as_json=as_json)
    raise typer.Exit({"receipt": 0, "refused": EXIT_REFUSED, "failed": EXIT_FAILED}[report.outcome])


def _subjects(photos: Path | None, camera: str) -> list[Subject]:
    from appliance.cli.failing import fail
    from appliance.rehearsal.cast import cast_pictures
    from appliance.rehearsal.visitor import Subject

    if camera != "replay":
        return [Subject("who sits before the camera", None)]
    if photos is None:
        found = [Subject(picture.title_en, picture.path) for picture in cast_pictures()]
        return found or fail("nobody to photograph: name --photos, or type: station cast install", EXIT_USAGE)
    return subjects_in(photos)


def subjects_in(photos: Path) -> list[Subject]:
    """Everybody in a picture file or a folder of them, by name. Exit code 2 when there is none."""
    from appliance.cli.failing import fail
    from appliance.rehearsal.visitor import Subject

    if photos.is_dir():
        files = sorted(path for path in photos.rglob("*") if path.suffix.lower() in _PICTURES)
        if not files:
            fail(f"no pictures in {photos} (looked for {', '.join(sorted(_PICTURES))})", EXIT_USAGE)
        return [Subject(path.name, path) for path in files]
    if not photos.is_file():
        fail(f"no such file or folder: {photos}", EXIT_USAGE)
    return [Subject(photos.name, photos)]


def _on_own(camera: str, subjects: list[Subject], photos: Path, exception: str | None, *, quiet: bool) -> Report:
    import tempfile

    from appliance.rehearsal.bench import Bench
    from appliance.rehearsal.rehearse import Rehearsal
    from appliance.rehearsal.visitor import Visitor

    with (
        tempfile.TemporaryDirectory(prefix="station-bench-") as folder,
        Bench(Path(folder), camera=camera) as bench,
        bench.door() as door,
    ):
        rehearsal = Rehearsal(
            lambda on_step: Visitor(door, on_step),
            bench.credentials,
            photos=photos,
            exception=exception,
            on_step=_silent if quiet else _say,
        )
        return rehearsal.run(subjects)


def _on_running(
    url: str,
    data: Path | None,
    code: str | None,
    answer: str,
    subjects: list[Subject],
    photos: Path,
    exception: str | None,
    *,
    quiet: bool,
) -> Report:
    from appliance.cli.failing import fail
    from appliance.rehearsal.door import StationDoor
    from appliance.rehearsal.rehearse import Rehearsal
    from appliance.rehearsal.visitor import Credentials, Visitor
    from appliance.settings import default_data_dir

    door = StationDoor.of_data_dir(url, data or default_data_dir())
    if code is None:
        students = door.get("/api/stand-in")["students"] if door.get("/api/state")["station"]["stand_in"] else []
        if not students:
            fail("name the code to hold up: --code and --answer of a student made for rehearsals", EXIT_USAGE)
        held = [Credentials(student["payload"], student["answer"]) for student in students]
    else:
        held = [Credentials(code, answer)]
        if not quiet:
            _draw(code)
    rehearsal = Rehearsal(
        lambda on_step: Visitor(door, on_step),
        lambda number: held[number % len(held)],
        photos=photos,
        exception=exception,
        on_step=_silent if quiet else _say,
    )
    return rehearsal.run(subjects)


def _draw(payload: str) -> None:
    import segno

    typer.echo("hold this code before the scanner:")
    segno.make(payload, error="l", micro=False).terminal(compact=True)


def _silent(_step: object) -> None:
    return


def _say(step: Step) -> None:
    typer.echo(f"{step.ms:8.0f} ms  {step.name}" + (f"  ({step.detail})" if step.detail else ""))


def _print(report: Report, *, as_json: bool) -> None:
    import json

    from appliance.cli.verdict_table import print_verdict

    if as_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        return
    typer.echo("")
    for subject in report.subjects:
        typer.echo(f"{subject.subject}: {subject.outcome}")
        for rule in subject.refused_rules() if subject.outcome == "refused" else ():
            typer.echo(
                f"    {rule['id']}: {rule['measured']} {rule['unit']} (limit {rule['limit']})"
                f"  {rule['message']['zh']} / {rule['message']['en']}"
            )
    if report.verdict is not None:
        print_verdict(report.verdict)
    typer.echo(f"{report.outcome} after {report.total_ms / 1000:.1f} s")
    for name in ("photo", "capture_id", "receipt_id", "error"):
        value = getattr(report, name)
        if value is not None:
            typer.echo(f"{name.replace('_', ' ')}: {value}")
    if report.outcome == "refused":
        typer.echo("every subject was refused: see the rules above, or accept the last with --exception REASON")
