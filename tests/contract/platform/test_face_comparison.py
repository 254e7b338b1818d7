"""The platform compares each new photo with the enrolment picture: said to the desk and to the station, deciding nothing."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from platform_fixtures import Counterpart, make_capture, plain
from sqlmodel import select

from appliance.platform.client import PlatformClient
from appliance.platform.contract import Review
from appliance.platform.digests import canonical_json, sha256_hex
from appliance.platform.reference import comparison
from appliance.platform.reference.comparison import compare_faces
from appliance.platform.reference.enrolment_pictures import take_folder
from appliance.platform.reference.face_tables import ComparisonRow
from appliance.platform.reference.reviews import decide
from appliance.platform.reference.seed import Student
from appliance.rehearsal.cast import cast_pictures


@pytest.fixture
def by_hand(counterpart: Counterpart) -> Counterpart:
    """A platform whose own job does not run meanwhile."""
    object.__setattr__(counterpart.platform.settings, "jobs_every_s", 3600.0)
    return counterpart


def drawn() -> bytes:
    """A plain picture without a face."""
    return bytes(cv2.imencode(".jpg", np.full((640, 480, 3), 200, np.uint8))[1])


def handed_over(client: PlatformClient, student: Student, photo: bytes) -> str:
    made = make_capture(client.identity, student, original_bytes=5_000)
    record = json.loads(made.record)
    record["photo"].update(sha256=sha256_hex(photo), bytes=len(photo))
    client.put_record(made.capture_id, canonical_json(record))
    client.put_photo(made.capture_id, photo)
    client.append(client.create_upload(made.capture_id, 5_000, made.original_sha256), 0, made.original)
    return made.capture_id


def enrolled(counterpart: Counterpart, folder: Path, **pictures: bytes) -> None:
    folder.mkdir()
    for number, picture in pictures.items():
        (folder / f"{number.lstrip('n')}.jpg").write_bytes(picture)
    take_folder(counterpart.platform, counterpart.roster.plan.id, folder)


@pytest.mark.networks
@pytest.mark.pictures
def test_one_man_twice_is_alike_and_another_is_not(
    by_hand: Counterpart, client: PlatformClient, networks_dir: Path, tmp_path: Path
) -> None:
    pictures = {picture.id: picture.path.read_bytes() for picture in cast_pictures()}
    if not {"nearly_right", "eyes_down", "studio"} <= set(pictures):
        pytest.skip("no pictures of people installed; type: station cast install")
    same, other = by_hand.roster.students[:2]
    enrolled(
        by_hand,
        tmp_path / "enrolment",
        **{f"n{same.student_number}": pictures["eyes_down"], f"n{other.student_number}": pictures["eyes_down"]},
    )
    alike = handed_over(client, same, pictures["nearly_right"])
    different = handed_over(client, other, pictures["studio"])
    assert compare_faces(by_hand.platform) == 2
    assert compare_faces(by_hand.platform) == 0
    scores = {capture_id: client.review(capture_id).face_match or 0.0 for capture_id in (alike, different)}
    assert scores[alike] > 0.5
    assert scores[different] < 0.3
    told = [Review.model_validate(event.data) for event in client.events().events if event.kind == "review"]
    assert {(str(review.capture_id), review.state, review.serial) for review in told} == {
        (alike, "reviewing", 1),
        (different, "reviewing", 1),
    }
    decide(by_hand.platform, different, "accepted", by="desk")
    assert client.review(different).face_match == scores[different], "the score stays, and refuses nobody by itself"
    with plain(by_hand.address) as http:
        http.post("/desk/sign-in", data={"token": by_hand.platform.keys.desk})
        assert "不像同一人" in http.get(f"/desk/{different}").text


@pytest.mark.networks
def test_a_picture_without_a_face_is_noted_and_not_tried_again(
    by_hand: Counterpart, client: PlatformClient, networks_dir: Path, tmp_path: Path
) -> None:
    first, second = by_hand.roster.students[:2]
    enrolled(by_hand, tmp_path / "e", **{f"n{first.student_number}": drawn(), f"n{second.student_number}": b"none"})
    captures = [handed_over(client, student, drawn()) for student in (first, second)]
    assert compare_faces(by_hand.platform) == 2
    assert compare_faces(by_hand.platform) == 0
    with by_hand.platform.database.read() as session:
        rows = session.exec(select(ComparisonRow)).all()
    assert [(row.score, row.missing) for row in rows] == [(None, "photo, enrolment")] * 2
    assert all(client.review(capture_id).face_match is None for capture_id in captures)


def test_without_the_networks_nothing_is_compared_and_nothing_is_marked_as_done(
    by_hand: Counterpart, client: PlatformClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATION_NETWORKS", str(tmp_path / "none"))
    comparison.installed_faces.cache_clear()
    student = by_hand.roster.students[0]
    enrolled(by_hand, tmp_path / "e", **{f"n{student.student_number}": drawn()})
    handed_over(client, student, drawn())
    assert compare_faces(by_hand.platform) == 0
    comparison.installed_faces.cache_clear()
    with by_hand.platform.database.read() as session:
        assert session.exec(select(ComparisonRow)).all() == []


def test_a_folder_is_taken_by_student_number_and_the_rest_is_named(by_hand: Counterpart, tmp_path: Path) -> None:
    number = by_hand.roster.students[0].student_number
    for name in (f"{number}.JPG", "stranger.png", "notes.txt"):
        (tmp_path / name).write_bytes(drawn())
    taken = take_folder(by_hand.platform, by_hand.roster.plan.id, tmp_path)
    assert (taken.kept, taken.passed_over) == (1, ("stranger.png",))
