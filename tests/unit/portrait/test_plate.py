"""The empty backdrop: what hides behind the hair is known, in another light too; a plate that does not fit is not used."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.portrait.errors import PlateRefused
from appliance.portrait.matting import composed, matte
from appliance.portrait.picture_file import read_picture
from appliance.portrait.pipeline import Portrait
from appliance.portrait.plate import cut_plate, sound_plate
from appliance.portrait.profile import load_profile

BLUE = (100, 197, 255)
SIZE = (480, 640)
HAIR = np.array((35, 42, 55), np.float32)


def backdrop() -> np.ndarray:
    """A wall of panels with seams, a stain, and a lamp's bright spot where the head will be, (640, 480, 3), float32."""
    width, height = SIZE
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    wall = np.stack([206 - 0.03 * y, 204 - 0.02 * y, 198 - 0.02 * y], axis=2)
    wall += 26 * np.exp(-((x - 240) ** 2 + (y - 250) ** 2) / (2 * 75**2))[:, :, None]
    for seam in (60, 150, 240, 330, 420):
        wall[:, seam : seam + 4] -= 38
    cv2.ellipse(wall, (330, 150), (34, 22), 20, 0, 360, (150, 160, 172), -1)
    return cv2.GaussianBlur(wall, (0, 0), 1.0)


def head() -> np.ndarray:
    """Alpha of a head with single strands, (640, 480), float32."""
    alpha = np.zeros(SIZE[::-1], np.float32)
    cv2.ellipse(alpha, (240, 300), (105, 145), 0, 0, 360, 1.0, -1)
    cv2.rectangle(alpha, (60, 520), (420, 640), 1.0, -1)
    cv2.rectangle(alpha, (190, 420), (290, 540), 1.0, -1)
    chance = np.random.default_rng(3)
    for angle in chance.uniform(190, 350, 70):
        end = (240 + 138 * np.cos(np.radians(angle)), 300 + 185 * np.sin(np.radians(angle)))
        cv2.line(alpha, (240, 300), (int(end[0]), int(end[1])), 1.0, 1, cv2.LINE_AA)
    return cv2.GaussianBlur(alpha, (0, 0), 0.7)


def shot(wall: np.ndarray, alpha: np.ndarray, seed: int) -> np.ndarray:
    """The head before the wall, with the camera's noise."""
    chance = np.random.default_rng(seed)
    person = HAIR + chance.normal(0, 4, wall.shape)
    mixed = alpha[:, :, None] * person + (1 - alpha[:, :, None]) * wall + chance.normal(0, 1.2, wall.shape)
    return np.clip(mixed, 0, 255).astype(np.uint8)


def coarse(alpha: np.ndarray) -> np.ndarray:
    """What a network of 256 cells across would say of it."""
    small = cv2.resize(cv2.GaussianBlur(alpha, (0, 0), 3), (160, 150), interpolation=cv2.INTER_AREA)
    return np.clip(cv2.resize(small, SIZE, interpolation=cv2.INTER_CUBIC) * 1.1 - 0.05, 0, 1).astype(np.float32)


