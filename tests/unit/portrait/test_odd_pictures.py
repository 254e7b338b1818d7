"""Odd pictures: each gets a verdict with the right rule, never a traceback; and what a network garbles is not measured."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.portrait.measure.subject import Stage
from appliance.portrait.measurement import Outcome
from appliance.portrait.observe import Networks, Observer
from appliance.portrait.picture_file import read_picture
from appliance.portrait.profile import load_profile
from appliance.portrait.rules import judge
from appliance.portrait.tracking import SEGMENTS_SOONEST
from appliance.portrait.verdict import Verdict
from models.mesh import Mesh, Region
from models.segments import Box, Segments, segments_of

PROFILE = load_profile("moe-2017-99")


@pytest.fixture(scope="module")
def observer(networks_dir: Path) -> Observer:
    return Observer(networks_dir, threads=2)


@pytest.fixture(scope="module")
def portrait(shared_portraits: Path) -> np.ndarray:
    return read_picture(shared_portraits / "neutral_front" / "083_03.jpg").pixels


def verdict_on(observer: Observer, pixels: np.ndarray, stage: Stage = Stage.CAPTURE) -> Verdict:
    return judge(observer.still(np.ascontiguousarray(pixels)), PROFILE, stage)


def refused(verdict: Verdict) -> set[str]:
    return {rule.id for rule in verdict.failed if rule.outcome is Outcome.FAIL}


def cartoon() -> np.ndarray:
    """A drawn face: flat colours and black lines."""
    pixels = np.full((900, 700, 3), (240, 240, 240), np.uint8)
    cv2.ellipse(pixels, (350, 430), (170, 220), 0, 0, 360, (170, 200, 250), -1)
    cv2.ellipse(pixels, (350, 430), (170, 220), 0, 0, 360, (0, 0, 0), 4)
    for x in (280, 420):
        cv2.ellipse(pixels, (x, 390), (36, 22), 0, 0, 360, (255, 255, 255), -1)
        cv2.circle(pixels, (x, 390), 13, (0, 0, 0), -1)
        cv2.line(pixels, (x - 40, 340), (x + 40, 335), (0, 0, 0), 8)
    cv2.ellipse(pixels, (350, 520), (60, 25), 0, 0, 180, (60, 60, 200), -1)
    cv2.line(pixels, (350, 420), (340, 470), (0, 0, 0), 4)
    return pixels


@pytest.mark.networks
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (7, 5), (40, 30), (3, 2000), (2000, 3)])
def test_the_smallest_pictures_have_nobody_in_them(observer: Observer, size: tuple[int, int]) -> None:
    for stage in Stage:
        assert "subject.single" in refused(verdict_on(observer, np.full((*size, 3), 90, np.uint8), stage))


@pytest.mark.networks
def test_a_drawn_face_is_refused(observer: Observer) -> None:
    verdict = verdict_on(observer, cartoon())
    assert verdict.outcome == "refuse"
    assert refused(verdict) & {"subject.single", "light.exposure", "focus.sharp", "ears.visible", "geometry.shoulders"}


@pytest.mark.networks
@pytest.mark.pictures
def test_a_grey_portrait_has_no_colour(observer: Observer, portrait: np.ndarray) -> None:
    grey = cv2.cvtColor(cv2.cvtColor(portrait, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    assert "file.colour" in refused(verdict_on(observer, grey))


@pytest.mark.networks
@pytest.mark.pictures
@pytest.mark.parametrize("factor", [0.04, 4.0])
def test_too_much_and_too_little_light_is_named(observer: Observer, portrait: np.ndarray, factor: float) -> None:
    spoilt = np.clip(portrait.astype(np.float32) * factor, 0, 255).astype(np.uint8)
    assert refused(verdict_on(observer, spoilt)) & {"light.exposure", "subject.single"}


@pytest.mark.networks
@pytest.mark.pictures
def test_a_huge_picture_is_judged_as_the_same_person(observer: Observer, portrait: np.ndarray) -> None:
    huge = cv2.resize(portrait, None, fx=4.5, fy=4.5, interpolation=cv2.INTER_LINEAR)
    assert huge.shape[0] * huge.shape[1] > 36e6
    assert "subject.single" not in refused(verdict_on(observer, huge))


@pytest.mark.networks
@pytest.mark.pictures
@pytest.mark.parametrize("share", [0.3, 0.45, 0.7])
def test_a_second_face_nearer_or_farther_is_seen(observer: Observer, portrait: np.ndarray, share: float) -> None:
    """Somebody at another depth: the same head, smaller or nearly as large, mirrored, beside the person."""
    height, width = portrait.shape[:2]
    room = cv2.copyMakeBorder(portrait, 0, 0, 0, width // 2, cv2.BORDER_REPLICATE)
    other = cv2.flip(cv2.resize(portrait, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), 1)
    other = other[: height // 2, : room.shape[1] - width + width // 8]
    room[height // 6 : height // 6 + other.shape[0], room.shape[1] - other.shape[1] :] = other
    assert "subject.single" in refused(verdict_on(observer, room))


@pytest.mark.networks
@pytest.mark.pictures
def test_a_face_in_a_poster_behind_is_refused(observer: Observer, portrait: np.ndarray, shared_portraits: Path) -> None:
    """Somebody else's picture, framed, on the wall: another person or an object, whichever is seen, it may not be there."""
    stranger = read_picture(shared_portraits / "smiling_front" / "128_08.jpg").pixels[150:1150, 250:1100]
    poster = cv2.resize(stranger, (204, 240), interpolation=cv2.INTER_AREA)
    hung = portrait.copy()
    hung[60:316, 20:240] = (40, 60, 90)
    hung[68:308, 28:232] = poster
    assert refused(verdict_on(observer, hung)) & {"subject.single", "background.uniform"}


