"""The label as a PDF of A6, to be printed, cut and stuck to the station."""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import A6, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from appliance.archive.fonts import Typeface, caption_type
from appliance.provision.label import Label, modules, rows

_WIDTH, _HEIGHT = landscape(A6)
_MARGIN = 7 * mm
_CODE = 44 * mm


def label_pdf(printed: Label) -> bytes:
    """The file's bytes, the same for the same label. Raises `NoFont` where no Chinese font can be embedded."""
    typeface = caption_type()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(_WIDTH, _HEIGHT), invariant=1)
    canvas.setTitle(f"Capture station {printed.name}")
    top = _HEIGHT - _MARGIN
    _line(canvas, typeface, printed.name, 20, _MARGIN, top - 16)
    _line(canvas, typeface, printed.school, 9, _MARGIN, top - 29)
    codes = [("网页 · page", printed.page_code)]
    if printed.wifi_code:
        codes.insert(0, ("无线网络 · Wi-Fi", printed.wifi_code))
    bottom = top - 34 - _CODE
    for number, (caption, text) in enumerate(codes):
        left = _WIDTH - _MARGIN - (len(codes) - number) * (_CODE + 4 * mm) + 4 * mm
        _code(canvas, text, left, bottom)
        typeface.draw_centred(canvas, f"{number + 1}  {caption}", 8, left + _CODE / 2, bottom - 6)
    bottom = top - 34 - _CODE - 26
    for number, (chinese, english, value) in enumerate(rows(printed)):
        y = bottom - number * 13
        _line(canvas, typeface, f"{chinese} {english}", 8, _MARGIN, y)
        canvas.setFont("Courier-Bold" if value.isascii() else typeface.fonts[0], 10)
        canvas.drawString(_MARGIN + 42 * mm, y, value)
    y = bottom - len(rows(printed)) * 13
    half = len(printed.fingerprint) // 2 + 1
    _line(canvas, typeface, "证书指纹 certificate SHA-256", 7, _MARGIN, y)
    canvas.setFont("Courier", 6.5)
    canvas.drawString(_MARGIN + 42 * mm, y + 2, printed.fingerprint[:half])
    canvas.drawString(_MARGIN + 42 * mm, y - 5, printed.fingerprint[half:])
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _line(canvas: Canvas, typeface: Typeface, text: str, size: float, x: float, y: float) -> None:
    typeface.draw_centred(canvas, text, size, x + typeface.width(text, size) / 2, y)


def _code(canvas: Canvas, text: str, left: float, bottom: float) -> None:
    """A code of `_CODE` by `_CODE`, drawn as squares: sharp at any size."""
    dark = modules(text)
    side = _CODE / len(dark)
    for row, cells in enumerate(dark):
        for column, cell in enumerate(cells):
            if cell:
                # A hair wider than its place, else some viewers show white lines between neighbours.
                y = bottom + _CODE - (row + 1) * side
                canvas.rect(left + column * side, y, side * 1.02, side * 1.02, stroke=0, fill=1)
