"""How a code comes to a running station (F03, F04): held before the camera, or as a picture file."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
import segno

from appliance.rehearsal.bench import Bench
from appliance.rehearsal.door import StationDoor


def screenshot(payload: str) -> bytes:
    """A phone's screenshot, forwarded: in dark mode, scaled, twice recompressed."""
    picture = io.BytesIO()
    segno.make_qr(payload, error="m").save(picture, kind="png", scale=8, border=2, dark="#ddd", light="#222")
    code = cv2.imdecode(np.frombuffer(picture.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    screen = np.full((code.shape[0] * 2, code.shape[1] + 120, 3), 34, np.uint8)
    screen[200 : 200 + code.shape[0], 60 : 60 + code.shape[1]] = code
    for scale in (0.7, 0.9):
        small = cv2.resize(screen, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
        screen = cv2.imdecode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 35])[1], cv2.IMREAD_COLOR)
    return cv2.imencode(".jpg", screen, [cv2.IMWRITE_JPEG_QUALITY, 35])[1].tobytes()


def test_f03_a_code_held_before_the_camera_begins_the_visit_once(bench: Bench, door: StationDoor) -> None:
    payload = bench.credentials(2).payload
    door.put("/api/stand-in/code", {"payload": payload})
    visit = door.wait("the code is read", lambda state: state["state"] == "identified", 30)
    assert visit["identity"]["name"]
    again = door.post("/api/visit/code", {"payload": payload})  # by hand, while it is still held up: the same scan
    assert again["id"] == visit["id"]


@pytest.mark.parametrize("kind", ["as drawn", "forwarded screenshot in dark mode"])
def test_f04_a_code_from_a_saved_picture_begins_the_visit(bench: Bench, door: StationDoor, kind: str) -> None:
    payload = bench.credentials(4).payload
    if kind == "as drawn":
        drawn = io.BytesIO()
        segno.make_qr(payload).save(drawn, kind="png", scale=5)
        picture = drawn.getvalue()
    else:
        picture = screenshot(payload)
    door._answer("POST", "/api/visit/code-picture", content=picture)
    assert door.visit()["state"] == "identified"
