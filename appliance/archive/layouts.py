"""Sheets of prints: which there are, and where each photo lies on its paper. Lengths are millimetres from the lower left corner."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from appliance.archive.errors import ArchiveFailed
from appliance.platform.contract import PrintLayout

# One-inch and two-inch are the trade's names; prints are 25 x 35 and 35 x 49 mm, 295 x 413 and 413 x 579 px at 300 dpi.
PHOTO_MM: Mapping[str, tuple[float, float]] = {"one-inch": (25.0, 35.0), "two-inch": (35.0, 49.0)}
PROFILES: Mapping[str, str] = {"one-inch": "id-1inch", "two-inch": "id-2inch"}
# ISO 216, and the photo trade's 5-inch and 6-inch papers (the longer side's name in inches).
PAPER_MM: Mapping[str, tuple[float, float]] = {
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "A6": (105.0, 148.0),
    "5-inch": (89.0, 127.0),
    "6-inch": (102.0, 152.0),
}
LINE_MM = 3.2  # of a caption; 7 pt type
GAP_MM = 2.0  # between photos, room for crop marks
EDGE_MM = 3.0  # printers leave so much white
MARK_MM = 1.6  # length of a crop mark


@dataclass(frozen=True, slots=True)
class Sheet:
    """A layout on its paper, turned whichever way it fits. `places` are lower left corners, row by row from the top."""

    layout: PrintLayout
    paper: tuple[float, float]
    photo: tuple[float, float]
    caption_lines: int
    places: tuple[tuple[float, float], ...]


def layouts(of_plan: Iterable[PrintLayout] = ()) -> dict[str, PrintLayout]:
    """Every layout by id: the station's own, then the plan's."""
    rows = tomllib.loads(Path(__file__).with_name("layouts.toml").read_text(encoding="utf-8"))["layout"]
    own = [PrintLayout.model_validate(row) for row in rows]
    return {layout.id: layout for layout in (*own, *of_plan)}


def sheet_of(layout: PrintLayout) -> Sheet:
    """Where everything lies. Raises `ArchiveFailed` when rows and columns do not fit the paper either way."""
    photo = PHOTO_MM[layout.photo]
    lines = len(layout.caption.split("\n")) if layout.caption else 0
    cell = (photo[0], photo[1] + lines * LINE_MM)
    block = tuple(
        count * size + (count - 1) * GAP_MM for count, size in zip((layout.columns, layout.rows), cell, strict=True)
    )
    upright = PAPER_MM[layout.paper]
    for paper in (upright, upright[::-1]):
        if all(length + 2 * EDGE_MM <= room for length, room in zip(block, paper, strict=True)):
            return Sheet(layout, paper, photo, lines, _places(layout, paper, block, cell))
    raise ArchiveFailed(
        f"版式“{layout.id}”放不下：{layout.columns}×{layout.rows} 张需要 {block[0]:.0f}×{block[1]:.0f} 毫米，"
        f"{layout.paper} 只有 {upright[0]:.0f}×{upright[1]:.0f} 毫米（四边留 {EDGE_MM:.0f} 毫米），请减少行列",
        f"layout {layout.id!r} does not fit: {layout.columns}x{layout.rows} photos take {block[0]:.0f}x{block[1]:.0f} mm, "
        f"{layout.paper} has {upright[0]:.0f}x{upright[1]:.0f} mm with {EDGE_MM:.0f} mm at each edge: use fewer",
    )


def _places(
    layout: PrintLayout, paper: tuple[float, ...], block: tuple[float, ...], cell: tuple[float, float]
) -> tuple[tuple[float, float], ...]:
    left, top = (paper[0] - block[0]) / 2, (paper[1] + block[1]) / 2
    below = cell[1] - PHOTO_MM[layout.photo][1]
    return tuple(
        (left + column * (cell[0] + GAP_MM), top - row * (cell[1] + GAP_MM) - cell[1] + below)
        for row in range(layout.rows)
        for column in range(layout.columns)
    )
