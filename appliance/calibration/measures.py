"""What is measured on focus, grey card, backdrop and chart. Pure: pixels (H, W, 3) BGR uint8 in, figures out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.calibration.errors import CalibrationRefused
from appliance.portrait.measure.patch import luminance
from firmware.ports import Pixels

CARD = 0.12  # half of the card's side, share of the picture's height
CARD_SPREAD = 0.10  # of the mean: more is no plain card
CARD_LEVELS = (25.0, 235.0)  # 8-bit: darker is noise, brighter is clipped
CELLS = (16, 12)
BACKDROP_STEP = 0.12  # of the mean, from one cell to the next: more is a person or a thing, not falling light
CORNERS = (9, 6)  # inner corners of the printed board
Figures = NDArray[np.float64]


def sharpness(pixels: Pixels) -> float:
    """Energy of fine detail in the middle of the picture over its light: variance of the Laplacian over the squared mean level
    (Pech-Pacheco et al. 2000), times 1000; grows as focus nears, whatever the exposure."""
    height, width = pixels.shape[:2]
    middle = pixels[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4]
    grey = cv2.cvtColor(middle, cv2.COLOR_BGR2GRAY).astype(np.float32)
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)  # the sensor's noise is no detail
    return 1000 * float(cv2.Laplacian(smooth, cv2.CV_32F).var()) / max(float(grey.mean()), 1.0) ** 2


def card_light(pixels: Pixels) -> Figures:
    """Mean linear light (blue, green, red), 0 to 1, of the card in the middle of the picture. Raises `CalibrationRefused`."""
    height, width = pixels.shape[:2]
    half = round(CARD * height)
    card = pixels[height // 2 - half : height // 2 + half, width // 2 - half : width // 2 + half]
    level = cv2.cvtColor(card, cv2.COLOR_BGR2GRAY).astype(np.float32)
    mean = float(level.mean())
    if not CARD_LEVELS[0] <= mean <= CARD_LEVELS[1]:
        raise CalibrationRefused(
            f"灰卡亮度 {mean:.0f}，应在 {CARD_LEVELS[0]:.0f} 到 {CARD_LEVELS[1]:.0f} 之间：调整灯光后再试",
            f"the card is at level {mean:.0f}, it should be {CARD_LEVELS[0]:.0f} to {CARD_LEVELS[1]:.0f}: change the light",
        )
    spread = float(cv2.GaussianBlur(level, (9, 9), 0).std()) / mean
    if spread > CARD_SPREAD:
        raise CalibrationRefused(
            f"画面中央不是一张平整的灰卡（起伏 {spread:.0%}，上限 {CARD_SPREAD:.0%}）：把灰卡放在学生的位置，正对镜头",
            f"no plain card in the middle (spread {spread:.0%}, limit {CARD_SPREAD:.0%}): hold the grey card where a student sits",
        )
    light = np.asarray(card, np.float64) / 255
    linear = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)  # sRGB, IEC 61966-2-1
    return np.asarray(linear.mean(axis=(0, 1)), dtype=np.float64)


def cast(light: Figures) -> float:
    """How far a card is from neutral: the largest difference of a channel from green, percent of green."""
    blue, green, red = (float(value) for value in light)
    return 100 * max(abs(blue / green - 1), abs(red / green - 1))


def gains_for(light: Figures, gains: tuple[float, float]) -> tuple[float, float]:
    """(red, blue) gains that would have made the card neutral, when it was seen with `gains`."""
    blue, green, red = (float(value) for value in light)
    return gains[0] * green / red, gains[1] * green / blue


def unevenness(plate: Pixels) -> float:
    """Brightest over darkest cell of an empty backdrop, percent above 100. Raises `CalibrationRefused` when it is not empty."""
    small = cv2.resize(plate, CELLS, interpolation=cv2.INTER_AREA)
    light = luminance(np.asarray(small, dtype=np.uint8))
    if not light.min() > 0:
        raise CalibrationRefused("背景太暗：打开灯再试", "the backdrop is black: switch the lamps on, then try again")
    step = max(float(np.abs(np.diff(light, axis=axis)).max()) for axis in (0, 1)) / float(light.mean())
    if step > BACKDROP_STEP:
        raise CalibrationRefused(
            f"背景前有人或物品（相邻处亮度差 {step:.0%}，上限 {BACKDROP_STEP:.0%}）：请让开并移走物品",
            f"somebody or something stands before the backdrop (step of light {step:.0%}, limit {BACKDROP_STEP:.0%}): clear it",
        )
    return 100 * (float(light.max() / light.min()) - 1)


@dataclass(frozen=True, slots=True)
class LensFigures:
    """Radial distortion at the corner (percent, positive: pincushion), fall of light there (percent), rest of the fit (pixels)."""

    distortion: float
    shading: float
    residual: float


def lens(pixels: Pixels) -> LensFigures:
    """Distortion and shading by the printed chessboard, which should fill the picture. Raises `CalibrationRefused`."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    seen, corners = cv2.findChessboardCornersSB(grey, CORNERS, flags=cv2.CALIB_CB_EXHAUSTIVE | cv2.CALIB_CB_ACCURACY)
    if not seen:
        raise CalibrationRefused(
            "找不到棋盘图：打印 station calibrate chart 的图，贴平，让它几乎占满画面并照亮",
            "the chessboard is not seen: print the sheet of station calibrate chart, hold it flat, well lit, filling the picture",
        )
    height, width = grey.shape
    centre, corner = np.array([width, height]) / 2, math.hypot(width, height) / 2
    points = (corners.reshape(-1, 2).astype(np.float64) - centre) / corner  # 1 at the picture's corner
    best, rest = _least(points)
    return LensFigures(100 * best, _shading(pixels, points, centre, corner), rest * corner)


