"""A ledger of captures with masked identities, and photos that are small drawings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.ledger import reviews
from appliance.ledger.journal import Moment
from appliance.ledger.store import AcceptedCapture, Ledger
from appliance.ledger.tables import ReviewRow, VisitRow

AT = Moment(at="2026-06-01T08:00:00+00:00", clock_trusted=True, boot_id="b")
STUDENT = {
    "name": "李*明",
    "number": "4401**************",
    "student_number": "2022****17",
    "school": "广东工业大学",
    "level": "本科",
    "type": "普通高等教育",
    "major": "数学",
    "class_name": "一班",
}


def drawing(shade: int) -> bytes:
    """A standard photo's size: light blue with a plain figure."""
    picture = np.full((640, 480, 3), (255, 197, 100), np.uint8)
    cv2.ellipse(picture, (240, 250), (110, 150), 0, 0, 360, (150, 180, shade), -1)
    cv2.rectangle(picture, (60, 460), (420, 640), (60, 60, 60), -1)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


def take(ledger: Ledger, number: int, *, plan: str = "plan", state: str | None = None, **identity: str) -> str:
    """One capture; its id sorts against the order of taking."""
    capture_id = f"{99 - number:08d}-capture"
    capture = AcceptedCapture(
        capture_id=capture_id,
        visit_id=f"v-{number}",
        shot_id=f"s-{number}",
        plan_id=plan,
        code_digest=f"code-{number}",
        record=json.dumps({"identity": STUDENT | identity}, ensure_ascii=False).encode(),
        photo=drawing(100 + number),
        original=b"original",
        accepted_at=AT.at,
    )
    ledger.accept(AT, capture, VisitRow(visit_id=capture.visit_id, state="queued", body="{}"), {"x": {}})
    if state is not None:
        with ledger.session() as session:
            reviews.apply(session, ReviewRow(capture_id=capture_id, serial=1, state=state, reasons="[]", at=AT.at))
    return capture_id


@pytest.fixture
def archive_ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "station")
    yield opened
    opened.close()
