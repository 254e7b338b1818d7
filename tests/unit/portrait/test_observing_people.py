"""The judge on real pictures of people: what it must catch, what it must leave alone, and that photos are truthful."""

from __future__ import annotations

import csv
import io
import threading
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from appliance.portrait.check import Task, check_file
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Outcome
from appliance.portrait.observe import Observation, Observer
from appliance.portrait.picture_file import read_picture
from appliance.portrait.pipeline import Judged, Portrait
from appliance.portrait.profile import load_profile
from appliance.portrait.rules import judge
from models.mesh import LEFT_PUPIL, RIGHT_PUPIL
from models.segments import Segment

pytestmark = [pytest.mark.networks, pytest.mark.pictures]

CLEAN = ("014_03", "083_03", "129_03")  # an even light, a fair and a dark skin, long hair
PROFILE = "moe-2017-99"


@pytest.fixture(scope="module")
def observer(networks_dir: Path) -> Observer:
    return Observer(networks_dir, threads=2)


@pytest.fixture(scope="module")
def portrait(networks_dir: Path) -> Portrait:
    return Portrait(networks_dir, load_profile(PROFILE), threads=2)


def pixels_of(folder: Path, name: str) -> np.ndarray:
    return read_picture(folder / name).pixels


def outcomes(observer: Observer, pixels: np.ndarray, stage: Stage = Stage.CAPTURE) -> dict[str, Outcome]:
    verdict = judge(observer.still(pixels), load_profile(PROFILE), stage)
    return {rule.id: rule.outcome for rule in verdict.rules}


@pytest.fixture(scope="module")
def judged(portrait: Portrait, shared_portraits: Path) -> dict[str, tuple[np.ndarray, Judged]]:
    found = {}
    for name in CLEAN:
        pixels = pixels_of(shared_portraits, f"neutral_front/{name}.jpg")
        found[name] = (pixels, portrait.still(pixels))
    return found


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_portrait_passes_and_so_does_its_photo(judged: dict[str, tuple[np.ndarray, Judged]], name: str) -> None:
    _, found = judged[name]
    assert found.verdict.outcome == "pass", [(r.id, r.measured, r.limit) for r in found.verdict.failed]
    assert found.photo is not None
    assert not [rule.id for rule in found.verdict.rules if rule.outcome is Outcome.EXEMPT]


@pytest.mark.parametrize("name", CLEAN)
def test_face_pixels_are_a_pure_resampling_of_the_original(
    judged: dict[str, tuple[np.ndarray, Judged]], name: str
) -> None:
    """Against an independent resampling (Pillow's, from the same box): no retouching, mirroring, rotation or shift."""
    original, found = judged[name]
    assert found.photo is not None
    seen, crop = found.observation, found.photo.crop
    scale = crop.scale / seen.scale
    x, y = crop.x * seen.scale, crop.y * seen.scale
    points = (seen.mesh.points[:, :2] - (crop.x, crop.y)) * crop.scale  # type: ignore[union-attr]
    (x0, y0), (x1, y1) = np.ceil(points.min(axis=0)).astype(int), np.floor(points.max(axis=0)).astype(int)
    box = (x + x0 / scale, y + y0 / scale, x + x1 / scale, y + y1 / scale)
    image = Image.fromarray(cv2.cvtColor(original, cv2.COLOR_BGR2RGB))
    other = np.asarray(image.resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC, box=box))[:, :, ::-1].astype(int)
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    hull = cv2.convexHull(np.round(points - (x0, y0)).astype(np.int32))
    cv2.fillConvexPoly(mask, hull, 1)
    inside = cv2.erode(mask, np.ones((9, 9), np.uint8)) > 0
    mine = found.photo.pixels[y0:y1, x0:x1].astype(int)
    difference = np.abs(mine - other)[inside]
    assert difference.mean() < 3
    mirrored = np.abs(mine[:, ::-1] - other)[inside & inside[:, ::-1]]
    assert mirrored.mean() > 2 * difference.mean()
    low = [cv2.GaussianBlur(each.astype(np.float32), (0, 0), 6) for each in (mine, other)]
    assert (
        np.abs(low[0] - low[1])[cv2.erode(mask, np.ones((41, 41), np.uint8)) > 0].mean() < 1
    )  # no lightening, no tint


