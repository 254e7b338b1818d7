"""`station doctor`: exercises every device and says what to do about what is not well."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from appliance.doctor.finding import Finding
    from appliance.portrait.measurement import Message
    from appliance.web.parts import StandIn

EXIT_FAILED, EXIT_CANNOT = 1, 2
HELD = "STATION-DOCTOR"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(
    data: Annotated[Path | None, typer.Option("--data", help="Data folder.", metavar="DIR")] = None,
    camera: Annotated[str | None, typer.Option(help="replay, v4l2, picamera2 or auto.")] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait for a code and for the button; 0 skips both.")] = 20.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Examine networks, keys, clock, disk, camera, lamps, scanners and buttons. Needs the devices: stop the station first.

    Exit code 0 when all is well (warnings allowed), 1 when something failed, 2 when it could not examine.
    """
    from pydantic import ValidationError

    from appliance.cli.failing import fail
    from appliance.cli.report import print_json
    from appliance.composition.body import devices
    from appliance.composition.cameras import NoSuchDriver
    from appliance.doctor.examination import examine, report
    from appliance.doctor.finding import Outcome
    from appliance.ledger.files import make_directory
    from appliance.serve import StationRunning, alone
    from appliance.settings import Settings, explained

    given: dict[str, Any] = {"data_dir": data, "camera": camera}
    try:
        settings = Settings(**{key: value for key, value in given.items() if value is not None})
        make_directory(settings.data_dir)
        lock = alone(settings.data_dir)
    except ValidationError as error:
        fail(explained(error), EXIT_CANNOT)
    except StationRunning as error:
        fail(f"{error}; a running station answers GET /api/doctor itself", EXIT_CANNOT)
    try:
        body = devices(settings.body, settings.data_dir)
        helper = _Person() if body.stand_in is None else _StandInHands(body.stand_in)
        findings: list[Finding] = []
        for finding in examine(body, settings.data_dir, helper, wait):
            findings.append(finding)
            if not as_json:
                _say(finding)
    except NoSuchDriver as error:
        fail(str(error), EXIT_CANNOT)
    finally:
        lock.release()
    if as_json:
        print_json(report(findings))
    else:
        _sum_up(findings)
    raise typer.Exit(EXIT_FAILED if any(finding.outcome is Outcome.FAIL for finding in findings) else 0)


class _Person:
    """Somebody at the terminal."""

    def ask(self, what: Message, seconds: float) -> None:
        typer.echo(f"  → {what.zh} / {what.en} ({seconds:g} s)", err=True)

    def hold_code(self) -> None:
        """The person does."""

    def press(self) -> None:
        """The person does."""

    def done(self) -> None:
        """The person sees it."""


class _StandInHands(_Person):
    """On a station without real devices, the stand-in's world does what a person would."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in

    def hold_code(self) -> None:
        self._stand_in.stage.show_code(HELD)

    def press(self) -> None:
        self._stand_in.press()

    def done(self) -> None:
        self._stand_in.stage.clear_code()


def _say(finding: Finding) -> None:
    marks = {"ok": "✓", "warn": "!", "fail": "✗", "skipped": "–"}
    typer.echo(f"{marks[str(finding.outcome)]} {finding.title.zh} / {finding.title.en}: {finding.value}")
    if finding.advice is not None:
        typer.echo(f"    {finding.advice.zh}\n    {finding.advice.en}")


def _sum_up(findings: list[Finding]) -> None:
    counts = {
        outcome: sum(str(f.outcome) == outcome for f in findings) for outcome in ("ok", "warn", "fail", "skipped")
    }
    typer.echo(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
