"""The technician's interface: for technicians, between visits, with figures that can be trusted."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from web_station import SETUP_CODE, WebStation

from appliance.recent_log import RecentLines, masked
from appliance.web.figures import measured
from appliance.web.problems import ProblemError
from appliance.web.rehearsals import Rehearsals


def test_only_technicians_come_in_once_people_are_listed(web_station: WebStation) -> None:
    tablet = web_station.tablet()
    assert tablet.get("/api/technician/logs").status_code == 200
    body = {"name": "王工", "role": "technician", "pin": "402817", "setup_code": SETUP_CODE}
    boss = tablet.post("/api/people", json=body).json()["id"]
    assert tablet.get("/api/technician/logs").json()["code"] == "signed-out"
    tablet.post("/api/session", json={"operator": boss, "pin": "402817"})
    other = tablet.post("/api/people", json={"name": "小李", "pin": "918273"}).json()["id"]
    assert tablet.get("/api/technician/rehearsal").json()["state"] == "none"
    tablet.post("/api/session", json={"operator": other, "pin": "918273"})
    for method, path in (
        ("GET", "logs"),
        ("GET", "camera"),
        ("PUT", "lamps"),
        ("POST", "rehearsal"),
        ("GET", "export"),
    ):
        answer = tablet.request(method, f"/api/technician/{path}", json={"level": "off"} if method == "PUT" else None)
        assert (answer.status_code, answer.json()["code"]) == (403, "technician-only"), path


def test_without_a_picture_or_an_enrolment_the_reason_is_said(web_station: WebStation) -> None:
    tablet = web_station.tablet()
    assert tablet.get("/api/technician/camera").json()["code"] == "no-picture"
    refused = tablet.get("/api/technician/export")
    assert (refused.status_code, refused.json()["code"]) == (409, "not-exported")
    assert tablet.put("/api/technician/lamps", json={"level": "bright"}).status_code == 422
    assert tablet.put("/api/technician/lamps", json={"level": "shot"}).status_code == 204
    assert web_station.conductor.steps() == ["between_visits"]


def test_a_picture_out_of_focus_has_less_sharpness_and_a_bright_one_is_clipped() -> None:
    rng = np.random.default_rng(7)
    sharp = rng.integers(60, 190, (120, 160, 3), dtype=np.uint8)
    blurred = cv2.GaussianBlur(sharp, (0, 0), 2.0)
    assert measured(sharp)["sharpness"] > 10 * measured(blurred.astype(np.uint8))["sharpness"]
    white = np.full((120, 160, 3), 255, np.uint8)
    white[:60] = 100
    assert (measured(white)["brightness"], measured(white)["clipped"]) == (177.5, 0.5)


def test_a_rehearsals_steps_are_read_as_they_come_and_only_one_runs(tmp_path: Path) -> None:
    script = tmp_path / "rehearse.py"
    go_on = tmp_path / "go-on"
    script.write_text(
        "import pathlib, time\n"
        "print('     412 ms  code read  (optical)', flush=True)\n"
        f"while not pathlib.Path({str(go_on)!r}).exists(): time.sleep(0.01)\n"
        "print('      38 ms  verified', flush=True)\n"
        "print('receipt after 0.5 s')\n"
    )
    rehearsals = Rehearsals((str(script),))
    assert rehearsals.shown()["state"] == "none"
    rehearsals.start()
    _until(lambda: len(rehearsals.shown()["steps"]) == 1)
    assert rehearsals.shown()["steps"][0] == {"name": "code read", "ms": 412.0, "detail": "optical"}
    with pytest.raises(ProblemError) as caught:
        rehearsals.start()
    assert caught.value.code == "rehearsing"
    go_on.touch()
    _until(lambda: rehearsals.shown()["state"] == "done")
    shown = rehearsals.shown()
    assert (shown["outcome"], len(shown["steps"]), shown["error"]) == ("receipt", 2, None)


def test_a_rehearsal_that_cannot_begin_says_its_last_words(tmp_path: Path) -> None:
    script = tmp_path / "rehearse.py"
    script.write_text("import sys\nsys.exit('no pictures of people: station cast install')\n")
    rehearsals = Rehearsals((str(script),))
    rehearsals.start()
    _until(lambda: rehearsals.shown()["state"] != "running")
    assert rehearsals.shown()["state"] == "failed"
    assert rehearsals.shown()["error"] == "no pictures of people: station cast install"


def test_log_lines_are_kept_newest_first_with_numbers_and_secrets_masked() -> None:
    logger, handler = logging.getLogger("test.recent"), RecentLines()
    logger.propagate = False
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.info("student 44010119990101123X called 13800138000")
    logger.warning({"event": "station.ready", "pairing_code": "482913", "url": "http://x:8000", "level": "warning"})
    newest, oldest = handler.newest()
    assert (oldest.event, oldest.level) == ("student 4401**** called 1380****", "info")
    assert (newest.event, newest.more) == ("station.ready", "pairing_code=*** url=http://x:8000")
    capture = "0b1c7c52-5b0e-4a7e-9a51-0e8c1a4f6c11"
    assert masked(capture) == capture


def _until(what: object, limit: float = 20.0) -> None:
    assert callable(what)
    end = time.monotonic() + limit
    while not what():
        assert time.monotonic() < end, f"not within {limit} s"
        time.sleep(0.01)