@pytest.mark.parametrize("name", CLEAN)
def test_the_finished_file_is_judged_as_a_photo(
    judged: dict[str, tuple[np.ndarray, Judged]], name: str, networks_dir: Path, tmp_path: Path
) -> None:
    _, found = judged[name]
    assert found.photo is not None
    path = tmp_path / "photo.jpg"
    path.write_bytes(found.photo.jpeg)
    result = check_file(path, Task(networks_dir, PROFILE))
    assert result["judged_as"] == "photo"
    assert result["verdict"] == "pass", [r for r in result["rules"] if r["outcome"] not in ("pass", "exempt")]
    with Image.open(io.BytesIO(found.photo.jpeg)) as image:
        assert (image.size, image.info["dpi"]) == ((480, 640), (300, 300))
    assert 20 * 1024 <= len(found.photo.jpeg) <= 40 * 1024
    assert found.photo.quality >= 60


@pytest.mark.parametrize("name", CLEAN)
def test_the_wall_is_the_profiles_colour_and_hair_keeps_no_rim(
    judged: dict[str, tuple[np.ndarray, Judged]], name: str
) -> None:
    original, found = judged[name]
    assert found.photo is not None
    photo = found.photo.pixels.astype(int)
    blue = np.array((255, 197, 100))
    assert (photo[:20] == blue).all()
    wall = np.median(original[:200, :200].reshape(-1, 3), axis=0)
    above_chin = photo[: int(found.photo.crop.at(0, found.observation.mesh.points[152, 1])[1])]  # type: ignore[union-attr]
    rim = (np.abs(above_chin - wall).max(axis=2) < 10) & (np.abs(above_chin - blue).max(axis=2) > 60)
    assert rim.mean() < 0.003


FAULTS = {
    "subject.single": "others/alejandro-escamilla.jpg",
    "head.bare": "others/christian.jpg",
    "glasses.tinted": "others/team-1.jpg",
    "pose.frontal": "others/team-3.jpg",
    "eyes.open": "others/team-2.jpg",
    "eyes.gaze": "others/team-4.jpg",
    "hair.brows": "others/fezbot.jpg",
    "hair.eyes": "others/fezbot.jpg",
    "hair.ears": "others/sample_id_2.png",
    "ears.visible": "others/sample_id_2.png",
    "mouth.closed": "smiling_front/012_08.jpg",
    "expression.neutral": "smiling_front/020_08.jpg",
    "background.uniform": "others/atikh.jpg",
    "light.even": "others/team-2.jpg",
    "file.colour": "others/michael.jpg",
}


@pytest.mark.parametrize(("rule", "name"), FAULTS.items())
def test_a_fault_is_caught_by_its_own_rule(observer: Observer, shared_portraits: Path, rule: str, name: str) -> None:
    assert outcomes(observer, pixels_of(shared_portraits, name))[rule] is Outcome.FAIL


def seen_again(observer: Observer, pixels: np.ndarray) -> Observation:
    return observer.still(np.ascontiguousarray(pixels))


def test_a_second_person_at_another_depth_is_counted(observer: Observer, shared_portraits: Path) -> None:
    pixels = pixels_of(shared_portraits, "neutral_front/014_03.jpg").copy()
    other = cv2.resize(
        pixels_of(shared_portraits, "neutral_front/083_03.jpg"), (420, 420), interpolation=cv2.INTER_AREA
    )
    pixels[100:520, :420] = other
    assert outcomes(observer, pixels)["subject.single"] is Outcome.FAIL


def test_ten_people_are_counted(observer: Observer, shared_portraits: Path) -> None:
    names = sorted((shared_portraits / "neutral_front").glob("*.jpg"))[:10]
    faces = [cv2.resize(read_picture(name).pixels, (400, 400), interpolation=cv2.INTER_AREA) for name in names]
    crowd = np.vstack([np.hstack(faces[:5]), np.hstack(faces[5:])])
    verdict = judge(observer.still(crowd), load_profile(PROFILE), Stage.CAPTURE)
    assert verdict.failed[0].id == "subject.single"
    assert verdict.failed[0].measured == 10


