"""Where the standard photo is cut: inside the bands, near their middle, never below the picture's edge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.portrait.crop import measure_head, plan_crop
from appliance.portrait.measure import geometry
from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.observe import Observation
from appliance.portrait.profile import load_profile, profile_names
from models.segments import Segment, segments_of

Draw = Callable[..., Observation]
BANDS = ("hair_top", "eyes", "face_width")


def measured(seen: Observation, profile: str = "moe-2017-99") -> dict[str, float | None]:
    subject = Subject(seen, load_profile(profile), Stage.CAPTURE)
    return {name: getattr(geometry, name)(subject).value for name in (*BANDS, "centred", "shoulders")}


def test_the_head_is_measured_to_a_segment_cell(person: Draw) -> None:
    head = measure_head(person())
    assert head is not None
    assert head.hair_top == pytest.approx(160, abs=5)
    assert (head.eyes, head.midline, head.face_width) == pytest.approx((380, 640, 260.8), abs=1)


def test_the_top_of_the_hair_moves_with_segments_that_are_carried(person: Draw) -> None:
    """It is looked for once, and again where the head lies elsewhere in the segments."""
    seen = person()
    head = measure_head(seen)
    assert head is not None
    assert head.hair_top is not None
    assert seen.segments is not None
    assert seen.mesh is not None
    by = np.array([30, 50, 0], np.float32)
    x0, y0, x1, y1 = seen.segments.box
    moved = replace(
        seen,
        mesh=replace(seen.mesh, points=seen.mesh.points + by),
        segments=seen.segments.moved((x0 + 30, y0 + 50, x1 + 30, y1 + 50)),
    )
    carried = measure_head(moved)
    assert carried is not None
    assert carried.hair_top == pytest.approx(head.hair_top + 50, abs=0.01)
    aside = measure_head(replace(seen, mesh=replace(seen.mesh, points=seen.mesh.points + 40 * by)))
    assert aside is not None
    assert aside.hair_top is None


@pytest.mark.parametrize("profile", profile_names())
def test_a_common_head_lies_inside_every_band_of_every_profile(person: Draw, profile: str) -> None:
    found = measured(person(), profile)
    for name in BANDS:
        low, high = load_profile(profile).limit(f"geometry.{name}")
        assert low <= found[name] <= high, name
    assert found["centred"] == pytest.approx(0, abs=0.5)


def test_the_middle_of_the_bands_is_reached_where_the_head_allows_it(person: Draw) -> None:
    found = measured(person(face_width=240, hair=170, chin=180, eyes=420))
    assert found["hair_top"] == pytest.approx(80, abs=6)
    assert found["eyes"] == pytest.approx(250, abs=6)
    assert found["face_width"] == pytest.approx(240, abs=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    midline=st.floats(250, 1030),
    eyes=st.floats(150, 700),
    face_width=st.floats(120, 380),
    hair=st.floats(0.5, 1.5),
)
def test_the_photo_never_ends_below_the_picture(
    person: Draw, midline: float, eyes: float, face_width: float, hair: float
) -> None:
    seen = person(midline=midline, eyes=eyes, face_width=face_width, hair=hair * face_width, chin=0.8 * face_width)
    crop = plan_crop(seen, load_profile("moe-2017-99"))
    if crop is None:
        return
    assert crop.scale > 0
    assert crop.y + 640 / crop.scale <= seen.size[1] + 0.51 / crop.scale


def test_hair_cut_off_by_the_upper_edge_counts_as_none_above_it(person: Draw) -> None:
    found = measured(person(eyes=150, hair=220))
    assert found["hair_top"] == 0


def test_a_body_cut_by_the_side_of_the_picture_is_not_shown_floating(person: Draw) -> None:
    seen = person(midline=180)
    crop = plan_crop(seen, load_profile("moe-2017-99"))
    assert crop is not None
    assert crop.x >= 0
    subject = Subject(seen, load_profile("moe-2017-99"), Stage.CAPTURE)
    found = geometry.centred(subject)
    assert found.value is not None
    assert found.value < -5
    assert found.hint == "move_left"  # left in the picture is the person's right: they must go to their own left


def test_a_level_pair_of_shoulders_has_no_tilt(person: Draw) -> None:
    assert measured(person())["shoulders"] == pytest.approx(0, abs=1)


def test_a_tilt_is_measured_in_degrees(person: Draw) -> None:
    seen = person()
    assert seen.segments is not None
    body = np.isin(seen.segments.shares.argmax(axis=2), (Segment.CLOTHES,))
    rows, columns = body.shape
    lowered = np.zeros_like(body)
    for column in range(columns):  # turn the body about its middle by 8 degrees
        shift = round((column - columns / 2) * np.tan(np.radians(8)))
        lowered[:, column] = np.roll(body[:, column], shift)
        if shift > 0:
            lowered[:shift, column] = False
        else:
            lowered[rows + shift :, column] = body[-1, column]
    shares = seen.segments.shares.copy()
    shares[body] = np.eye(6)[Segment.BACKGROUND]
    shares[lowered] = np.eye(6)[Segment.CLOTHES]
    tilted = type(seen)(seen.picture, seen.full, 1.0, (), seen.mesh, {}, segments_of(shares, seen.segments.box))
    assert measured(tilted)["shoulders"] == pytest.approx(8, abs=1.5)


def test_shoulders_cut_off_by_the_lower_edge_are_refused(person: Draw) -> None:
    profile = load_profile("moe-2017-99")
    whole, cut = (Subject(person(eyes=eyes), profile, Stage.CAPTURE) for eyes in (380, 780))
    assert geometry.body_missing(whole).value == pytest.approx(0, abs=1)
    found = geometry.body_missing(Subject(cut.seen, profile, Stage.PHOTO))
    assert found.value == 0  # a finished photo ends where it ends
    assert cut.crop is not None
    low, high = profile.limit("geometry.face_width")
    assert not low <= geometry.face_width(cut).value <= high  # type: ignore[operator]


def test_without_hair_or_face_there_is_no_crop(person: Draw) -> None:
    seen = person()
    profile = load_profile("moe-2017-99")
    bare = type(seen)(seen.picture, seen.full, 1.0, (), None, {}, seen.segments)
    blind = type(seen)(seen.picture, seen.full, 1.0, (), seen.mesh, {}, None)
    assert plan_crop(bare, profile) is None
    assert plan_crop(blind, profile) is None
