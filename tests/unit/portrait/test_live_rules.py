"""Live rules in turns: on a scene that stays, the same verdict as all rules at once; on one that changes, soon."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.portrait.glimpse import glimpse_of, unlike
from appliance.portrait.live_rules import EVERY, LiveRules
from appliance.portrait.measure.subject import Stage
from appliance.portrait.measurement import Outcome
from appliance.portrait.observe import Observation, Observer
from appliance.portrait.picture_file import read_picture
from appliance.portrait.profile import load_profile
from appliance.portrait.rules import judge
from appliance.portrait.tracking import SEGMENTS_EVERY, SEGMENTS_SOONEST, Track, region_of_head
from appliance.portrait.verdict import Verdict
from models.mesh import LANDMARKS, LEFT_CHEEK, LEFT_EYE, RIGHT_CHEEK, RIGHT_EYE, Mesh
from models.segments import segments_of

PROFILE = load_profile("moe-2017-99")


def said(verdict: Verdict) -> dict[str, tuple[Outcome, object]]:
    return {rule.id: (rule.outcome, rule.measured) for rule in verdict.rules}


def test_the_first_verdict_is_the_whole_one(person: Callable[..., Observation]) -> None:
    assert said(LiveRules(PROFILE).judge(person())) == said(judge(person(), PROFILE, Stage.LIVE))


def test_what_changes_is_seen_at_once_or_within_a_turn(person: Callable[..., Observation]) -> None:
    rules = LiveRules(PROFILE)
    rules.judge(person())
    low = person(shoulders=900.0, wall=(40, 45, 50), midline=700.0)
    wanted = said(judge(low, PROFILE, Stage.LIVE))
    first = said(rules.judge(low))
    for rule in ("geometry.centred", "pose.frontal", "subject.single"):
        assert first[rule] == wanted[rule]
    found = first
    for _ in range(EVERY - 1):
        found = said(rules.judge(low))
    assert found == wanted


def test_the_turns_are_spread(person: Callable[..., Observation], monkeypatch: pytest.MonkeyPatch) -> None:
    """No frame measures everything: that would only move the cost."""
    from appliance.portrait import live_rules  # noqa: PLC0415

    counted: list[str] = []
    real = live_rules.result_of
    monkeypatch.setattr(live_rules, "result_of", lambda rule, subject: counted.append(rule.id) or real(rule, subject))
    seen = person()
    steady = [rule.id for rule in LiveRules(PROFILE).judge(seen).rules if rule.outcome is not Outcome.UNKNOWN]
    rules = LiveRules(PROFILE)
    rules.judge(seen)
    per_frame = []
    for _ in range(2 * EVERY):
        counted.clear()
        rules.judge(seen)
        per_frame.append(len([rule for rule in counted if rule in steady]))
    assert max(per_frame) < len(steady)
    assert max(per_frame) - min(per_frame) <= 3


def test_nothing_is_kept_of_somebody_who_left_or_of_another_try(person: Callable[..., Observation]) -> None:
    blank = np.full((480, 640, 3), 200, np.uint8)
    nobody = Observation(blank, blank, 1.0, (), None, {}, None)
    rules = LiveRules(PROFILE)
    rules.judge(person())
    assert said(rules.judge(nobody)) == said(judge(nobody, PROFILE, Stage.LIVE))
    other = person(wall=(90, 140, 60), shoulders=500.0)
    assert said(rules.judge(other)) == said(judge(other, PROFILE, Stage.LIVE))
    rules.reset()
    assert said(rules.judge(person())) == said(judge(person(), PROFILE, Stage.LIVE))


def scene(seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 4, (480, 640, 3))
    plain = np.full((480, 640, 3), 190.0)
    plain[180:400, 240:400] = (90, 120, 170)
    return np.clip(plain + noise, 0, 255).astype(np.uint8)


def test_a_glimpse_tells_a_cap_from_noise_and_light() -> None:
    box = (160.0, 80.0, 480.0, 460.0)
    one, two = glimpse_of(scene(0), box), glimpse_of(scene(1), box)
    assert one is not None
    assert two is not None
    assert not unlike(one, two), "noise"
    brighter = glimpse_of(np.clip(scene(1).astype(int) + 25, 0, 255).astype(np.uint8), box)
    assert brighter is not None
    assert not unlike(one, brighter), "a lamp"
    capped = scene(1)
    cv2.ellipse(capped, (320, 190), (95, 60), 0, 180, 360, (30, 30, 120), -1)
    worn = glimpse_of(capped, box)
    assert worn is not None
    assert unlike(one, worn)
    assert glimpse_of(scene(), (630.0, 470.0, 660.0, 500.0)) is None


def test_a_head_that_sways_shows_the_same() -> None:
    """Also at the edge, where a part of the box lies outside, and where the landmarks tremble by a few pixels."""
    picture, box = scene(0), np.array([170.0, -40.0, 470.0, 420.0])
    still = glimpse_of(picture, tuple(box))
    assert still is not None
    assert np.isnan(still).any()
    for right, down in ((3, 2), (-4, 1), (0, 5), (6, -3)):
        matrix = np.array([[1, 0, right], [0, 1, down]], np.float32)
        moved = cv2.warpAffine(picture, matrix, (640, 480), borderMode=cv2.BORDER_REPLICATE)
        for trembling in (0.0, 2.0):
            there = glimpse_of(moved, tuple(box + np.tile([right + trembling, down], 2)))
            assert there is not None
            assert not unlike(still, there), (right, down, trembling)


def test_an_expression_lasts_two_frames_and_goes_with_the_face() -> None:
    track, seen = Track(), mesh()
    wanted = []
    for _ in range(6):
        track.followed(seen)
        wanted.append(track.wants_expression)
        if track.wants_expression:
            track.expression = {"jawOpen": 0.0}
    assert wanted[0]
    assert sum(wanted[1:5]) == 2
    track.followed(None)
    assert track.expression == {}


def mesh() -> Mesh:
    points = np.zeros((LANDMARKS, 3), np.float32) + np.array([320, 240, 0], np.float32)
    points[RIGHT_EYE, 0], points[LEFT_EYE, 0] = 280, 360
    points[RIGHT_CHEEK, 0], points[LEFT_CHEEK, 0] = 250, 390
    return Mesh(points, 0.9)


def test_segments_are_made_anew_when_the_head_looks_different() -> None:
    track, seen = Track(), mesh()
    box = region_of_head(seen)

    def frames(picture: np.ndarray, count: int) -> int:
        made = 0
        for _ in range(count):
            track.followed(seen, glimpse_of(picture, box))
            if track.wants_segments:
                track.divided(segments_of(np.zeros((8, 8, 6), np.float32), box), glimpse_of(picture, box))
                made += 1
        return made

    assert frames(scene(0), SEGMENTS_EVERY // 2) == 1
    other = scene(1)
    other[60:220, 200:440] = (30, 30, 120)
    assert frames(other, SEGMENTS_SOONEST) == 1
    assert frames(other, SEGMENTS_EVERY // 2) == 0


@pytest.mark.networks
@pytest.mark.pictures
@pytest.mark.parametrize("name", ["neutral_front/014_03.jpg", "smiling_front/012_08.jpg", "others/christian.jpg"])
def test_in_turns_or_at_once_the_verdict_is_the_same(networks_dir: Path, shared_portraits: Path, name: str) -> None:
    """A preview that moves by single pixels: rule by rule the outcome of all rules at once, in every frame."""
    observer, rules = Observer(networks_dir, threads=2), LiveRules(PROFILE)
    pixels = read_picture(shared_portraits / name).pixels
    side = min(pixels.shape[:2])
    frame = np.full((480, 640, 3), pixels[8, 8], np.uint8)
    frame[:, 80:560] = cv2.resize(pixels[:side, :side], (480, 480), interpolation=cv2.INTER_AREA)
    for step in range(12):
        seen = observer.live(np.roll(frame, (step % 3 - 1, step % 2), axis=(0, 1)))
        turns, whole = rules.judge(seen), judge(seen, PROFILE, Stage.LIVE)
        assert {r.id: r.outcome for r in turns.rules} == {r.id: r.outcome for r in whole.rules}