@pytest.mark.parametrize(
    ("rule", "spoil"),
    [
        ("light.exposure", lambda p: cv2.LUT(p, (np.arange(256) * 0.5).astype(np.uint8))),
        ("light.exposure", lambda p: cv2.LUT(p, np.clip(np.arange(256) * 1.6, 0, 255).astype(np.uint8))),
        ("light.exposure", lambda p: np.clip(p * np.array((1.2, 1.0, 0.7)), 0, 255).astype(np.uint8)),
        ("light.even", lambda p: (p * np.linspace(0.35, 1.0, p.shape[1])[None, :, None]).astype(np.uint8)),
        ("focus.sharp", lambda p: cv2.GaussianBlur(p, (0, 0), 3.0)),
        ("focus.sharp", lambda p: cv2.resize(cv2.resize(p, (300, 300), interpolation=cv2.INTER_AREA), p.shape[1::-1])),
        ("focus.sharp", lambda p: cv2.resize(p, (500, 500), interpolation=cv2.INTER_AREA)),
        ("pose.frontal", lambda p: cv2.warpAffine(p, cv2.getRotationMatrix2D((675, 675), 13, 1), p.shape[1::-1])),
    ],
    ids=["dark", "bright", "cold", "half dark", "blurred", "enlarged", "too small", "tilted"],
)
def test_a_fault_of_light_or_lens_is_caught(
    observer: Observer, shared_portraits: Path, rule: str, spoil: object
) -> None:
    pixels = pixels_of(shared_portraits, "neutral_front/083_03.jpg")
    assert outcomes(observer, pixels)[rule] is Outcome.PASS
    assert callable(spoil)
    assert outcomes(observer, np.ascontiguousarray(spoil(pixels)))[rule] is Outcome.FAIL


def test_dark_skin_is_not_underexposed(observer: Observer, shared_portraits: Path) -> None:
    for name in ("096_03", "062_03", "099_03"):
        found = outcomes(observer, pixels_of(shared_portraits, f"neutral_front/{name}.jpg"))
        assert found["light.exposure"] is Outcome.PASS
        assert found["light.even"] is Outcome.PASS


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((640, 480, 3), np.uint8),
        np.full((640, 480, 3), 255, np.uint8),
        np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((2, 3000, 3), np.uint8),
        np.zeros((3000, 2, 3), np.uint8),
    ],
    ids=["black", "white", "noise", "one pixel", "a line", "a column"],
)
def test_pictures_of_nothing_are_refused_not_crashed_on(
    observer: Observer, portrait: Portrait, pixels: np.ndarray
) -> None:
    for stage in Stage:
        verdict = judge(observer.still(pixels), load_profile(PROFILE), stage)
        assert verdict.outcome == "refuse"
    found = portrait.still(pixels)
    assert found.photo is None
    portrait.reset()
    assert portrait.live(pixels, 0.0).overlay.head is None


def test_garbage_from_a_network_is_not_measured(observer: Observer, shared_portraits: Path) -> None:
    seen = observer.still(pixels_of(shared_portraits, "neutral_front/014_03.jpg"))
    broken = replace(seen, expression=dict.fromkeys(seen.expression, float("nan")), segments=None)
    verdict = judge(broken, load_profile(PROFILE), Stage.CAPTURE)
    assert verdict.outcome == "unmeasurable"
    unknown = {rule.id for rule in verdict.failed}
    assert {"eyes.open", "head.bare", "hair.brows", "geometry.hair_top", "background.uniform"} <= unknown


def frame_of(pixels: np.ndarray) -> np.ndarray:
    frame = np.full((480, 640, 3), pixels[20:60, 20:60].mean(axis=(0, 1)), np.uint8)
    frame[:, 80:560] = cv2.resize(pixels, (480, 480), interpolation=cv2.INTER_AREA)
    return frame


def test_live_and_still_agree_and_the_shutter_releases(portrait: Portrait, shared_portraits: Path) -> None:
    frame = frame_of(pixels_of(shared_portraits, "neutral_front/014_03.jpg"))
    portrait.reset()
    views = [portrait.live(frame, number / 20) for number in range(30)]
    assert [v.guidance.shoot for v in views].count(True) == 1
    assert views[-1].verdict.outcome == "pass", [(r.id, r.measured) for r in views[-1].verdict.failed]
    assert views[-1].overlay.head is not None
    inside = np.array(views[-1].overlay.head)
    assert (inside > 0).all()
    assert (inside < 1).all()
    seen, still = views[-1].observation, portrait._still.still(frame)
    assert seen.mesh is not None
    assert still.mesh is not None
    apart = np.linalg.norm(seen.mesh.points[:, :2] - still.mesh.points[:, :2], axis=1)
    assert apart.mean() < 1.5


