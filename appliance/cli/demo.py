"""`station demo`: a station with stand-in hardware and a platform of its own, with students to play with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from appliance.rehearsal.bench import Bench
    from appliance.rehearsal.visitor import Subject

PAUSE = 2.5  # seconds to look at each verdict on the tablet
FRIEND_SECONDS = 20.0  # after which a fee is paid for whoever tries the page
FEE_FEN = 2000  # paid before the shot, by a friend's phone


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    photos: Annotated[
        Path | None, typer.Option(help="Your own pictures instead of the cast.", metavar="FOLDER")
    ] = None,
    camera: Annotated[str, typer.Option(help="replay (stand-in) or v4l2 (your webcam).")] = "replay",
    port: Annotated[int, typer.Option(help="Port of the tablet page; 0 takes a free one.")] = 8000,
    pause: Annotated[float, typer.Option(help="Seconds to look at each verdict.")] = PAUSE,
    browser: Annotated[bool, typer.Option(help="Open the tablet page.")] = True,
    once: Annotated[bool, typer.Option("--once", help="End after the queue was played.")] = False,
) -> None:
    """Start everything on this machine, play a queue of students, then leave the page to you. Ctrl-C ends it."""
    import tempfile

    from appliance.cli.failing import fail
    from appliance.platform.contract import Fee
    from appliance.platform.errors import PlatformError
    from appliance.rehearsal.bench import Bench
    from appliance.rehearsal.children import ChildFailed
    from appliance.rehearsal.door import StationRefused, StationSilent
    from appliance.rehearsal.neighbours import PageRefused
    from appliance.rehearsal.subjects import NobodyToPhotograph

    try:
        subjects, people = _cast(photos) if camera == "replay" else ([], [])
    except NobodyToPhotograph as error:
        fail(str(error), 2)
    typer.echo("starting: reference platform, station, delivery ...")
    try:
        with (
            tempfile.TemporaryDirectory(prefix="station-demo-") as folder,
            Bench(
                Path(folder), camera=camera, port=port, people=people, fee=Fee(amount_fen=FEE_FEN, when="before")
            ) as bench,
        ):
            page = f"{bench.url}/#pair={bench.pairing_code}"
            typer.echo(f"tablet page:        {page}\nreference platform: {bench.platform_url}/ (what arrived)")
            typer.echo(f"review desk:        {bench.platform_url}/desk, token {bench.platform.keys.desk}")
            typer.echo(f"stations:           {bench.platform_url}/stations")
            if browser:
                _open(page)
            receipts = _play(bench, subjects, pause) if subjects else None
            if camera != "replay":
                _hold_up(bench)
            if once:
                raise typer.Exit(0 if receipts else 1)
            typer.echo("\nnow it is yours: choose a student on the page. Ctrl-C ends the demo.")
            _stay(bench)
    except KeyboardInterrupt:
        typer.echo("\ndemo ended; nothing is kept")
    except (ChildFailed, PageRefused, PlatformError, StationRefused, StationSilent, OSError) as error:
        fail(f"the demo stopped: {error}", 1)


def _cast(photos: Path | None) -> tuple[list[Subject], list[dict[str, object]]]:
    from appliance.rehearsal.cast import cast_pictures
    from appliance.rehearsal.subjects import NobodyToPhotograph, from_cast, from_path

    if photos is not None:
        subjects = from_path(photos)
        return subjects, [_person(subject.title, subject.title, subject.title, subject.picture) for subject in subjects]
    try:
        subjects = from_cast()
    except NobodyToPhotograph as error:
        typer.echo(f"{error}; the stage stays empty", err=True)
        return [], []
    pictures = cast_pictures()
    return subjects, [_person(picture.id, picture.title_zh, picture.title_en, picture.path) for picture in pictures]


def _person(name: str, zh: str, en: str, path: Path | None) -> dict[str, object]:
    return {"id": name, "title": {"zh": zh, "en": en}, "path": str(path.absolute()) if path else ""}


def _play(bench: Bench, subjects: list[Subject], pause: float) -> int:
    from appliance.rehearsal.neighbours import Friend, Reviewer
    from appliance.rehearsal.player import Player, quiet
    from appliance.rehearsal.recall import Recall
    from appliance.rehearsal.visitor import Visitor

    def pay(address: str) -> None:
        typer.echo(f"     a friend pays on another phone: {address}")
        Friend().pay(address)

    with bench.door() as door:
        visitor = Visitor(door, quiet, payer=pay)
        player = Player(visitor, bench.credentials, typer.echo)
        receipts = player.play(subjects, pause)
        typer.echo(f"\nqueue played: {len(subjects)} students, {receipts} handed over to the platform")
        for handed_over in player.handed_over[-1:]:
            with Reviewer(bench.platform_url, bench.platform.keys.desk) as reviewer:
                Recall(door, visitor, reviewer, typer.echo).play(handed_over, pause)
    return receipts


def _hold_up(bench: Bench) -> None:
    import segno

    held = bench.credentials(0)
    typer.echo(f"hold this code before the webcam (answer: {held.answer}):")
    segno.make(held.payload, error="l", micro=False).terminal(compact=True)


def _open(page: str) -> None:
    import os
    import webbrowser

    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(page)
    else:
        typer.echo("(no screen here: open that address in a browser)")


def _stay(bench: Bench) -> None:
    import time

    from appliance.rehearsal.neighbours import PatientFriend

    door = bench.door()
    friend = PatientFriend(door, typer.echo, FRIEND_SECONDS)
    while True:
        time.sleep(1.0)
        try:
            friend.look()
        except (OSError, RuntimeError) as error:
            typer.echo(f"the friend could not pay: {error}", err=True)
        for child, start in ((bench.station, bench.start_station), (bench.delivery, bench.delivery.start)):
            if not child.running:
                typer.echo(f"{child.name} ended; starting it again. Its last lines:\n{child.tail()}", err=True)
                start()
