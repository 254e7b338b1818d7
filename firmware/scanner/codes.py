"""Reading QR codes in pixels: a quick look at a camera frame, and a patient search in a picture file.

ZBar reads first, zxing-cpp what ZBar does not; OpenCV's detector finds codes that neither can make out, so that they can be
straightened or at least be told of. All take grey pictures.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from firmware.ports import Pixels
from firmware.scanner.readers import Grey, by_opencv, by_zbar, by_zxing

Corners = NDArray[np.float32]  # (4, 2): x, y

PATIENCE_S = 3.0  # somebody waits for the answer; what is readable at all is read in well under one
PATIENT_SIDES = (1000, 600, 1600, 2400)  # longest sides, pixels, at which a file is looked at, likeliest first
LARGEST_SIDE = 2400
ZBAR_SIDE = 640  # pixels of a frame's longer side
LEAST_MODULES = 21  # a side of the smallest QR code, ISO/IEC 18004; fewer pixels cannot hold one
MOST_ENLARGED = 8  # times; more brings nothing out
NEARLY_WHITE = 0.88  # of the paper's level
STRAIGHT_SIDE = 480  # pixels a located code is straightened to


class Look(StrEnum):
    """How a frame is prepared before it is read; one look a frame keeps each frame cheap."""

    PLAIN = "plain"
    STRETCHED = "stretched"  # dim screens, glare
    SMOOTHED = "smoothed"  # noise, a screen's grid
    SHARPENED = "sharpened"  # a little out of focus
    ENLARGED = "enlarged"  # held far away


LOOKS = (Look.PLAIN, Look.STRETCHED, Look.PLAIN, Look.SMOOTHED, Look.PLAIN, Look.ENLARGED, Look.PLAIN, Look.SHARPENED)
"""The turns that frames take; a code held still for half a second is looked at in every way."""


def grey_of(pixels: Pixels | Grey) -> Grey:
    """(H, W, 3) BGR uint8, or already grey (H, W), as grey (H, W) uint8."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY) if pixels.ndim == 3 else pixels, dtype=np.uint8)


def read(grey: Grey) -> list[str]:
    """One pass of ZBar, and of zxing-cpp where that reads nothing: the payloads of all QR codes, each once.

    zxing-cpp is asked too where ZBar reads more than ASCII: it guesses old character sets, and guesses wrong more often.
    """
    found = by_zbar(grey)
    return found if found and all(text.isascii() for text in found) else by_zxing(grey) or found


def look(grey: Grey, how: Look) -> list[str]:
    """One quick pass of each reader over a frame, prepared as `how` says.

    ZBar sees it at most `ZBAR_SIDE` wide: on made pictures of 960 x 720 that read as many codes in less than half the time.
    """
    prepared = _prepared(grey, how)
    first = [] if how is Look.ENLARGED else by_zbar(_within(prepared, ZBAR_SIDE))
    return first if first and all(text.isascii() for text in first) else by_zxing(prepared, thorough=False) or first


def locate(grey: Grey) -> Corners | None:
    """Corners (4, 2) of a code that can be seen, whether or not it can be read; None where none is seen."""
    found, corners = cv2.QRCodeDetector().detect(grey)
    if not found or corners is None:
        return None
    quad = np.asarray(corners, dtype=np.float32).reshape(-1, 2)[:4]
    return quad if _is_like_a_code(quad, grey) else None


def read_codes(pixels: Pixels, patience_s: float = PATIENCE_S) -> list[str]:
    """Payloads of the QR codes in a picture, (H, W, 3) BGR uint8 or grey (H, W); empty when none can be read.

    Patient: scales, contrast, thresholds, straightening, turns; each first for zxing-cpp, which takes a tenth of ZBar's time, then
    for ZBar, then OpenCV's reader. Some milliseconds for a good picture; a hopeless one is given up after `patience_s`.
    """
    if min(pixels.shape[:2]) < LEAST_MODULES:
        return []
    until = time.monotonic() + patience_s
    grey = _within(grey_of(pixels), LARGEST_SIDE)
    found = read(grey)
    for reader in (by_zxing, by_zbar, by_opencv):
        attempts = iter((grey, _scaled(grey, PATIENT_SIDES[0]))) if reader is by_opencv else _attempts(grey)
        while not found and time.monotonic() < until:
            attempt = next(attempts, None)
            if attempt is None:
                break
            found = reader(attempt)
    return found