def test_live_guidance_follows_the_person(portrait: Portrait, shared_portraits: Path) -> None:
    portrait.reset()
    smiling = frame_of(pixels_of(shared_portraits, "smiling_front/012_08.jpg"))
    views = [portrait.live(smiling, number / 20) for number in range(20)]
    assert views[-1].guidance.rule == "mouth.closed"
    assert not views[-1].guidance.ready
    empty = np.full_like(smiling, 200)
    gone = [portrait.live(empty, 1.0 + number / 20) for number in range(40)]
    assert gone[-1].guidance.rule == "subject.single"
    assert gone[-1].observation.mesh is None


def test_live_and_still_may_run_at_once(portrait: Portrait, shared_portraits: Path) -> None:
    pixels = pixels_of(shared_portraits, "neutral_front/014_03.jpg")
    frame = frame_of(pixels)
    portrait.reset()
    alone = portrait.still(pixels)
    together: list[Judged] = []
    other = threading.Thread(target=lambda: together.append(portrait.still(pixels)))
    other.start()
    for number in range(12):
        portrait.live(frame, number / 20)
    other.join(timeout=60)
    assert alone.photo is not None
    assert together[0].photo is not None
    assert together[0].photo.jpeg == alone.photo.jpeg


def test_pupils_lie_where_people_put_them(observer: Observer, shared_portraits: Path) -> None:
    """Within 2 % of the distance between the eyes, at the median, over every fifth studio portrait."""
    rows = list(csv.DictReader((shared_portraits / "labels.csv").read_text(encoding="utf-8").splitlines()))
    errors = []
    for row in [r for r in rows if r["source"] == "london_neutral_front"][::5]:
        path = shared_portraits / row["file"]
        lines = path.with_suffix(".tem").read_text().split("\n")
        places = np.array([line.split()[:2] for line in lines[1:3]], float)
        seen = observer.still(read_picture(path).pixels)
        assert seen.mesh is not None
        found = seen.mesh.points[[RIGHT_PUPIL, LEFT_PUPIL], :2] * seen.scale
        errors.append(np.linalg.norm(found - places, axis=1) / np.linalg.norm(places[1] - places[0]))
    assert float(np.median(errors)) < 0.02


def test_segments_are_where_the_person_is(observer: Observer, shared_portraits: Path) -> None:
    seen = observer.still(pixels_of(shared_portraits, "neutral_front/014_03.jpg"))
    assert seen.mesh is not None
    assert seen.segments is not None
    for landmark, segment in ((4, Segment.FACE_SKIN), (RIGHT_PUPIL, Segment.FACE_SKIN)):
        x, y = seen.mesh.points[landmark, :2]
        cells = seen.segments.window(float(x) - 1, float(y) - 1, float(x) + 1, float(y) + 1)
        assert cells.mean(axis=(0, 1)).argmax() == segment
    x0, y0, *_ = seen.segments.box
    corner = seen.segments.window(x0, y0, x0 + 20, y0 + 20)
    assert corner.mean(axis=(0, 1)).argmax() == Segment.BACKGROUND


def test_every_measure_is_independent_of_the_pictures_resolution(observer: Observer, shared_portraits: Path) -> None:
    """A camera of 12 megapixels sees the same person as one of 2."""
    pixels = pixels_of(shared_portraits, "neutral_front/014_03.jpg")
    large = cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    profile = load_profile(PROFILE)
    one, two = (judge(observer.still(p), profile, Stage.CAPTURE) for p in (pixels, large))
    first = {rule.id: rule for rule in one.rules}
    for rule in two.rules:
        assert rule.outcome is first[rule.id].outcome, rule.id
    subjects = [Subject(observer.still(p), profile, Stage.CAPTURE) for p in (pixels, large)]
    crops = [subject.crop for subject in subjects]
    assert crops[0] is not None
    assert crops[1] is not None
    scales = [crop.scale / subject.seen.scale for crop, subject in zip(crops, subjects, strict=True)]
    assert scales[0] == pytest.approx(2 * scales[1], rel=0.02)
