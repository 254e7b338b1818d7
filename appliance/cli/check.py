"""`station check`: judges existing pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

EXIT_REFUSED, EXIT_USAGE = 1, 2


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)


def check(
    files: Annotated[list[Path], typer.Argument(help="Pictures to judge.", metavar="FILE...")],
    profile: Annotated[str, typer.Option(help="Profile of the photo standard.")] = "moe-2017-99",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON: one object for one FILE, an array for several.")
    ] = False,
    judge_as: Annotated[
        str | None, typer.Option("--as", help="photo (a finished photo) or capture; decided by its shape otherwise.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 takes all cores.")] = 0,
) -> None:
    """Judge pictures. Exit code 0 when all pass, 1 when any is refused, 2 for usage or unreadable input."""
    import json
    import os

    from appliance.cli.failing import fail
    from appliance.portrait.check import Task
    from appliance.portrait.errors import ProfileError
    from appliance.portrait.measure.subject import Stage
    from appliance.portrait.profile import load_profile
    from models.errors import NetworkMissing
    from models.install import networks_dir

    if judge_as not in (None, "photo", "capture"):
        fail(f"--as {judge_as}: choose photo or capture", EXIT_USAGE)
    try:
        load_profile(profile)
        cores = workers or os.cpu_count() or 1
        task = Task(
            networks_dir(), profile, Stage(judge_as) if judge_as else None, threads=cores if len(files) == 1 else 1
        )
        results = _judged(files, task, cores)
    except (ProfileError, NetworkMissing) as error:
        fail(str(error), EXIT_USAGE)
    if as_json:
        typer.echo(json.dumps(results[0] if len(files) == 1 else results, ensure_ascii=False, indent=2))
    else:
        for result in results:
            _print(result)
    raise typer.Exit(_exit_code(results))


def _judged(files: list[Path], task: Any, workers: int) -> list[dict[str, Any]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from appliance.portrait.check import check_files

    results: list[dict[str, Any]] = [{} for _ in files]
    columns = (TextColumn("judging"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=len(files) == 1) as progress:
        bar = progress.add_task("", total=len(files))
        for place, result in check_files(files, task, workers):
            results[place] = result
            progress.advance(bar)
    return results


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
