"""The sheet to print: a chessboard for the lens, a focus star, and a patch of 18 % grey, on A4."""

from __future__ import annotations

import math
from pathlib import Path
from typing import BinaryIO

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from appliance.calibration.measures import CORNERS

SQUARE = 24.0  # mm
SPOKES = 72
GREY = 118 / 255  # sRGB level of 18 % reflectance


def write_chart(out: Path | BinaryIO) -> None:
    """Two pages: the chessboard (page 1), star and grey patch (page 2). Raises `OSError`."""
    canvas = Canvas(str(out) if isinstance(out, Path) else out, pagesize=landscape(A4))
    canvas.setTitle("Capture station: calibration chart")
    _board(canvas)
    canvas.showPage()
    _star_and_grey(canvas)
    canvas.showPage()
    canvas.save()


def _board(canvas: Canvas) -> None:
    width, height = landscape(A4)
    columns, rows = CORNERS[0] + 1, CORNERS[1] + 1
    left, bottom = (width - columns * SQUARE * mm) / 2, (height - rows * SQUARE * mm) / 2 + 3 * mm
    for row in range(rows):
        for column in range(columns):
            if (row + column) % 2 == 0:
                canvas.rect(left + column * SQUARE * mm, bottom + row * SQUARE * mm, SQUARE * mm, SQUARE * mm, 0, 1)
    canvas.setFont("Helvetica", 8)
    canvas.drawCentredString(
        width / 2,
        6 * mm,
        f"print at 100 % - a square is {SQUARE:g} mm - glue it flat on a board - station calibrate lens",
    )


def _star_and_grey(canvas: Canvas) -> None:
    width, height = landscape(A4)
    x, y, radius = width * 0.27, height / 2, 60 * mm
    for spoke in range(SPOKES):
        begin = 2 * math.pi * spoke / SPOKES
        end = begin + math.pi / SPOKES
        path = canvas.beginPath()
        path.moveTo(x, y)
        path.lineTo(x + radius * math.cos(begin), y + radius * math.sin(begin))
        path.lineTo(x + radius * math.cos(end), y + radius * math.sin(end))
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)
    canvas.setFillGray(GREY)
    canvas.rect(width * 0.54, height / 2 - 60 * mm, 110 * mm, 120 * mm, stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.setFont("Helvetica", 8)
    canvas.drawCentredString(
        width / 2,
        6 * mm,
        "left: station calibrate focus - right: 18 % grey, a photographic grey card is better - station calibrate grey",
    )