@pytest.mark.networks
@pytest.mark.pictures
@pytest.mark.parametrize("stage", list(Stage))
def test_what_networks_garble_is_not_measured_and_never_passes(
    networks_dir: Path, portrait: np.ndarray, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks = Networks(networks_dir)
    divide, score = networks.segmenter.divide, networks.expression.score

    def no_shares(pixels: np.ndarray, box: Box | None = None) -> Segments:
        found = divide(pixels, box)
        return segments_of(np.full_like(found.shares, np.nan), found.box)

    monkeypatch.setattr(networks.segmenter, "divide", no_shares)
    monkeypatch.setattr(networks.expression, "score", lambda mesh: dict.fromkeys(score(mesh), math.nan))
    rules = {rule.id: rule for rule in verdict_on(Observer(networks), portrait, stage).rules}
    for rule in ("eyes.open", "expression.neutral", "ears.visible", "hair.brows", "head.bare", "geometry.shoulders"):
        assert rules[rule].outcome is Outcome.UNKNOWN, rule
        assert rules[rule].measured is None


@pytest.mark.networks
@pytest.mark.pictures
@pytest.mark.parametrize("live", [False, True], ids=["still", "preview"])
def test_segments_that_overlook_the_face_are_believed_in_nothing(
    networks_dir: Path, portrait: np.ndarray, live: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dim or grey pictures can be all wall to the network: then neither bare head nor free brows are found, and nothing passes. A
    preview does not ask the slow network again for every frame of it."""
    networks = Networks(networks_dir)
    asked: list[Box | None] = []
    divide = networks.segmenter.divide

    def all_wall(pixels: np.ndarray, box: Box | None = None) -> Segments:
        asked.append(box)
        found = divide(pixels, box)
        shares = np.zeros_like(found.shares)
        shares[:, :, 0] = 1
        return segments_of(shares, found.box)

    monkeypatch.setattr(networks.segmenter, "divide", all_wall)
    watching = Observer(networks)
    frames = 2 * SEGMENTS_SOONEST if live else 1
    seen = [watching.live(portrait) if live else watching.still(portrait) for _ in range(frames)]
    assert all(each.mesh is not None and each.segments is None for each in seen)
    assert len(asked) == (2 if live else 1)
    rules = {rule.id: rule for rule in judge(seen[-1], PROFILE, Stage.LIVE if live else Stage.CAPTURE).rules}
    for rule in ("ears.visible", "hair.brows", "hair.eyes", "glasses.tinted", "head.bare", "geometry.shoulders"):
        assert rules[rule].outcome is Outcome.UNKNOWN, rule


@pytest.mark.networks
@pytest.mark.pictures
def test_a_face_whose_landmarks_are_garbled_is_nobody(
    networks_dir: Path, portrait: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks = Networks(networks_dir)
    fit = networks.mesh.fit

    def no_points(pixels: np.ndarray, region: Region) -> Mesh:
        found = fit(pixels, region)
        return replace(found, points=np.full_like(found.points, np.nan))

    monkeypatch.setattr(networks.mesh, "fit", no_points)
    assert "subject.single" in refused(verdict_on(Observer(networks), portrait))