def error(pixels: np.ndarray, alpha: np.ndarray, plate: np.ndarray | None) -> tuple[float, float, bool]:
    """Mean error of alpha, and of the finished colours in levels, both around the hair; and whether the plate served."""
    seen = matte(pixels, coarse(alpha), coarse(alpha), np.ones(alpha.shape, bool), plate)
    assert seen is not None
    fringe = cv2.dilate(((alpha > 0.02) & (alpha < 0.98)).astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    fringe[430:] = False
    wanted = (1 - alpha[:, :, None]) * np.array(BLUE[::-1]) + alpha[:, :, None] * HAIR
    off = np.abs(composed(pixels, seen, BLUE).astype(float) - wanted)[fringe].mean()
    return float(np.abs(seen.alpha - alpha)[fringe].mean()), float(off), seen.wall.gain is not None


@pytest.mark.parametrize("exposure", [1.0, 0.8, 1.15])
def test_with_the_plate_hair_is_told_from_the_wall_better(exposure: float) -> None:
    """The plate was taken in other light: darker or brighter, and more from one side."""
    wall, alpha = backdrop(), head()
    tilt = np.linspace(0.97, 1.03, SIZE[0], dtype=np.float32)[None, :, None]
    pixels = shot(np.clip(wall * 0.95, 0, 255), alpha, 1)
    plate = shot(np.clip(wall * exposure * tilt, 0, 255), np.zeros_like(alpha), 2)
    without, with_plate = error(pixels, alpha, None), error(pixels, alpha, plate)
    assert not without[2]
    assert with_plate[2]
    assert with_plate[0] < 0.75 * without[0]
    assert with_plate[1] < 0.85 * without[1]


def test_a_plate_of_another_wall_or_place_is_not_used() -> None:
    wall, alpha = backdrop(), head()
    pixels = shot(wall, alpha, 1)
    moved = shot(np.roll(wall, (25, 31), axis=(0, 1)), np.zeros_like(alpha), 2)
    bricks = np.random.default_rng(0).integers(60, 220, (40, 30, 3)).astype(np.uint8)
    other = cv2.resize(bricks, SIZE, interpolation=cv2.INTER_NEAREST)
    for plate in (moved, other):
        found = error(pixels, alpha, plate)
        assert not found[2]
        assert found == error(pixels, alpha, None)


def test_a_plain_wall_is_no_worse_with_its_plate() -> None:
    wall, alpha = np.full((640, 480, 3), 208, np.float32), head()
    pixels = shot(wall, alpha, 1)
    plate = shot(wall * 0.9, np.zeros_like(alpha), 2)
    assert error(pixels, alpha, plate)[0] < 1.1 * error(pixels, alpha, None)[0] + 0.002


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_the_plate_is_cut_where_the_photo_lies(share: float) -> None:
    """Marks on the plate land where the same marks of the still land, for a plate of fewer pixels too."""
    still = np.full((1520, 2028, 3), 180, np.uint8)
    for x, y in ((600, 400), (1200, 500), (900, 1100)):
        cv2.circle(still, (x, y), 40, (60, 70, 80), -1, cv2.LINE_AA)
    plate = cv2.resize(still, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    cut = cut_plate(plate, (2028, 1520), (500.0, 250.0), 0.6, SIZE)
    same = cut_plate(still, (2028, 1520), (500.0, 250.0), 0.6, SIZE)
    assert cut is not None
    assert same is not None
    assert np.abs(cut.astype(int) - same).mean() < 1.0
    assert same[90, 60].max() < 100
    assert cut_plate(plate[:, : plate.shape[1] // 2], (2028, 1520), (0.0, 0.0), 0.6, SIZE) is None


@pytest.mark.parametrize(
    ("plate", "said"),
    [
        (np.zeros((480, 640), np.uint8), "BGR"),
        (np.zeros((480, 640, 3), np.float32), "float32"),
        ("plate.jpg", "str"),
        (np.full((100, 640, 3), 128, np.uint8), "too small"),
        (np.full((480, 640, 3), 255, np.uint8), "too bright"),
        (np.zeros((480, 640, 3), np.uint8), "too dark"),
    ],
)
def test_what_cannot_be_a_plate_is_refused_with_the_reason(plate: object, said: str) -> None:
    with pytest.raises(PlateRefused, match=said) as caught:
        sound_plate(plate)
    assert caught.value.message.zh


@pytest.mark.networks
@pytest.mark.pictures
def test_a_station_uses_its_plate(networks_dir: Path, shared_portraits: Path) -> None:
    pixels = read_picture(shared_portraits / "neutral_front" / "014_03.jpg").pixels
    with pytest.raises(PlateRefused, match="somebody"):
        Portrait(networks_dir, load_profile("moe-2017-99"), plate=pixels)
    portrait = Portrait(networks_dir, load_profile("moe-2017-99"))
    plain = portrait.still(pixels)
    edge = pixels[:, :60].mean(axis=1, keepdims=True)
    portrait.use_plate(np.clip(np.repeat(edge, pixels.shape[1], axis=1), 0, 255).astype(np.uint8))
    known = portrait.still(pixels)
    portrait.use_plate(None)
    again = portrait.still(pixels)
    assert plain.photo is not None
    assert known.photo is not None
    assert again.photo is not None
    assert not plain.photo.with_plate
    assert again.photo.jpeg == plain.photo.jpeg
    assert known.verdict.outcome == plain.verdict.outcome
    assert {"cut", "matting", "encode"} <= set(known.timings_ms)
