"""`station run`: the station itself, until stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from appliance.devices import Devices
    from appliance.settings import Settings

Data = Annotated[Path | None, typer.Option("--data", help="Data folder.", metavar="DIR")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(
    data: Data = None,
    name: Annotated[str | None, typer.Option(help="The station's name.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    camera: Annotated[
        str | None, typer.Option(help="replay (stand-in), v4l2 (USB camera), picamera2, or auto.")
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            help="Use this plan: a signed roster document; a plain plan with --camera replay only.", metavar="FILE"
        ),
    ] = None,
    simulate: Annotated[
        Path | None, typer.Option(help="Play a script on stand-in devices.", metavar="SCENE.toml")
    ] = None,
    announce: Annotated[Path | None, typer.Option(help="Write address and pairing code here when ready.")] = None,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log JSON lines.")] = False,
    safe_mode: Annotated[
        bool, typer.Option("--safe-mode", help="After three starts that failed, serve a small page that says why.")
    ] = False,
) -> None:
    """Run the station in the foreground; SIGTERM or Ctrl-C stops it cleanly.

    Exit code 2 when it cannot start, 75 when it asks to be started again, 76 when the machine must be switched off.
    """
    from appliance.cli.failing import fail

    given: dict[str, Any] = {"data_dir": data, "name": name, "host": host, "port": port, "camera": camera, "plan": plan}
    given = {key: value for key, value in given.items() if value is not None}
    try:
        if safe_mode:
            code = _guarded(given, lambda told: _run(given, simulate, announce, log_json, told))
        else:
            code = _run(given, simulate, announce, log_json, lambda: None)
    except CannotStart as error:
        fail(str(error), code=2)
    raise typer.Exit(code)


class CannotStart(RuntimeError):
    """The station cannot be started; the message says why and what to do. `counts`: another try may end likewise."""

    def __init__(self, text: str, *, counts: bool = True) -> None:
        super().__init__(text)
        self.counts = counts


def _guarded(given: dict[str, Any], start: Callable[[Callable[[], None]], int]) -> int:
    """A start that counts; the small page when too many failed."""
    import os

    from appliance.safe_mode.guard import StartGuard, address, guarded
    from appliance.settings import default_data_dir

    folder = given.get("data_dir") or default_data_dir()
    guard = StartGuard(folder)
    if not guard.begin():
        from appliance import logs
        from appliance.certificates import tls_files
        from appliance.safe_mode.running import run_safe_mode

        logs.configure(json_lines=True)
        host, port = address(os.environ.get("STATION_SETTINGS"))
        tls = tls_files(folder / "keys")
        files = (tls.certificate, tls.key) if tls.certificate.is_file() else None
        return run_safe_mode(folder, given.get("host", host), given.get("port", port), files)

    def told_as(error: BaseException) -> str | None:
        if isinstance(error, CannotStart):
            return str(error) if error.counts else None
        return f"{type(error).__name__}: {error}"

    return guarded(guard, lambda: start(guard.ready), told_as)


def _run(
    given: dict[str, Any], simulate: Path | None, announce: Path | None, log_json: bool, told: Callable[[], None]
) -> int:
    """Compose and serve; the exit code. Raises `CannotStart`."""
    from pydantic import ValidationError

    from appliance import logs
    from appliance.certificates import CertificateUnusable
    from appliance.composition.cameras import NoSuchDriver
    from appliance.ledger.errors import LedgerError
    from appliance.ledger.files import make_directory
    from appliance.main import station
    from appliance.portrait.errors import ProfileError
    from appliance.provision import first_boot
    from appliance.serve import AddressTaken, StationRunning, alone, serve
    from appliance.settings import Settings, explained
    from appliance.simulation.script import ScriptError
    from appliance.visit.plan_file import PlanFileError
    from appliance.web.pairing_codes import new_pairing_code
    from models.errors import ModelsError

    try:
        settings = Settings(**given)
        logs.configure(json_lines=log_json or settings.log_json)
        make_directory(settings.data_dir)
        alone(settings.data_dir).release()  # told now, not after some seconds of loading; serve holds it
        label = first_boot.printed(settings.data_dir)
        made = station(
            settings,
            pairing_code=label.pairing_code if label else new_pairing_code(),
            setup_code=label.setup_code if label else None,
            simulated=None if simulate is None else _simulated(simulate, settings),
        )
        ending = serve(made, settings, announce, told)
    except ValidationError as error:
        raise CannotStart(explained(error)) from error
    except StationRunning as error:
        raise CannotStart(str(error), counts=False) from error
    except (
        NoSuchDriver,
        ScriptError,
        LedgerError,
        ModelsError,
        ProfileError,
        PlanFileError,
        AddressTaken,
        CertificateUnusable,
        first_boot.FirstBootUnreadable,
    ) as error:
        raise CannotStart(str(error)) from error
    return int(ending)


def _simulated(script: Path, settings: Settings) -> Devices:
    """A body of stand-ins that plays `script`, with the installed cast. Raises `ScriptError`."""
    from appliance.composition.simulated import simulated
    from appliance.rehearsal.cast import cast_pictures
    from appliance.simulation.script import read_script

    people = {picture.id: picture.path for picture in cast_pictures()}
    return simulated(read_script(script), settings.data_dir, people)