def _least(points: Figures) -> tuple[float, float]:
    """The radial term k (r becomes r (1 - k r^2) undistorted) under which the corners lie best on a plane, and what is left."""
    span = (-0.5, 0.5)
    for _ in range(4):  # a line of trials, then ever finer about its best
        trials = np.linspace(*span, 21)
        errors = [_plane_error(points * (1 - k * (points**2).sum(axis=1, keepdims=True))) for k in trials]
        found = int(np.argmin(errors))
        width = trials[1] - trials[0]
        span = (trials[found] - width, trials[found] + width)
    return float(trials[found]), float(errors[found])


def _plane_error(points: Figures) -> float:
    columns, rows = CORNERS
    board = np.array([(x, y) for y in range(rows) for x in range(columns)], np.float64)
    matrix, _ = cv2.findHomography(board, points)
    onto = cv2.perspectiveTransform(board[None], matrix)[0]
    return float(np.sqrt(((onto - points) ** 2).sum(axis=1).mean()))


def _shading(pixels: Pixels, points: Figures, centre: Figures, corner: float) -> float:
    """Fall of light at the corner, percent: light of the white squares, fitted by a plane (the lamps) and a radial term (the
    lens)."""
    columns, rows = CORNERS
    grid = points.reshape(rows, columns, 2)
    middles = (grid[:-1, :-1] + grid[1:, :-1] + grid[:-1, 1:] + grid[1:, 1:]).reshape(-1, 2) / 4
    light = luminance(np.asarray(cv2.GaussianBlur(pixels, (0, 0), max(1.0, corner / 300)), dtype=np.uint8))
    places = np.round(middles * corner + centre).astype(int)
    values = light[places[:, 1], places[:, 0]]
    white = values > (values.max() + values.min()) / 2
    x, y = middles[white].T
    terms = np.stack([np.ones_like(x), x, y, x * x + y * y], axis=1)
    fitted, *_ = np.linalg.lstsq(terms, values[white].astype(np.float64), rcond=None)
    return float(-100 * fitted[3] / max(fitted[0], 1e-6))
