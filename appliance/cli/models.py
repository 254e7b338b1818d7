"""``station models``: which networks are here, bring the others, read every byte again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Source = Annotated[
    Path | None,
    typer.Option("--from", help="Folder of package archives to use instead of the registries.", metavar="DIR"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


def register(app: typer.Typer) -> None:
    """Add the ``models`` group to the program."""
    group = typer.Typer(no_args_is_help=True, help="The TFLite networks: list, install, verify.")
    group.command("list")(list_networks)
    group.command("install")(install_networks)
    group.command("verify")(verify_networks)
    app.add_typer(group, name="models")


def list_networks(as_json: AsJson = False) -> None:
    """Show every network, whether it is installed, and where it comes from."""
    from appliance.cli.report import print_json, print_table
    from models.install import networks_dir
    from models.manifest import load_manifest

    folder = networks_dir()
    rows = [
        {
            "name": network.name,
            "installed": network.item.present(folder),
            "bytes": network.item.size,
            "title": network.title,
            "package": network.item.archive.title,
            "member": list(network.item.member),
            "sha256": network.item.sha256,
            "licence": network.licence,
            "input": network.input,
            "output": network.output,
        }
        for network in load_manifest()
    ]
    if as_json:
        print_json({"folder": str(folder), "networks": rows})
        return
    print_table(f"networks in {folder}", rows, ("name", "installed", "bytes", "package"))


def install_networks(source: Source = None, as_json: AsJson = False) -> None:
    """Bring the networks that are missing or damaged. Exit code 2 when some stay missing."""
    from appliance.cli.progress import Downloads
    from appliance.cli.report import print_json, say_incomplete, say_line
    from models.errors import DeliveryIncomplete
    from models.install import install, networks_dir

    try:
        with Downloads() as watch:
            brought = install(source=source, watch=watch)
    except DeliveryIncomplete as error:
        say_incomplete(error, as_json=as_json)
        raise typer.Exit(2) from None
    if as_json:
        print_json({"folder": str(networks_dir()), "brought": list(brought), "missing": []})
    else:
        say_line(f"networks: {', '.join(brought)} installed" if brought else "networks: all there")


def verify_networks(as_json: AsJson = False) -> None:
    """Read every installed network and compare with its pinned sha256. Exit code 1 unless all are right."""
    from appliance.cli.report import print_json, print_table
    from models.install import COMMAND, networks_dir, verify

    folder = networks_dir()
    states = verify(folder)
    if as_json:
        print_json({"folder": str(folder), "networks": states})
    else:
        rows: list[dict[str, object]] = [{"name": name, "state": state} for name, state in states.items()]
        print_table(f"networks in {folder}", rows, ("name", "state"))
    if any(state != "ok" for state in states.values()):
        typer.echo(f"not all as pinned; type: {COMMAND}", err=True)
        raise typer.Exit(1)
