"""Sheets of prints as PDF: photos at their exact size, a caption below each, crop marks outside their corners."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from appliance.archive.fonts import Typeface, caption_type
from appliance.archive.layouts import LINE_MM, MARK_MM, Sheet

TYPE_PT = 7.0
LEAST_PT = 4.0  # smaller cannot be read; what does not fit then is cut
HAIRLINE_PT = 0.25
_BASE_MM = 0.7  # of a line, above its lower edge
_KEYS = ("name", "student_number", "class_name", "major", "school")


@dataclass(frozen=True, slots=True)
class Print:
    """One photo for the sheets: its JPEG, and what its caption may say."""

    jpeg: bytes
    identity: dict[str, str]


def draw_sheets(
    sheet: Sheet,
    prints: Iterable[Print],
    *,
    copies: int,
    font: Path | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> bytes:
    """The PDF: `copies` of each print in turn; with `copies=0` every print has a sheet to itself, filled.

    Raises `NoFont` when there are captions and no font for them.
    """
    out = io.BytesIO()
    typeface = caption_type(font) if sheet.caption_lines else None
    canvas = Canvas(out, pagesize=tuple(side * mm for side in sheet.paper), pageCompression=1)
    canvas.setTitle(sheet.layout.title.zh)
    place = 0
    for done, print_ in enumerate(prints, start=1):
        for _ in range(copies or len(sheet.places)):
            if place == len(sheet.places):
                canvas.showPage()
                place = 0
            _draw(canvas, sheet, sheet.places[place], print_, typeface)
            place += 1
        progress(done)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def caption_lines(pattern: str, identity: dict[str, str]) -> list[str]:
    """The caption's lines for a student; keys that the record lacks are empty."""
    text = pattern
    for key in _KEYS:
        text = text.replace(f"{{{key}}}", identity.get(key, ""))
    return [" ".join(line.split()) for line in text.split("\n")]


def _draw(canvas: Canvas, sheet: Sheet, at: tuple[float, float], print_: Print, typeface: Typeface | None) -> None:
    left, bottom = at
    width, height = sheet.photo
    canvas.drawImage(ImageReader(io.BytesIO(print_.jpeg)), left * mm, bottom * mm, width * mm, height * mm)
    if sheet.layout.crop_marks:
        _mark(canvas, left, bottom, width, height)
    if typeface is None:
        return
    for number, line in enumerate(caption_lines(sheet.layout.caption, print_.identity), start=1):
        base = (bottom - number * LINE_MM + _BASE_MM) * mm
        _write(canvas, typeface, line, ((left + width / 2) * mm, base), width * mm)


def _write(canvas: Canvas, typeface: Typeface, line: str, at: tuple[float, float], room: float) -> None:
    """Centred; smaller where it is too long, cut where even that does not help."""
    size = TYPE_PT
    while size > LEAST_PT and typeface.width(line, size) > room:
        size -= 0.25
    while line and typeface.width(line, size) > room:
        line = line[:-1]
    typeface.draw_centred(canvas, line, size, *at)


def _mark(canvas: Canvas, left: float, bottom: float, width: float, height: float) -> None:
    """Lines that end just outside each corner, so that a cut along them leaves none on the photo."""
    canvas.setLineWidth(HAIRLINE_PT)
    away = 0.2
    for x, outward in ((left, -1), (left + width, 1)):
        for y in (bottom, bottom + height):
            canvas.line((x + outward * away) * mm, y * mm, (x + outward * MARK_MM / 2) * mm, y * mm)
    for y, outward in ((bottom, -1), (bottom + height, 1)):
        for x in (left, left + width):
            canvas.line(x * mm, (y + outward * away) * mm, x * mm, (y + outward * MARK_MM / 2) * mm)


def pages_needed(sheet: Sheet, prints: int, copies: int) -> int:
    """How many sheets so many prints take."""
    return -(-prints * (copies or len(sheet.places)) // len(sheet.places))
