"""Who is to be photographed: the cast, somebody's own pictures, or whoever really sits there."""

from __future__ import annotations

from pathlib import Path

from appliance.rehearsal.cast import cast_pictures
from appliance.rehearsal.visitor import Subject

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
SITTER = Subject("who sits before the camera", None)


class NobodyToPhotograph(ValueError):
    """No picture where one was named, and no cast installed; the message says what to do."""


def from_cast() -> list[Subject]:
    """The installed cast, in its order on stage. Raises `NobodyToPhotograph`."""
    found = [Subject(f"{picture.title_zh} / {picture.title_en}", picture.path) for picture in cast_pictures()]
    if not found:
        msg = "no pictures of people are installed: name --photos FILE|FOLDER, or type: station cast install"
        raise NobodyToPhotograph(msg)
    return found


def from_path(path: Path) -> list[Subject]:
    """A picture, or every picture of a folder by name. Raises `NobodyToPhotograph`."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix.lower() in PICTURES)
        if not files:
            msg = f"no pictures in {path} (looked for {', '.join(sorted(PICTURES))})"
            raise NobodyToPhotograph(msg)
        return [Subject(file.name, file) for file in files]
    if not path.is_file():
        msg = f"no such file or folder: {path}"
        raise NobodyToPhotograph(msg)
    return [Subject(path.name, path)]
