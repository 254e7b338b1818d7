"""Resampling, matting and encoding held to known truth."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from appliance.portrait.encoding import encode
from appliance.portrait.errors import CannotStandardise
from appliance.portrait.matting import composed, matte
from appliance.portrait.measurement import Message, Outcome
from appliance.portrait.observe import Observation
from appliance.portrait.picture_file import jpeg_quality
from appliance.portrait.pipeline import refused
from appliance.portrait.profile import load_profile
from appliance.portrait.resampling import resample
from appliance.portrait.standard_photo import standardise
from appliance.portrait.verdict import RuleResult, Verdict
from appliance.portrait.wall import wall_behind

BLUE = (100, 197, 255)


def textured(height: int, width: int, seed: int = 0, spread: float = 3.0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 1, (height, width, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), spread)
    return np.clip(128 + 45 * smooth / smooth.std(), 0, 255).astype(np.uint8)


@settings(max_examples=40, deadline=None)
@given(st.floats(-60, 60), st.floats(-60, 60), st.floats(0.15, 1.0))
def test_a_mark_lands_where_the_crop_says(x: float, y: float, scale: float) -> None:
    """No shift, no mirror, no turn: the middle of a soft mark is where arithmetic puts it."""
    size = (160, 200)
    mark_u, mark_v = 50.0, 140.0  # off the middle both ways, so that a mirror would show
    mark_x, mark_y = x + mark_u / scale, y + mark_v / scale
    rows, columns = np.mgrid[0:1500, 0:1200] + 0.5
    distance = ((columns - mark_x) ** 2 + (rows - mark_y) ** 2) / (2 * (4 / scale) ** 2)
    full = np.repeat((200 * np.exp(-distance)).astype(np.uint8)[:, :, None], 3, axis=2)
    cut, inside = resample(full, x, y, scale, size)
    assert cut.shape == (200, 160, 3)
    weight = cut[:, :, 0].astype(float) * inside
    v, u = np.mgrid[0:200, 0:160] + 0.5
    if mark_x > 20 / scale and mark_y > 20 / scale:
        assert (weight * u).sum() / weight.sum() == pytest.approx(mark_u, abs=0.15)
        assert (weight * v).sum() / weight.sum() == pytest.approx(mark_v, abs=0.15)


def test_reduction_averages_what_it_covers() -> None:
    full = textured(1280, 960, spread=1.5)
    cut, _ = resample(full, 0.0, 0.0, 0.5, (480, 640))
    mean = full.reshape(640, 2, 480, 2, 3).astype(float).mean(axis=(1, 3))
    assert np.abs(cut - mean).max() <= 1


def test_beyond_the_picture_is_known_to_be_beyond() -> None:
    _, inside = resample(textured(300, 300), -50.0, -20.0, 1.0, (200, 400))
    assert not inside[:, :50].any()
    assert not inside[:20].any()
    assert not inside[320:].any()
    assert inside[20:320, 50:].all()


def wall_and_hair(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A wall with a gradient and noise, a dark head with strands, and the alpha it was mixed with."""
    height, width = 640, 480
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    wall = np.stack([212 - 0.04 * y, 210 - 0.03 * y + 0.01 * x, 205 - 0.03 * y], axis=2)
    alpha = np.zeros((height, width), np.float32)
    cv2.ellipse(alpha, (240, 300), (110, 150), 0, 0, 360, 1.0, -1)
    cv2.rectangle(alpha, (60, 520), (420, 640), 1.0, -1)
    cv2.rectangle(alpha, (190, 420), (290, 540), 1.0, -1)
    chance = np.random.default_rng(seed)
    for angle in chance.uniform(190, 350, 60):
        end = (240 + 135 * np.cos(np.radians(angle)), 300 + 178 * np.sin(np.radians(angle)))
        cv2.line(alpha, (240, 300), (int(end[0]), int(end[1])), 1.0, 1, cv2.LINE_AA)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 0.7)
    person = np.full_like(wall, 0) + np.array((35, 42, 55), np.float32) + chance.normal(0, 4, wall.shape)
    mixed = alpha[:, :, None] * person + (1 - alpha[:, :, None]) * wall + chance.normal(0, 1.2, wall.shape)
    return np.clip(mixed, 0, 255).astype(np.uint8), alpha, wall


def coarse(alpha: np.ndarray) -> np.ndarray:
    """What a network of 256 cells across would say of it."""
    small = cv2.resize(cv2.GaussianBlur(alpha, (0, 0), 3), (160, 150), interpolation=cv2.INTER_AREA)
    return np.clip(cv2.resize(small, (480, 640), interpolation=cv2.INTER_CUBIC) * 1.1 - 0.05, 0, 1).astype(np.float32)


def test_the_wall_is_told_behind_the_person() -> None:
    pixels, alpha, wall = wall_and_hair()
    half = cv2.resize(pixels, (240, 320), interpolation=cv2.INTER_AREA).astype(np.float32)
    person = cv2.resize(coarse(alpha), (240, 320), interpolation=cv2.INTER_AREA)
    found = wall_behind(half, person, np.ones((320, 240), bool))
    assert found is not None
    assert np.abs(found.colour - cv2.resize(wall, (240, 320), interpolation=cv2.INTER_AREA)).max() < 6
    assert found.noise < 4


