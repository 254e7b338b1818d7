"""Clothes, ears, jewellery, glasses and bystanders, on a drawn person whose every cell is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from appliance.portrait.measure import clothes, ears, people, worn
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Outcome
from appliance.portrait.observe import Observation
from appliance.portrait.profile import load_profile
from appliance.portrait.rules import judge
from models.segments import Segment, segments_of

Person = Callable[..., Observation]
PROFILE = load_profile("moe-2017-99")


def subject_of(seen: Observation) -> Subject:
    return Subject(seen, PROFILE, Stage.CAPTURE)


def painted(seen: Observation, segment: Segment, *shapes: tuple[str, tuple[int, ...]]) -> Observation:
    """More of one class, drawn in pixels of the picture: boxes (x0, y0, x1, y1) and ellipses (x, y, rx, ry). Cells at an edge are a
    part of either, as the network says it."""
    assert seen.segments is not None
    height, width = seen.picture.shape[:2]
    classes = cv2.resize(seen.segments.classes, (width, height), interpolation=cv2.INTER_NEAREST)
    for kind, (a, b, c, d) in shapes:
        if kind == "box":
            cv2.rectangle(classes, (a, b), (c, d), int(segment), -1)
        else:
            cv2.ellipse(classes, (a, b), (c, d), 0, 0, 360, int(segment), -1)
    size = seen.segments.classes.shape[::-1]
    whole = [cv2.resize((classes == each).astype(np.float32), size, interpolation=cv2.INTER_AREA) for each in Segment]
    return replace(seen, segments=segments_of(np.stack(whole, axis=2), seen.segments.box))


def figure(value: object) -> float:
    assert isinstance(value, float)
    return value


def with_nose_and_mouth(seen: Observation) -> Observation:
    """The landmarks that say where ears are."""
    assert seen.mesh is not None
    points = seen.mesh.points.copy()
    points[2, :2] = 640, 460
    points[[61, 291], :2] = (590, 510), (690, 510)
    return replace(seen, mesh=replace(seen.mesh, points=points))


@pytest.fixture
def upright(monkeypatch: pytest.MonkeyPatch) -> None:
    """The drawn mesh has too few landmarks for a pose; its head is straight."""
    monkeypatch.setattr(ears, "_turned", lambda _: False)


EARS = (("ellipse", (502, 410, 22, 52)), ("ellipse", (778, 410, 22, 52)))


@pytest.mark.usefixtures("upright")
def test_ears_that_stand_out_are_seen_and_a_missing_one_is_named(person: Person) -> None:
    limit = PROFILE.limit("ears.visible")
    seen = with_nose_and_mouth(person(hair=180.0))
    assert figure(ears.visible(subject_of(painted(seen, Segment.FACE_SKIN, *EARS))).value) > limit
    one = ears.visible(subject_of(painted(seen, Segment.FACE_SKIN, EARS[1])))
    assert figure(one.value) < limit
    assert one.hint == "right"  # the person's own right is on the left


@pytest.mark.usefixtures("upright")
def test_a_full_cheek_is_no_ear(person: Person) -> None:
    seen = with_nose_and_mouth(person(hair=180.0))
    full = painted(seen, Segment.FACE_SKIN, ("ellipse", (640, 420, 137, 200)))
    assert figure(ears.visible(subject_of(full)).value) < PROFILE.limit("ears.visible")


@pytest.mark.usefixtures("upright")
def test_an_ear_that_lies_flat_is_told_by_the_notch_below_it(person: Person) -> None:
    seen = with_nose_and_mouth(person(hair=180.0))
    flat = painted(seen, Segment.FACE_SKIN, ("ellipse", (510, 405, 12, 40)), ("ellipse", (770, 405, 12, 40)))
    assert figure(ears.visible(subject_of(flat)).value) > PROFILE.limit("ears.visible")


@pytest.mark.parametrize(("pitch", "kept"), [(None, True), (24, False), (40, False)])
def test_stripes_are_busy_and_folds_are_not(person: Person, pitch: int | None, kept: bool) -> None:
    seen = person()
    pixels = seen.picture.astype(np.float32)
    x = np.arange(pixels.shape[1], dtype=np.float32)
    shade = np.sin(x / 60) * 12 if pitch is None else np.where(np.sin(2 * np.pi * x / pitch) > 0, 110, 0)
    pixels += shade.astype(np.float32)[None, :, None]
    picture = np.clip(pixels, 0, 255).astype(np.uint8)
    found = figure(clothes.pattern(subject_of(replace(seen, picture=picture))).value)
    assert (found <= PROFILE.limit("clothes.contrast.pattern")) is kept


def test_bare_shoulders_are_seen_and_a_neckline_is_left_alone(person: Person) -> None:
    limit = PROFILE.limit("clothes.contrast.bare")
    neckline = painted(person(), Segment.BODY_SKIN, ("ellipse", (640, 640, 120, 140)))
    assert figure(clothes.bare(subject_of(neckline)).value) < limit
    strapless = painted(person(), Segment.BODY_SKIN, ("box", (330, 560, 950, 900)))
    assert figure(clothes.bare(subject_of(strapless)).value) > limit


def test_somebody_cut_off_by_the_edge_is_seen(person: Person) -> None:
    limit = PROFILE.limit("background.uniform.people")
    assert figure(people.beside(subject_of(person())).value) < limit
    arm = painted(person(), Segment.CLOTHES, ("box", (0, 100, 90, 300)))
    assert figure(people.beside(subject_of(arm)).value) > limit


def test_a_chain_is_refused_and_a_bare_neck_is_asked_about(person: Person) -> None:
    def found(seen: Observation) -> tuple[Outcome, bool]:
        rule = next(r for r in judge(seen, PROFILE, Stage.CAPTURE).rules if r.id == "jewellery.none")
        return rule.outcome, rule.advisory

    chain = painted(person(), Segment.OTHER, ("box", (560, 640, 720, 660)))
    assert found(chain) == (Outcome.FAIL, False)
    assert found(person()) == (Outcome.UNKNOWN, True)  # put to the operator, and in nobody's way


def test_a_frame_before_the_eye_is_seen_and_one_beside_it_is_not(person: Person) -> None:
    seen = person()
    assert seen.mesh is not None
    points = seen.mesh.points.copy()
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    for ring, x in ((worn.RIGHT_EYE, 582), (worn.LEFT_EYE, 698)):
        points[list(ring), 0], points[list(ring), 1] = x + 30 * np.cos(turn), 380 + 11 * np.sin(turn)
    seen = replace(seen, mesh=replace(seen.mesh, points=points.astype(np.float32)))
    limit = PROFILE.limit("glasses.frame")
    rim = painted(seen, Segment.OTHER, ("box", (540, 345, 740, 356)))
    slipped = painted(seen, Segment.OTHER, ("box", (540, 372, 740, 388)))
    assert figure(worn.frame(subject_of(rim)).value) < limit < figure(worn.frame(subject_of(slipped)).value)
