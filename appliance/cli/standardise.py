"""`station standardise`: makes the standard photo of a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXIT_REFUSED, EXIT_USAGE = 1, 2


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(standardise)


def standardise(
    file: Annotated[Path, typer.Argument(help="The picture.", metavar="FILE")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the photo goes; ends in .jpg.", metavar="OUT.jpg")],
    profile: Annotated[str, typer.Option(help="Profile of the photo standard.")] = "moe-2017-99",
) -> None:
    """Make the standard photo: cropped, scaled, background replaced; never rotated, mirrored or retouched.

    Exit code 0 when it was made and passes its own check, 1 when it cannot be made or does not pass, 2 for unreadable input.
    """
    import os

    from appliance.cli.failing import fail
    from appliance.cli.verdict_table import print_verdict
    from appliance.ledger.files import write_durably
    from appliance.portrait.errors import ProfileError, UnreadablePicture
    from appliance.portrait.picture_file import read_picture
    from appliance.portrait.pipeline import Portrait
    from appliance.portrait.profile import load_profile
    from models.errors import NetworkMissing
    from models.install import networks_dir

    if out.suffix.lower() != ".jpg":
        fail(f"{out}: the standard wants a name that ends in .jpg", EXIT_USAGE)
    if out.exists() and file.exists() and out.samefile(file):
        fail(f"{out} is the picture itself: choose another name", EXIT_USAGE)
    try:
        picture = read_picture(file)
        judged = Portrait(networks_dir(), load_profile(profile), threads=os.cpu_count() or 1).still(
            picture.pixels, picture.facts
        )
    except (UnreadablePicture, ProfileError, NetworkMissing) as error:
        fail(f"{file}: {error}", EXIT_USAGE)
    if judged.photo is None:
        print_verdict(judged.verdict.as_dict(), f"{file}: no photo can be made")
        raise typer.Exit(EXIT_REFUSED)
    try:
        write_durably(out, judged.photo.jpeg, mode=0o644)
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}", EXIT_USAGE)
    size = f"{judged.photo.width}x{judged.photo.height}, {len(judged.photo.jpeg) / 1024:.1f} KB"
    typer.echo(f"{out}: {size}, quality {judged.photo.quality}")
    if judged.verdict.outcome != "pass":
        print_verdict(judged.verdict.as_dict(), f"{file}: {judged.verdict.outcome}")
        raise typer.Exit(EXIT_REFUSED)