def test_strands_keep_their_alpha_and_no_wall_is_left() -> None:
    pixels, alpha, _ = wall_and_hair()
    seen = matte(pixels, coarse(alpha), coarse(alpha), np.ones(alpha.shape, bool))
    assert seen is not None
    assert np.abs(seen.alpha - alpha).mean() < 0.01
    far = cv2.dilate((alpha > 0.02).astype(np.uint8), np.ones((25, 25), np.uint8)) == 0
    assert (seen.alpha[far] == 0).mean() > 0.999
    out = composed(pixels, seen, BLUE).astype(int)
    clean = (1 - alpha[:, :, None]) * np.array(BLUE[::-1]) + alpha[:, :, None] * np.array((35, 42, 55))
    edge = (alpha > 0.05) & (alpha < 0.95)
    assert np.abs(out[edge] - clean[edge]).mean() < 14  # a grey rim would stand out by 60


def test_inside_the_person_no_pixel_is_touched() -> None:
    pixels, alpha, _ = wall_and_hair()
    seen = matte(pixels, coarse(alpha), coarse(alpha), np.ones(alpha.shape, bool))
    assert seen is not None
    inside = cv2.erode((alpha > 0.999).astype(np.uint8), np.ones((21, 21), np.uint8)) > 0
    assert inside.sum() > 20_000
    assert (composed(pixels, seen, BLUE)[inside] == pixels[inside]).all()


def test_without_a_wall_there_is_no_matte() -> None:
    pixels = textured(640, 480)
    whole = np.ones((640, 480), np.float32)
    assert matte(pixels, whole, whole * 0, np.ones((640, 480), bool)) is None


@pytest.mark.parametrize("profile", ["moe-2017-99", "moe-2017-99-large", "cet", "id-1inch", "id-2inch"])
def test_a_file_is_what_its_profile_asks(profile: str) -> None:
    asked = load_profile(profile)
    pixels = textured(asked.height, asked.width, spread=2.5)
    pixels[:, : asked.width // 4] = BLUE[::-1]
    data, quality = encode(pixels, asked)
    assert asked.bytes_min <= len(data) <= asked.bytes_max
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (asked.width, asked.height))
        assert image.info["dpi"] == (asked.dpi, asked.dpi)
        assert not image.getexif()
        assert "icc_profile" not in image.info
        assert jpeg_quality(image.quantization) == quality >= asked.quality_min
    assert data[6:11] == b"JFIF\x00"
    assert b"\xff\xc2" not in data[:2000]  # baseline: some platforms read nothing else


def test_no_padding_is_invented_for_a_picture_too_plain() -> None:
    with pytest.raises(CannotStandardise, match="too plain"):
        encode(np.full((640, 480, 3), 200, np.uint8), load_profile("moe-2017-99-large"))


def test_a_picture_too_rich_is_refused_rather_than_ruined() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (640, 480, 3), np.uint8)
    with pytest.raises(CannotStandardise, match="40 KB"):
        encode(noise, load_profile("moe-2017-99"))


def test_the_whole_photo_of_a_drawn_person(person: Callable[..., Observation]) -> None:
    seen = person()
    grained = np.clip(seen.picture + np.random.default_rng(0).normal(0, 9, seen.picture.shape), 0, 255).astype(np.uint8)
    profile = load_profile("moe-2017-99")
    photo = standardise(replace(seen, picture=grained, full=grained), profile)
    assert photo.pixels.shape == (640, 480, 3)
    assert (photo.pixels[:8] == np.array(BLUE[::-1])).all()
    wall = cv2.cvtColor(photo.pixels, cv2.COLOR_BGR2LAB).astype(int) - cv2.cvtColor(
        np.array([[seen.picture[2, 2]]], np.uint8), cv2.COLOR_BGR2LAB
    ).astype(int)
    assert (np.abs(wall).max(axis=2) < 6).mean() < 0.002  # nothing of the grey wall


@pytest.mark.parametrize("with_plate", [False, True])
def test_the_face_is_the_resampled_picture_bit_by_bit(person: Callable[..., Observation], with_plate: bool) -> None:
    """Between the camera's pixels and the finished photo's lies one resampling and nothing else, with the empty backdrop too."""
    seen = person()
    grained = np.clip(seen.picture + np.random.default_rng(0).normal(0, 9, seen.picture.shape), 0, 255).astype(np.uint8)
    profile = load_profile("moe-2017-99")
    plate = np.full_like(grained, seen.picture[2, 2]) if with_plate else None
    photo = standardise(replace(seen, picture=grained, full=grained), profile, plate)
    crop = photo.crop
    cut, _ = resample(grained, crop.x, crop.y, crop.scale, (profile.width, profile.height))
    u, v = (round(value) for value in crop.at(640.0, 380.0))
    face = np.zeros(cut.shape[:2], np.uint8)
    cv2.ellipse(face, (u, v), (round(0.8 * 130 * crop.scale), round(0.8 * 210 * crop.scale)), 0, 0, 360, (1,), -1)
    within = face > 0
    assert within.sum() > 20_000
    assert np.array_equal(photo.pixels[within], cut[within])


def test_what_cannot_be_cut_says_so(person: Callable[..., Observation]) -> None:
    with pytest.raises(CannotStandardise):
        standardise(replace(person(), mesh=None), load_profile("moe-2017-99"))


def test_a_still_of_which_no_photo_can_be_made_is_refused_with_the_reason() -> None:
    message = Message("符合", "fine")
    passed = RuleResult("file.bytes", Outcome.EXEMPT, None, (20.0, 40.0), "KB", message)
    other = RuleResult("eyes.open", Outcome.PASS, 0.1, 0.35, "", message)
    found = refused(Verdict("p", (other, passed)), CannotStandardise("file.bytes", "换素色衣服", "plainer clothes"))
    assert found.outcome == "refuse"
    assert [(rule.id, rule.message.en) for rule in found.failed] == [("file.bytes", "plainer clothes")]
