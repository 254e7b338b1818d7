"""The type that captions are printed in: embedded, so that a sheet looks the same on every printer.

Fonts with Chinese characters often lack digits and Latin letters, so a line may be set in two: the first that has a character
sets it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from appliance.archive.errors import NoFont

_CHINESE, _LATIN = "Caption", "CaptionLatin"
_LATIN_FILE = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"  # Bitstream Vera, in reportlab's own wheel


@dataclass(frozen=True, slots=True)
class Typeface:
    """Names of registered fonts, the first that has a character sets it; a character that none has is left out."""

    fonts: tuple[str, ...]

    def runs(self, line: str) -> list[tuple[str, str]]:
        """The line as (font, text) pieces."""
        placed = [(font, char) for char in line if (font := self._font_of(char)) is not None]
        return [(font, "".join(char for _, char in run)) for font, run in groupby(placed, key=lambda pair: pair[0])]

    def width(self, line: str, size: float) -> float:
        """Points that the line takes."""
        return float(sum(pdfmetrics.stringWidth(text, font, size) for font, text in self.runs(line)))

    def draw_centred(self, canvas: Canvas, line: str, size: float, x: float, y: float) -> None:
        """The line around `x` on the base line `y`, points."""
        x -= self.width(line, size) / 2
        for font, text in self.runs(line):
            canvas.setFont(font, size)
            canvas.drawString(x, y, text)
            x += pdfmetrics.stringWidth(text, font, size)

    def _font_of(self, char: str) -> str | None:
        return next((font for font in self.fonts if ord(char) in pdfmetrics.getFont(font).face.charToGlyph), None)


def caption_type(given: Path | None = None, candidates: Sequence[str] | None = None) -> Typeface:
    """The type for captions: `given`, or the first of the known fonts that is installed. Raises `NoFont`."""
    known = tomllib.loads(Path(__file__).with_name("fonts.toml").read_text(encoding="utf-8"))
    listed = known["files"] if candidates is None else candidates
    tried: list[str] = []
    for file in [Path(file) for file in listed] if given is None else [given]:
        if not file.is_file():
            tried.append(f"{file.name}: 没有 / not there")
            continue
        try:
            pdfmetrics.registerFont(TTFont(_CHINESE, str(file)))
        except TTFError as error:
            tried.append(f"{file.name}: {error}")
            continue
        pdfmetrics.registerFont(TTFont(_LATIN, str(_LATIN_FILE)))
        return Typeface((_CHINESE, _LATIN))
    raise NoFont(
        f"没有可嵌入的中文字体（{'；'.join(tried)}）：请安装，例如 {known['install']}，或用 --font 指定 TrueType 字体",
        f"no font with Chinese characters can be embedded ({'; '.join(tried)}): {known['install']}, "
        "or name a TrueType font with --font",
    )
