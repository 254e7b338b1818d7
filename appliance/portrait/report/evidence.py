"""What a report shows of one judged picture: the picture itself, made small, what was seen in it, the photo made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.crop import Crop, Head
from appliance.portrait.errors import CannotStandardise
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Message
from appliance.portrait.observe import Observation
from appliance.portrait.standard_photo import StandardPhoto, standardise
from models.segments import Segment

Pixels = NDArray[np.uint8]
SHOWN_HEIGHT = 560  # pixels: enough to see what was judged, small enough for a hundred pictures in one page
_QUALITY = 82
# Colours of the segments (BGR) and how strongly they are laid over the picture, 0 to 255; the wall stays as it is.
_TINTS = {
    Segment.HAIR: (200, 80, 160),
    Segment.BODY_SKIN: (90, 160, 250),
    Segment.FACE_SKIN: (80, 210, 250),
    Segment.CLOTHES: (220, 150, 40),
    Segment.OTHER: (60, 60, 230),
}
_STRENGTH = 120


@dataclass(frozen=True, slots=True)
class Evidence:
    """One picture as the report draws it. Coordinates are pixels of the reduced picture; `crop` (x0, y0, x1, y1) is where the
    photo lies, `photo_scale` photo pixels a pixel of it; `tint` is a PNG over `tint_box`, its colours the segments."""

    picture: bytes  # JPEG
    size: tuple[int, int]
    landmarks: NDArray[np.float32] | None
    faces: tuple[tuple[float, float, float, float], ...]
    crop: tuple[float, float, float, float] | None
    photo_scale: float
    head: Head | None
    tint: bytes | None
    tint_box: tuple[float, float, float, float]
    photo: StandardPhoto | None  # what the station would hand in of a capture
    no_photo: Message | None  # why none can be made


@dataclass(frozen=True, slots=True)
class Examined:
    """One file: the result as `station check --json` prints it, and what is drawn of it (`None` where it cannot be read)."""

    result: dict[str, Any]
    evidence: Evidence | None


def evidence_of(subject: Subject) -> Evidence:
    """What can be shown of a judged picture."""
    seen = subject.seen
    width, height = seen.size
    photo, no_photo = _photo(subject)
    factor = min(1.0, SHOWN_HEIGHT / height)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return Evidence(
        picture=_jpeg(np.asarray(cv2.resize(seen.picture, size, interpolation=cv2.INTER_AREA), np.uint8)),
        size=size,
        landmarks=None if seen.mesh is None else np.asarray(seen.mesh.points[:, :2] * factor, np.float32),
        faces=tuple(_scaled(face.box, factor) for face in seen.faces),
        crop=_crop(subject, factor),
        photo_scale=0.0 if subject.crop is None else subject.crop.scale / factor,
        head=_head(subject.head, factor),
        tint=_tint(seen),
        tint_box=(0.0, 0.0, 0.0, 0.0) if seen.segments is None else _scaled(seen.segments.box, factor),
        photo=photo,
        no_photo=no_photo,
    )


def _photo(subject: Subject) -> tuple[StandardPhoto | None, Message | None]:
    if subject.stage is Stage.PHOTO:
        return None, None
    try:
        return standardise(subject.seen, subject.profile), None
    except CannotStandardise as error:
        return None, error.message


def _crop(subject: Subject, factor: float) -> tuple[float, float, float, float] | None:
    crop: Crop | None = subject.crop
    if crop is None:
        return None
    width, height = subject.profile.width / crop.scale, subject.profile.height / crop.scale
    return _scaled((crop.x, crop.y, crop.x + width, crop.y + height), factor)


def _head(head: Head | None, factor: float) -> Head | None:
    if head is None:
        return None
    top = None if head.hair_top is None else head.hair_top * factor
    return Head(head.midline * factor, head.eyes * factor, top, head.chin * factor, head.face_width * factor)


def _tint(seen: Observation) -> bytes | None:
    if seen.segments is None:
        return None
    classes = seen.segments.classes
    picture = np.zeros((*classes.shape, 4), np.uint8)
    for segment, colour in _TINTS.items():
        picture[classes == segment] = (*colour, _STRENGTH)
    return _png(picture)


def _scaled(box: tuple[float, float, float, float], factor: float) -> tuple[float, float, float, float]:
    return box[0] * factor, box[1] * factor, box[2] * factor, box[3] * factor


def _jpeg(pixels: Pixels) -> bytes:
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def _png(pixels: Pixels) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()
