"""`station calibrate`: focus, grey card, backdrop and lens, one step at a time; kept, shown, undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from appliance.calibration.store import Calibration, CalibrationStore
    from appliance.devices import Devices

EXIT_REFUSED, EXIT_CANNOT = 1, 2
Data = Annotated[Path | None, typer.Option("--data", help="Data folder.", metavar="DIR")]
CameraOption = Annotated[str | None, typer.Option("--camera", help="replay, v4l2, picamera2 or auto.")]


@dataclass(frozen=True, slots=True)
class _Bench:
    store: CalibrationStore
    devices: Devices


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Focus, white balance, backdrop and lens of this station.", no_args_is_help=True)
    for command in (focus, grey, backdrop, lens, chart, show, undo):
        group.command()(command)
    app.add_typer(group, name="calibrate")


def focus(
    data: Data = None,
    camera: CameraOption = None,
    seconds: Annotated[float, typer.Option(help="Time to turn the lens.")] = 30.0,
) -> None:
    """Show live sharpness while the lens is turned. Hold the chart's star where a face will be."""

    def measured(bench: _Bench) -> dict[str, Any]:
        from appliance.calibration.steps import focus as step

        return {"focus": step(bench.devices.camera, datetime.now(UTC), seconds, _bar)}

    _step(data, camera, measured)


def grey(data: Data = None, camera: CameraOption = None) -> None:
    """White balance and exposure on a grey card held where a face will be."""

    def measured(bench: _Bench) -> dict[str, Any]:
        from appliance.calibration.steps import grey as step

        return {"grey": step(bench.devices.camera, bench.devices.lamps, datetime.now(UTC))}

    _step(data, camera, measured)


def backdrop(data: Data = None, camera: CameraOption = None) -> None:
    """Clean plate of the empty backdrop, and how evenly it is lit. Nobody may stand before it."""

    def measured(bench: _Bench) -> dict[str, Any]:
        from appliance.calibration.steps import backdrop as step

        return {"backdrop": step(bench.devices.camera, bench.devices.lamps, bench.store, datetime.now(UTC))}

    _step(data, camera, measured)


def lens(data: Data = None, camera: CameraOption = None) -> None:
    """Distortion and shading on the printed chessboard (station calibrate chart)."""

    def measured(bench: _Bench) -> dict[str, Any]:
        from appliance.calibration.steps import lens as step

        return {"lens": step(bench.devices.camera, bench.devices.lamps, datetime.now(UTC))}

    _step(data, camera, measured)


def chart(out: Annotated[Path, typer.Argument(help="PDF to write.", metavar="OUT.pdf")]) -> None:
    """Write the sheet to print: chessboard, focus star, grey patch."""
    from appliance.calibration.chart import write_chart
    from appliance.cli.failing import fail

    try:
        write_chart(out)
    except OSError as error:
        fail(f"cannot write {out}: {error}", EXIT_CANNOT)
    typer.echo(f"{out}: print it at 100 %, A4 landscape")


def show(data: Data = None) -> None:
    """The calibration in use, as JSON; exit code 1 when there is none."""
    with _refusing():
        current = _store(data).current()
        if current is None:
            typer.echo("尚未校准 / not calibrated yet", err=True)
            raise typer.Exit(EXIT_REFUSED)
        typer.echo(current.model_dump_json(indent=2))


def undo(data: Data = None) -> None:
    """Back to the calibration before the one in use; takes effect at the station's next start."""
    from appliance.cli.opening import note_where_kept

    with _refusing():
        current = _store(data).undo()
        note_where_kept(data, "calibrate undo")
        typer.echo("未校准 / no calibration in use" if current is None else f"calibration {current.number} is in use")


def _step(data: Path | None, camera: str | None, measure: Callable[[_Bench], dict[str, Any]]) -> None:
    """Open the devices, measure, keep a new version."""
    from appliance.cli.opening import note_where_kept
    from firmware.ports import DeviceError

    with _refusing(), _bench(data, camera) as bench:
        devices = bench.devices
        try:
            devices.camera.start()
            devices.lamps.start()
            devices.camera.next_preview(timeout=12.0)
            kept = bench.store.add(devices.camera.still_size, **measure(bench))
        except DeviceError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(EXIT_REFUSED) from error
        finally:
            devices.lamps.stop()
            devices.camera.stop()
    note_where_kept(data, "calibrate")
    _say(kept)


def _say(kept: Calibration) -> None:
    typer.echo(kept.model_dump_json(indent=2))
    typer.echo(
        f"校准 {kept.number} 已保存，下次启动生效 / calibration {kept.number} kept, in effect from the next start"
    )


@contextmanager
def _bench(data: Path | None, camera: str | None) -> Iterator[_Bench]:
    from pydantic import ValidationError

    from appliance.calibration.store import CalibrationStore
    from appliance.cli.failing import fail
    from appliance.composition.body import devices
    from appliance.composition.cameras import NoSuchDriver
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
        fail(str(error), EXIT_CANNOT)
    try:
        yield _Bench(CalibrationStore(settings.data_dir), devices(settings.body, settings.data_dir))
    except NoSuchDriver as error:
        fail(str(error), EXIT_CANNOT)
    finally:
        lock.release()


def _store(data: Path | None) -> CalibrationStore:
    from appliance.calibration.store import CalibrationStore
    from appliance.settings import default_data_dir

    return CalibrationStore(data or default_data_dir())


@contextmanager
def _refusing() -> Iterator[None]:
    from appliance.calibration.errors import CalibrationRefused
    from appliance.cli.failing import fail

    try:
        yield
    except CalibrationRefused as error:
        fail(str(error), EXIT_REFUSED)


def _bar(now: float, best: float) -> None:
    share = 0 if best <= 0 else round(40 * now / best)
    typer.echo(f"\r{'█' * share:<40} {now:7.2f} (best {best:.2f})", nl=False, err=True)
