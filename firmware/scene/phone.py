"""A QR code as it comes to a station: on the screen of a phone that somebody holds up."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

from firmware.ports import Pixels

QUIET_ZONE = 4  # modules, ISO/IEC 18004
MODULE = 12  # pixels a module is drawn with before it is laid into the view
HELD = (0.50, 0.56)  # centre of the screen in the view, share of width and height
SCREEN_HEIGHT = 0.80  # of the view's height
TILT = 4.0  # degrees a hand holds it off the upright
BODY, GLASS, WHITE, INK = (34, 30, 28), (18, 16, 15), (246, 246, 246), (14, 14, 14)


@dataclass(frozen=True, slots=True)
class Phone:
    """How well a phone shows its code: `brightness` 0 (black) to 1, `blur` in modules of the code, `glare` 0 to 1 (a lamp mirrored
    in the glass), `quality` the JPEG quality of a forwarded screenshot (100: the original)."""

    brightness: float = 1.0
    blur: float = 0.0
    glare: float = 0.0
    quality: int = 100


GOOD_PHONE = Phone()


def screen(payload: str, phone: Phone = GOOD_PHONE) -> Pixels:
    """The face of a phone that shows `payload`: (H, W, 3) BGR uint8, upright.

    Raises `ValueError` when no QR code can hold it.
    """
    code = segno.make_qr(payload, error="m")
    modules = np.array([[bool(cell) for cell in row] for row in code.matrix], dtype=np.uint8)
    padded = np.pad(modules, QUIET_ZONE)
    ink = np.kron(padded, np.ones((MODULE, MODULE), np.uint8)).astype(bool)
    side = ink.shape[0]
    bezel = side // 24
    height, width = round(side * 1.35) + 2 * bezel, side + 2 * bezel
    face = np.full((height, width, 3), BODY, np.uint8)
    face[bezel:-bezel, bezel:-bezel] = WHITE
    top = (height - side) // 2
    area = face[top : top + side, bezel : bezel + side]
    area[ink] = INK
    face[bezel : bezel + side // 40, width // 3 : 2 * width // 3] = GLASS  # the notch
    return face if phone == GOOD_PHONE else _worsened(face, phone)


def _worsened(face: Pixels, phone: Phone) -> Pixels:
    """What is left of a good picture of the code."""
    if phone.quality < 100:
        small = cv2.resize(face, None, fx=0.35, fy=0.35, interpolation=cv2.INTER_AREA)  # forwarding shrinks it, too
        _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, max(1, phone.quality)])
        sent = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
        face = np.asarray(cv2.resize(sent, (face.shape[1], face.shape[0])), dtype=np.uint8)
    if phone.blur > 0:
        face = np.asarray(cv2.GaussianBlur(face, (0, 0), phone.blur * MODULE), dtype=np.uint8)
    shown = face.astype(np.float32) * phone.brightness
    if phone.glare > 0:
        height, width = face.shape[:2]
        y, x = np.ogrid[:height, :width]
        spot = np.exp(-(((x - 0.6 * width) / (0.3 * width)) ** 2 + ((y - 0.45 * height) / (0.2 * height)) ** 2))
        shown += 255 * phone.glare * spot[..., None]
    return np.asarray(shown.clip(0, 255), dtype=np.uint8)


def hold_up(face: Pixels, view: Pixels) -> NDArray[np.float32]:
    """Lay `face` into `view` (changed in place), a little tilted; returns its corners (4, 2) as pixels of `view`, x and y."""
    height, width = view.shape[:2]
    scale = SCREEN_HEIGHT * height / face.shape[0]
    half_width, half_height = face.shape[1] * scale / 2, face.shape[0] * scale / 2
    turn = np.deg2rad(TILT)
    rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    # The lower edge is a little nearer to the camera than the upper: a hand tips a phone back.
    corners = np.array([[-0.985, -1], [0.985, -1], [1.015, 1], [-1.015, 1]]) * [half_width, half_height]
    corners = corners @ rotate.T + np.array(HELD) * [width, height]
    if scale < 1:  # a warp alone would alias
        small = (max(1, round(face.shape[1] * scale)), max(1, round(face.shape[0] * scale)))
        face = np.asarray(cv2.resize(face, small, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    edge = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * [face.shape[1] - 1, face.shape[0] - 1]
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 1, (width, height))
    matrix = cv2.getPerspectiveTransform(edge.astype(np.float32), (corners - low).astype(np.float32))
    place = view[low[1] : high[1], low[0] : high[0]]
    extent = (place.shape[1], place.shape[0])
    place[:] = cv2.warpPerspective(
        face, matrix, extent, dst=place.copy(), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    held: NDArray[np.float32] = corners.astype(np.float32)
    return held
