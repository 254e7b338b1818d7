"""What is worn on head and neck: hats, glasses, jewellery."""

from __future__ import annotations

import cv2
import numpy as np

from appliance.portrait.measure.hair import LEFT_BROW, RIGHT_BROW, eye_cells
from appliance.portrait.measure.light import LEFT_EYE, RIGHT_EYE
from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement
from models.segments import Segment, among

_GLASSES = 0.08  # of what is around an eye: less is an earpiece, a lash, nothing
_UNDER = ((31, 228, 229, 230, 231, 232, 121, 120, 119, 118, 117, 111), (261, 448, 449, 450, 451, 452, 350, 349, 348))
_CHEEKS = ((50, 205, 187, 123, 147, 213, 192, 207), (280, 425, 411, 352, 376, 433, 416, 427))
_BLOWN = 245  # 8-bit level of the darkest channel: white, hence a reflection
_OPENING = (64, 32)  # samples across and down an eye
_LOBE_OUT, _LOBE_IN = 0.2, 0.02  # face widths outside and inside of the cheek


def head_covering(subject: Subject) -> Measurement:
    """Share of what is above the brows that is neither hair, skin nor wall, percent."""
    segments, head, mesh = subject.seen.segments, subject.head, subject.seen.mesh
    if segments is None or head is None or mesh is None:
        return Measurement.failed("no face", "%")
    bottom = float(mesh.points[list(RIGHT_BROW + LEFT_BROW), 1].min())
    half = head.face_width * 0.6
    classes = segments.classes_within(head.midline - half, bottom - head.face_width, head.midline + half, bottom)
    person = classes[classes != Segment.BACKGROUND]
    if person.size < 12:
        return Measurement.failed("the head above the brows was not found", "%")
    return Measurement.of(float(among(person, Segment.CLOTHES, Segment.OTHER).mean()) * 100, "%")


def tint(subject: Subject) -> Measurement:
    """How much darker it is behind the glasses than on the cheek below, percent; 0 without glasses."""
    face = subject.lit
    worn = glasses(subject)
    if face is None or worn is None:
        return Measurement.failed("no face", "%")
    darkest = 0.0
    for wears, under, cheek in zip(worn, _UNDER, _CHEEKS, strict=True):
        behind, beside = face.light[face.ring(under)], face.light[face.ring(cheek)]
        if wears and behind.size and beside.size:
            darkest = max(darkest, 1 - float(np.median(behind)) / max(float(np.median(beside)), 1e-3))
    return Measurement.of(darkest * 100, "%")


def glare(subject: Subject) -> Measurement:
    """Share of the lenses that is blown out, percent, the worse one; 0 without glasses."""
    face = subject.face
    worn = glasses(subject)
    if face is None or worn is None:
        return Measurement.failed("no face", "%")
    worst = 0.0
    for wears, (outer, inner) in zip(worn, ((33, 133), (263, 362)), strict=True):
        if wears:
            middle, size = (
                face.points[[outer, inner]].mean(axis=0),
                np.linalg.norm(face.points[outer] - face.points[inner]),
            )
            x0, y0 = np.maximum(middle - size * np.array([0.8, 0.5], np.float32), 0).astype(int)
            x1, y1 = (middle + size * np.array([0.8, 0.7], np.float32)).astype(int)
            lens = face.pixels[y0:y1, x0:x1]
            if lens.size:
                worst = max(worst, float((lens.min(axis=2) >= _BLOWN).mean()))
    return Measurement.of(worst * 100, "%")


def frame(subject: Subject) -> Measurement:
    """Share of the opening between the lids that glasses cover, percent, the worse eye: a frame before it, or a lens that lets
    nothing be seen. What a clear lens shows of the eye is the eye."""
    mesh, segments = subject.seen.mesh, subject.seen.segments
    if mesh is None or segments is None:
        return Measurement.failed("no face", "%")
    worst = 0.0
    for ring in (RIGHT_EYE, LEFT_EYE):
        corners = mesh.points[list(ring), :2]
        low, high = corners.min(axis=0) - 1, corners.max(axis=0) + 1
        box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        worn = segments.spread(segments.shares[:, :, Segment.OTHER], box, _OPENING)
        mask = np.zeros(worn.shape, np.uint8)
        places = ((corners - low) / (high - low) * _OPENING).round().astype(np.int32)
        cv2.fillConvexPoly(mask, np.asarray(cv2.convexHull(places), np.int32), (1,))
        worst = max(worst, float((worn[mask > 0] > 0.5).mean()))
    return Measurement.of(worst * 100, "%", "frame")


def jewellery(subject: Subject) -> Measurement:
    """What is neither skin, hair nor clothes beside the ears and on the neck, in percent of the square of the face's width. Studs
    and thin chains are finer than the network sees: nothing found does not mean that nothing is worn."""
    segments, head, mesh = subject.seen.segments, subject.head, subject.seen.mesh
    if segments is None or head is None or mesh is None:
        return Measurement.failed("no face", "%")
    x, width = head.midline, head.face_width
    half = 0.5 * width
    lobes = (head.eyes + 0.1 * width, head.chin)
    places = (
        (x - half - _LOBE_OUT * width, lobes[0], x - half + _LOBE_IN * width, lobes[1]),
        (x + half - _LOBE_IN * width, lobes[0], x + half + _LOBE_OUT * width, lobes[1]),
        (x - half, head.chin + 0.05 * width, x + half, head.chin + 0.7 * width),
    )
    cell = segments.cell[0] * segments.cell[1] / width**2
    found = [float((segments.classes_within(*place) == Segment.OTHER).sum()) * cell for place in places]
    return Measurement.of(max(found) * 100, "%")


def glasses(subject: Subject) -> tuple[bool, bool] | None:
    """Whether there is a lens before the right eye, and before the left."""
    cells = eye_cells(subject)
    if len(cells) != 2 or cells[0] is None or cells[1] is None:
        return None
    right, left = (float((side == Segment.OTHER).mean()) >= _GLASSES for side in (cells[0], cells[1]))
    return right, left
