"""`station check`: judges existing pictures."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from appliance.portrait.batch import Engine
    from appliance.portrait.bucket import BucketPicture
    from appliance.portrait.check import Source, Task
    from appliance.portrait.report.evidence import Examined

EXIT_REFUSED, EXIT_USAGE = 1, 2
PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
"""Names that are taken for pictures where a folder is given; a file that is named itself may be called anything."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)


def check(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Pictures to judge, folders of them, or s3://BUCKET/PREFIX?endpoint=URL.",
            metavar="FILE|FOLDER|BUCKET...",
        ),
    ],
    profile: Annotated[str, typer.Option(help="Profile of the photo standard.")] = "moe-2017-99",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON: one object for one FILE, an array for several.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(help="Write the evidence as one page: pictures, drawings, histograms.", metavar="OUT.html"),
    ] = None,
    judge_as: Annotated[
        str | None, typer.Option("--as", help="photo (a finished photo) or capture; decided by its shape otherwise.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "--workers", min=0, help="Processes; 0 takes all cores.")] = 0,
    engine: Annotated[
        str, typer.Option(help="pool: processes of this machine; ray: a cluster (RAY_ADDRESS), or this machine.")
    ] = "pool",
    kept: Annotated[
        Path | None,
        typer.Option(
            "--results",
            help="Keep results here, one a line; what stands there is not judged again.",
            metavar="OUT.jsonl",
        ),
    ] = None,
) -> None:
    """Judge pictures. Exit code 0 when all pass, 1 when any is refused, 2 for usage or unreadable input."""
    import json
    import os

    from appliance.cli.failing import fail
    from appliance.portrait.batch import engine_named
    from appliance.portrait.check import Task
    from appliance.portrait.errors import EngineMissing, ProfileError, ResultsUnusable
    from appliance.portrait.measure.subject import Stage
    from appliance.portrait.profile import load_profile
    from models.errors import NetworkMissing
    from models.install import networks_dir

    if judge_as not in (None, "photo", "capture"):
        fail(f"--as {judge_as}: choose photo or capture", EXIT_USAGE)
    paths = _pictures(files)
    if report is not None:
        if engine != "pool" or kept is not None:
            fail("--report draws on every picture itself: use it without --engine and --results", EXIT_USAGE)
        _writable(report, paths)
    try:
        load_profile(profile)
        cores = jobs or os.cpu_count() or 1
        task = Task(
            networks_dir(), profile, Stage(judge_as) if judge_as else None, threads=cores if len(paths) == 1 else 1
        )
        spread = engine_named(engine)
        results = _judged(paths, task, cores, spread, kept) if report is None else _reported(paths, task, cores, report)
    except (EngineMissing, ResultsUnusable) as error:
        fail(f"{error.message.zh} / {error.message.en}", EXIT_USAGE)
    except (ProfileError, NetworkMissing, ValueError) as error:
        fail(str(error), EXIT_USAGE)
    except OSError as error:
        fail(f"--results {kept} cannot be written: {error.strerror}", EXIT_USAGE)
    if as_json:
        alone = len(files) == 1 and paths == [Path(files[0])]
        typer.echo(json.dumps(results[0] if alone else results, ensure_ascii=False, indent=2))
    elif report is None:
        for result in results:
            _print(result)
    else:
        _sum_up(results, report)
    raise typer.Exit(_exit_code(results))


def _pictures(given: list[str]) -> list[Source]:
    """The files that are named, and those in the folders and buckets that are named, in order."""
    from appliance.cli.failing import fail
    from appliance.portrait.bucket import SCHEME

    found: list[Source] = []
    for name in given:
        path = Path(name)
        if name.startswith(SCHEME):
            found += _in_bucket(name)
        elif path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in PICTURES and each.is_file())
            if not inside:
                fail(f"{path}: no pictures in this folder ({', '.join(PICTURES)})", EXIT_USAGE)
            found += inside
        else:
            found.append(path)
    return found


def _in_bucket(address: str) -> list[BucketPicture]:
    from appliance.cli.failing import fail
    from appliance.portrait.bucket import pictures_in
    from appliance.portrait.errors import BucketUnreachable, EngineMissing

    try:
        inside = pictures_in(address, PICTURES)
    except (EngineMissing, BucketUnreachable) as error:
        fail(f"{error.message.zh} / {error.message.en}", EXIT_USAGE)
    except ValueError as error:
        fail(str(error), EXIT_USAGE)
    if not inside:
        fail(f"{address}: no pictures there ({', '.join(PICTURES)})", EXIT_USAGE)
    return inside


def _writable(report: Path, paths: list[Source]) -> None:
    """Refuse now what would fail after all pictures were judged."""
    from appliance.cli.failing import fail

    if report.suffix.lower() not in (".html", ".htm"):
        fail(f"--report {report}: a name that ends in .html is wanted", EXIT_USAGE)
    if not report.absolute().parent.is_dir():
        fail(f"--report {report}: there is no folder {report.absolute().parent}", EXIT_USAGE)
    if report.is_dir() or any(
        report.exists() and path.exists() and report.samefile(path) for path in paths if isinstance(path, Path)
    ):
        fail(f"--report {report}: that name is taken, choose another", EXIT_USAGE)


def _judged(files: list[Source], task: Task, workers: int, engine: Engine, kept: Path | None) -> list[dict[str, Any]]:
    from appliance.cli.counting import counted
    from appliance.portrait.batch import check_many

    results: list[dict[str, Any]] = [{} for _ in files]
    for place, result in counted("judging", len(files), check_many(files, task, workers, engine, kept)):
        results[place] = result
    return results


def _reported(files: list[Source], task: Task, workers: int, report: Path) -> list[dict[str, Any]]:
    from datetime import datetime
    from importlib.metadata import version

    from appliance.cli.counting import counted
    from appliance.cli.failing import fail
    from appliance.ledger.files import write_durably
    from appliance.portrait.check import examine_files
    from appliance.portrait.profile import load_profile
    from appliance.portrait.report.page import page

    examined: list[Examined | None] = [None for _ in files]
    for place, found in counted("judging", len(files), examine_files(files, task, workers)):
        examined[place] = found
    every = [found for found in examined if found is not None]
    made = f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z} · capture-station {version('capture-station')}"
    try:
        write_durably(report, page(every, load_profile(task.profile), made).encode(), mode=0o644)
    except OSError as error:
        fail(f"--report {report} cannot be written: {error.strerror}", EXIT_USAGE)
    return [found.result for found in every]


def _sum_up(results: list[dict[str, Any]], report: Path) -> None:
    counts = Counter("unreadable" if "error" in result else str(result["verdict"]) for result in results)
    told = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    typer.echo(f"{len(results)} pictures: {told}; report: {report}")


def _print(result: dict[str, Any]) -> None:
    from appliance.cli.verdict_table import print_verdict

    if "error" in result:
        typer.echo(f"{result['file']}: {result['error']['zh']} / {result['error']['en']}")
    else:
        print_verdict(
            result, f"{result['file']}: {result['verdict']} ({result['profile']}, judged as {result['judged_as']})"
        )


def _exit_code(results: list[dict[str, Any]]) -> int:
    if any("error" in result for result in results):
        return EXIT_USAGE
    return 0 if all(result["verdict"] == "pass" for result in results) else EXIT_REFUSED
