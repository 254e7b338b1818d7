"""``station cast``: the pictures of people that the demo and some tests use, out of ordinary packages."""

from __future__ import annotations

import typer

from appliance.cli.models import AsJson, Source


def register(app: typer.Typer) -> None:
    """Add the ``cast`` group to the program."""
    group = typer.Typer(no_args_is_help=True, help="The people of the demo: list, install.")
    group.command("list")(list_cast)
    group.command("install")(install_pictures)
    app.add_typer(group, name="cast")


def list_cast(as_json: AsJson = False) -> None:
    """Show every picture, whether it is installed, and where it comes from."""
    from appliance.cli.report import print_json, print_table
    from appliance.rehearsal.cast import cast_dir, load_cast

    folder = cast_dir()
    roles = load_cast()
    if as_json:
        pictures = [
            {
                "id": picture.id,
                "installed": role.item.present(folder),
                "title": {"zh": picture.title_zh, "en": picture.title_en},
                "path": str(picture.path),
                "source": picture.source,
                "licence": picture.licence,
            }
            for role, picture in ((role, role.picture(folder)) for role in roles)
        ]
        print_json({"folder": str(folder), "pictures": pictures})
        return
    rows = [
        {
            "id": role.item.name,
            "installed": role.item.present(folder),
            "title": f"{role.title_zh} · {role.title_en}",
            "package": role.item.archive.title,
        }
        for role in roles
    ]
    print_table(f"cast in {folder}", rows, ("id", "installed", "title", "package"))


def install_pictures(source: Source = None, as_json: AsJson = False) -> None:
    """Bring the pictures that are missing. Exit code 2 when some stay missing."""
    from appliance.cli.progress import Downloads
    from appliance.cli.report import print_json, say_incomplete, say_line
    from appliance.rehearsal.cast import cast_dir, install_cast
    from models.errors import DeliveryIncomplete

    try:
        with Downloads() as watch:
            brought = install_cast(source=source, watch=watch)
    except DeliveryIncomplete as error:
        say_incomplete(error, as_json=as_json)
        raise typer.Exit(2) from None
    if as_json:
        print_json({"folder": str(cast_dir()), "brought": list(brought), "missing": []})
    else:
        say_line(f"cast: {', '.join(brought)} installed" if brought else "cast: all there")
