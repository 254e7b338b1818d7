"""The platform's own face comparison: each whole capture with its student's enrolment picture, where there is one.

The score is the cosine of two SFace embeddings. It is said to the desk and, with the review, to the station; nobody is refused
by it alone. Without the networks (`station models install`) nothing is compared.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlmodel import col, select

from .captures import photo_key
from .composition import Platform
from .face_tables import ComparisonRow, EnrolmentPictureRow
from .reviews import note_face_match
from .tables import CaptureRow, CaptureStudentRow

if TYPE_CHECKING:
    from models.faces import FaceDetector
    from models.likeness import Embedding, Likeness
    from models.mesh import FaceMesh

log = logging.getLogger(__name__)
_AT_ONCE = 4  # so that payments are asked for in between


@dataclass(frozen=True, slots=True)
class Faces:
    """The networks that a comparison needs."""

    detector: FaceDetector
    mesh: FaceMesh
    likeness: Likeness

    def embed(self, picture: bytes) -> Embedding | None:
        """The embedding of the largest face in a JPEG or PNG; None where there is no face, or no picture."""
        import cv2  # noqa: PLC0415 - only where faces are compared
        import numpy as np  # noqa: PLC0415

        from models.likeness import landmarks_of  # noqa: PLC0415
        from models.mesh import region_of_face  # noqa: PLC0415

        decoded = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR) if picture else None
        if decoded is None:
            return None
        pixels = np.asarray(decoded, np.uint8)
        found = self.detector.find(pixels)
        if not found:
            return None
        return self.likeness.embed(pixels, landmarks_of(self.mesh.fit(pixels, region_of_face(found[0]))))


@cache
def installed_faces() -> Faces | None:
    """The networks of this machine, loaded once; None, said once in the log, where they are not installed."""
    from models.errors import ModelsError  # noqa: PLC0415 - a platform without networks needs no runtime for them

    try:
        from models.faces import FaceDetector  # noqa: PLC0415
        from models.install import network_path  # noqa: PLC0415
        from models.likeness import Likeness  # noqa: PLC0415
        from models.mesh import FaceMesh  # noqa: PLC0415

        return Faces(
            FaceDetector(network_path("face_short_range")),
            FaceMesh(network_path("face_landmarks")),
            Likeness(network_path("sface")),
        )
    except (ModelsError, ImportError) as error:
        log.warning("faces are not compared: %s", error)
        return None


def compare_faces(platform: Platform) -> int:
    """Compare a few captures that were not compared yet, the oldest first; how many were."""
    with platform.database.read() as session:
        waiting = session.exec(
            select(CaptureRow.capture_id, EnrolmentPictureRow.key)
            .join(CaptureStudentRow, col(CaptureStudentRow.capture_id) == col(CaptureRow.capture_id))
            .join(EnrolmentPictureRow, col(EnrolmentPictureRow.student_key) == col(CaptureStudentRow.student_key))
            .join(ComparisonRow, col(ComparisonRow.capture_id) == col(CaptureRow.capture_id), isouter=True)
            .where(col(CaptureRow.receipt_id).is_not(None), col(ComparisonRow.capture_id).is_(None))
            .order_by(col(CaptureRow.received_at))
            .limit(_AT_ONCE)
        ).all()
    faces = installed_faces() if waiting else None
    if faces is None:
        return 0
    for capture_id, key in waiting:
        _compare(platform, faces, capture_id, key)
    return len(waiting)


def _compare(platform: Platform, faces: Faces, capture_id: str, key: str) -> None:
    from models.likeness import similarity  # noqa: PLC0415

    found = {"photo": _embedding(platform, faces, photo_key(capture_id)), "enrolment": _embedding(platform, faces, key)}
    photo, enrolment = found["photo"], found["enrolment"]
    score = None if photo is None or enrolment is None else round(similarity(photo, enrolment), 4)
    missing = ", ".join(name for name, embedding in found.items() if embedding is None)
    with platform.database.write(f"capture/{capture_id}") as session:
        if session.get(ComparisonRow, capture_id) is None:  # another process may have been quicker
            session.add(ComparisonRow(capture_id=capture_id, score=score, missing=missing, at=platform.stamp()))
            if score is not None:
                note_face_match(platform, session, session.get_one(CaptureRow, capture_id), score)


def _embedding(platform: Platform, faces: Faces, key: str) -> Embedding | None:
    try:
        return faces.embed(platform.objects.get(key))
    except FileNotFoundError:
        return None
