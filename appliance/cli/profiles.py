"""`station profiles`: which profiles of the photo standard there are, and what each asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from appliance.portrait.profile_file import ProfileFile

EXIT_USAGE = 2


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(profiles)


def profiles(
    name: Annotated[str | None, typer.Argument(help="Explain this profile; all are listed otherwise.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")] = False,
    folder: Annotated[
        Path | None,
        typer.Option("--in", help="Look at the profiles in this folder, not at the station's.", metavar="DIR"),
    ] = None,
) -> None:
    """List the profiles of the photo standard, or explain one: every limit, where it comes from, and what differs.

    Exit code 2 when a profile does not exist or has a mistake, which is named with its file and key.
    """
    from appliance.cli.failing import fail
    from appliance.cli.report import print_json
    from appliance.portrait.errors import ProfileError
    from appliance.portrait.profile import FOLDER, profile_names

    where = folder or FOLDER
    try:
        if name is not None:
            told = explained(name, where)
            print_json(told) if as_json else _print_one(told)
        else:
            every = [summary(each, where) for each in profile_names(where)]
            print_json({"profiles": every}) if as_json else _print_all(every)
    except ProfileError as error:
        fail(f"{error.message.zh}\n{error}", EXIT_USAGE)


def summary(name: str, folder: Path) -> dict[str, Any]:
    """One profile in a few figures. Raises `ProfileError`."""
    from appliance.portrait.profile import lineage, load_profile

    profile, files = load_profile(name, folder), lineage(name, folder)
    return {
        "name": name,
        "title": {"zh": profile.title_zh, "en": profile.title_en},
        "inherits": [file.name for file in files[1:]],
        "photo": {
            "width": profile.width,
            "height": profile.height,
            "dpi": profile.dpi,
            "background": list(profile.background),
            "bytes": [profile.bytes_min, profile.bytes_max],
            "quality_min": profile.quality_min,
        },
        "differs": _differing(files[0]) if len(files) > 1 else [],
    }


def explained(name: str, folder: Path) -> dict[str, Any]:
    """One profile with every limit: its rule's title, figure, origin, the file it stands in, and what it replaces. Raises
    `ProfileError`."""
    from appliance.portrait.profile import lineage
    from appliance.portrait.rulebook import RULES
    from appliance.portrait.texts import load_texts

    files, texts = lineage(name, folder), load_texts()["rule"]
    limits = []
    for rule in RULES:
        for part in rule.parts:
            places = [file for file in files if part.limit in file.limits]
            if part.limit is None or not places:
                continue
            row = places[0].limits[part.limit]
            replaced = places[1].limits[part.limit].limit if len(places) > 1 else None
            limits.append(
                {
                    "key": part.limit,
                    "rule": rule.id,
                    "title": {"zh": texts[rule.id]["title"]["zh"], "en": texts[rule.id]["title"]["en"]},
                    "reads": str(part.reads),
                    "limit": row.limit,
                    "advised": row.advised,
                    "origin": row.origin,
                    "from": places[0].name,
                    "replaces": replaced,
                }
            )
    return {**summary(name, folder), "limits": limits}


def _differing(file: ProfileFile) -> list[str]:
    """The keys that a profile says itself; its title is its own anyway."""
    return [*(f"photo.{key}" for key in file.photo), *(f'limits."{rule}"' for rule in file.limits)]


def _print_all(every: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="profiles of the photo standard 照片标准", title_justify="left")
    for column in ("name 名称", "photo 照片", "inherits 继承"):
        table.add_column(column, overflow="fold")
    for row in every:
        photo = row["photo"]
        low, high = (count // 1024 for count in photo["bytes"])
        colour = ",".join(map(str, photo["background"]))
        table.add_row(
            f"[bold]{row['name']}[/]\n{row['title']['zh']}\n{row['title']['en']}",
            f"{photo['width']}×{photo['height']} px, {photo['dpi']} dpi\n{low}–{high} KB\n[on rgb({colour})]  [/] RGB {colour}",
            "\n".join([*row["inherits"], f"{len(row['differs'])} differ 处不同"]) if row["inherits"] else "–",
        )
    console = Console()
    console.print(table)
    console.print("station profiles NAME 逐条说明 explains one", highlight=False)


def _print_one(told: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    photo, console = told["photo"], Console()
    console.print(f"[bold]{told['name']}[/]  {told['title']['zh']} / {told['title']['en']}", highlight=False)
    low, high = (count // 1024 for count in photo["bytes"])
    console.print(
        f"{photo['width']}×{photo['height']} px, {photo['dpi']} dpi, {low}–{high} KB, JPEG ≥ {photo['quality_min']}, "
        f"RGB {','.join(map(str, photo['background']))}",
        highlight=False,
    )
    if told["inherits"]:
        console.print(f"继承 inherits: {' → '.join(told['inherits'])}", highlight=False)
        console.print(f"不同 differs: {', '.join(told['differs']) or 'only its title'}", highlight=False, markup=False)
    table = Table()
    for column in ("规则 rule", "限值 limit", "来源 origin", "出自 from"):
        table.add_column(column, overflow="fold")
    for row in told["limits"]:
        mark = "[yellow]●[/] " if row["from"] == told["name"] and told["inherits"] else ""
        table.add_row(
            f"{mark}{row['key']}\n{row['title']['zh']} {row['title']['en']}",
            _limit(row),
            row["origin"],
            row["from"],
        )
    console.print(table)


_SIGNS = {"at_most": "≤ ", "at_least": "≥ ", "magnitude": "± "}


def _limit(row: dict[str, Any]) -> str:
    """The figure as it is read, what would be better still, and what it replaces."""
    sign = _SIGNS.get(row["reads"], "")
    lines = [sign + _figure(row["limit"])]
    if row["advised"] is not None:
        lines.append(f"[dim]better 更好 {sign}{_figure(row['advised'])}[/]")
    if row["replaces"] is not None:
        lines.append(f"[dim]instead of 原为 {_figure(row['replaces'])}[/]")
    return "\n".join(lines)


def _figure(value: object) -> str:
    if isinstance(value, tuple):
        return "–".join(f"{part:g}" for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