def _attempts(grey: Grey) -> Iterator[Grey]:
    sizes = [_scaled(grey, side) for side in PATIENT_SIDES if _is_worth_it(side / max(grey.shape))]
    for size in [grey, *sizes]:
        yield _bordered(size)
        for how in (Look.STRETCHED, Look.SHARPENED, Look.SMOOTHED):
            yield _bordered(_prepared(size, how))
        yield _bordered(_thresholded(size))
        yield _bordered(_all_but_white(size))
    for size in [grey, *sizes[:2]]:
        yield from _straightened(size)
    for angle in (15, 30, 45, 60, 75):
        yield _turned(_scaled(grey, PATIENT_SIDES[0]), angle)


def _is_worth_it(factor: float) -> bool:
    return factor <= MOST_ENLARGED and abs(factor - 1) > 0.15


def _prepared(grey: Grey, how: Look) -> Grey:
    if how is Look.STRETCHED:
        return np.asarray(cv2.createCLAHE(clipLimit=4.0, tileGridSize=(4, 4)).apply(grey), dtype=np.uint8)
    if how is Look.SHARPENED:
        soft = cv2.GaussianBlur(grey, (0, 0), 1.5)
        return np.asarray(cv2.addWeighted(grey, 2.5, soft, -1.5, 0), dtype=np.uint8)
    if how is Look.SMOOTHED:
        return np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.2), dtype=np.uint8)
    if how is Look.ENLARGED:
        return np.asarray(cv2.resize(grey, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    return grey


def _thresholded(grey: Grey) -> Grey:
    window = max(3, max(grey.shape) // 16 | 1)
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    levels = cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, window, 5)
    return np.asarray(levels, dtype=np.uint8)


def _all_but_white(grey: Grey) -> Grey:
    """Whatever is not as light as the paper is ink: codes decorated with colours or pictures."""
    paper = float(np.percentile(grey, 98))
    return np.asarray(cv2.threshold(grey, NEARLY_WHITE * paper, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)


def _straightened(grey: Grey) -> Iterator[Grey]:
    corners = locate(grey)
    if corners is None:
        return
    margin = STRAIGHT_SIDE // 8
    inner = STRAIGHT_SIDE - margin
    goal: Corners = np.array([[margin, margin], [inner, margin], [inner, inner], [margin, inner]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, goal)
    size = (STRAIGHT_SIDE, STRAIGHT_SIDE)
    warped = cv2.warpPerspective(grey, matrix, size, flags=cv2.INTER_AREA, borderValue=(255,))
    straight = np.asarray(warped, dtype=np.uint8)
    yield straight
    yield _prepared(straight, Look.STRETCHED)
    yield np.asarray(cv2.threshold(straight, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1], dtype=np.uint8)


def _within(grey: Grey, side: int) -> Grey:
    return _scaled(grey, side) if max(grey.shape) > side else grey


def _scaled(grey: Grey, side: int) -> Grey:
    factor = side / max(grey.shape)
    size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, size, interpolation=how), dtype=np.uint8)


def _bordered(grey: Grey) -> Grey:
    """A white margin: a screenshot cropped to the code has no quiet zone."""
    margin = max(grey.shape) // 12
    return np.asarray(
        cv2.copyMakeBorder(grey, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(255,)), dtype=np.uint8
    )


def _turned(grey: Grey, angle: float) -> Grey:
    height, width = grey.shape
    side = round(float(np.hypot(height, width)))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    matrix = matrix + np.array([[0, 0, (side - width) / 2], [0, 0, (side - height) / 2]])
    return np.asarray(cv2.warpAffine(grey, matrix, (side, side), borderValue=(255,)), dtype=np.uint8)


def _is_like_a_code(corners: Corners, grey: Grey) -> bool:
    """Whether a located square could be a code: big enough, about square, and with the contrast of ink on paper."""
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    if sides.min() < 32 or sides.max() > 2.5 * sides.min():
        return False
    goal = np.array([[0, 0], [63, 0], [63, 63], [0, 63]], np.float32)
    patch = cv2.warpPerspective(grey, cv2.getPerspectiveTransform(corners, goal), (64, 64), flags=cv2.INTER_AREA)
    split, inked = cv2.threshold(patch, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark, light = patch[patch <= split], patch[patch > split]
    if not len(dark) or not len(light):
        return False
    share = float(np.mean(inked == 0))
    return 0.25 < share < 0.75 and float(light.mean()) - float(dark.mean()) > 25
