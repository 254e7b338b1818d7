"""`station run`: the station itself, until stopped."""

from __future__ import annotations

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
) -> None:
    """Run the station in the foreground; SIGTERM or Ctrl-C stops it cleanly.

    Exit code 2 when it cannot start, 75 when it asks to be started again, 76 when the machine must be switched off.
    """
    from pydantic import ValidationError

    from appliance import logs
    from appliance.certificates import CertificateUnusable
    from appliance.cli.failing import fail
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
    from appliance.web.access import new_pairing_code
    from models.errors import ModelsError

    given: dict[str, Any] = {"data_dir": data, "name": name, "host": host, "port": port, "camera": camera}
    given["plan"] = plan
    try:
        settings = Settings(**{key: value for key, value in given.items() if value is not None})
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
        ending = serve(made, settings, announce)
    except ValidationError as error:
        fail(explained(error), code=2)
    except (
        NoSuchDriver,
        ScriptError,
        StationRunning,
        LedgerError,
        ModelsError,
        ProfileError,
        PlanFileError,
        AddressTaken,
        CertificateUnusable,
        first_boot.FirstBootUnreadable,
    ) as error:
        fail(str(error), code=2)
    raise typer.Exit(int(ending))


def _simulated(script: Path, settings: Settings) -> Devices:
    """A body of stand-ins that plays `script`, with the installed cast. Raises `ScriptError`."""
    from appliance.composition.simulated import simulated
    from appliance.rehearsal.cast import cast_pictures
    from appliance.simulation.script import read_script

    people = {picture.id: picture.path for picture in cast_pictures()}
    return simulated(read_script(script), settings.data_dir, people)
