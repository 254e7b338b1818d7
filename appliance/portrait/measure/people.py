"""How many people there are."""

from __future__ import annotations

import cv2
import numpy as np

from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement
from models.segments import Segment

_BYSTANDER = 0.2  # of the subject's face: a smaller face is a picture far away, or nobody
_PERSON = 0.5  # share of background below which a cell is a person's
_FAINT = 0.6  # detections less sure than this count only when they are large


def single(subject: Subject) -> Measurement:
    """How many people are in the picture."""
    faces = subject.seen.faces
    if subject.seen.mesh is None:
        return Measurement(0.0, "人", None, "nobody")
    largest = max((face.size for face in faces), default=0.0)
    people = [f for f in faces if f.size >= _BYSTANDER * largest and (f.score >= _FAINT or f.size >= 0.5 * largest)]
    count = max(1, len(people))
    return Measurement(float(count), "人", None, "others" if count > 1 else None)


def beside(subject: Subject) -> Measurement:
    """How much of a person is seen apart from the subject, in percent of head and shoulders: somebody cut off by the edge, an arm,
    a poster without a face."""
    segments, head = subject.seen.segments, subject.head
    if segments is None or head is None:
        return Measurement.failed("no face", "%")
    sure = (segments.shares[:, :, Segment.BACKGROUND] < _PERSON).astype(np.uint8)
    count, labels = cv2.connectedComponents(sure, connectivity=8)
    row, column = segments.row(head.eyes), segments.column(head.midline)
    if count < 2 or not (0 <= row < labels.shape[0] and 0 <= column < labels.shape[1]) or labels[row, column] == 0:
        return Measurement.of(0.0, "%", "others")
    sizes = np.bincount(labels.ravel())
    sizes[[0, labels[row, column]]] = 0
    return Measurement.of(float(sizes.max()) / labels.size * 100, "%", "others")
