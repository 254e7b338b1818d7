"""Faults of the light: too little, too much, of the wrong colour, from one side or from above.

Pixels are (H, W, 3), uint8, BGR.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from spoil import Fault, Good, levels, linear

from appliance.portrait.crop import measure_head


def exposed(factor: float, gains: tuple[float, float, float] = (1, 1, 1)) -> Callable[..., np.ndarray]:
    """`factor` times the light; `gains` of blue, green and red besides."""
    return lambda good, _: levels(linear(good.pixels) * np.float32(factor) * np.array(gains, np.float32))


def half_lit(share: float) -> Callable[..., np.ndarray]:
    """One side of the face with `share` of the light, with a soft edge of a fifth of its width."""

    def spoil(good: Good, chance: np.random.Generator) -> np.ndarray:
        head = measure_head(good.seen)
        x = np.arange(good.pixels.shape[1]) / good.seen.scale
        ramp = np.clip((x - head.midline) / (0.2 * head.face_width) + 0.5, 0, 1)
        ramp = ramp if chance.random() < 0.5 else 1 - ramp
        return levels(linear(good.pixels) * (1 - (1 - share) * ramp).astype(np.float32)[None, :, None])

    return spoil


def shaded(*rings: tuple[int, ...], share: float) -> Callable[..., np.ndarray]:
    """The place within one of several rings of landmarks, by chance, with `share` of the light and a soft edge."""

    def spoil(good: Good, chance: np.random.Generator) -> np.ndarray:
        return _dimmed(good, [rings[int(chance.integers(len(rings)))]], share)

    return spoil


def lit_from_above(share: float) -> Callable[..., np.ndarray]:
    """Both eye sockets with `share` of the light."""
    return lambda good, _: _dimmed(good, list(SOCKETS), share)


def chin_shadow(share: float) -> Callable[..., np.ndarray]:
    """Everything below the jaw with `share` of the light, softly, down to half a face's width."""

    def spoil(good: Good, _: np.random.Generator) -> np.ndarray:
        head, scale = measure_head(good.seen), good.seen.scale
        height, width = good.pixels.shape[:2]
        mask = np.zeros((height, width), np.float32)
        face = head.face_width * scale
        jaw = (good.seen.mesh.points[list(JAW), :2] * scale).round().astype(np.int32)
        below = jaw[::-1] + np.array([0, round(0.45 * face)], np.int32)
        cv2.fillPoly(mask, [np.concatenate([jaw, below])], 1.0)
        mask = cv2.GaussianBlur(mask, (0, 0), 0.02 * face)
        return levels(linear(good.pixels) * (1 - (1 - share) * mask)[:, :, None])

    return spoil


def shining(good: Good, chance: np.random.Generator) -> np.ndarray:
    """A lamp's reflection on the forehead or on a cheek, a tenth of the face wide."""
    head, scale = measure_head(good.seen), good.seen.scale
    place = good.seen.mesh.points[int(chance.choice((151, 50, 280))), :2] * scale
    height, width = good.pixels.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    radius = 0.07 * head.face_width * scale
    spot = np.exp(-0.5 * (((x - place[0]) / radius) ** 2 + ((y - place[1]) / (0.7 * radius)) ** 2) ** 2)
    return levels(linear(good.pixels) + 1.2 * spot[:, :, None])


def _dimmed(good: Good, rings: list[tuple[int, ...]], share: float) -> np.ndarray:
    scale = good.seen.scale
    face = measure_head(good.seen).face_width * scale
    mask = np.zeros(good.pixels.shape[:2], np.float32)
    for ring in rings:
        places = (good.seen.mesh.points[list(ring), :2] * scale).round().astype(np.int32)
        cv2.fillConvexPoly(mask, cv2.convexHull(places), 1.0)
    mask = cv2.GaussianBlur(cv2.dilate(mask, np.ones((3, 3))), (0, 0), 0.012 * face)
    return levels(linear(good.pixels) * (1 - (1 - share) * mask)[:, :, None])


# Rings wider than those the measures read: brow to cheekbone, and the upper lip with the corner of the mouth.
SOCKETS = ((70, 105, 107, 193, 122, 47, 101, 50, 123, 143), (300, 334, 336, 417, 351, 277, 330, 280, 352, 372))
BESIDE_NOSE = ((2, 98, 203, 206, 92, 37, 0), (2, 327, 423, 426, 322, 267, 0))
JAW = (132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361)

LIGHT_FAULTS = (
    Fault("a quarter of the light", "light.exposure", exposed(0.25)),
    Fault("a third of the light", "light.exposure", exposed(0.33)),
    Fault("twice the light", "light.exposure", exposed(2.0)),
    Fault("bluish light", "light.exposure", exposed(1.0, (2.0, 1.0, 0.8))),
    Fault("greenish light", "light.exposure", exposed(1.0, (0.9, 1.4, 0.9))),
    Fault("one side in a third of the light", "light.even", half_lit(0.33)),
    Fault("one side in 60 % of the light", "light.even", half_lit(0.6)),
    Fault("sockets in a third of the light", "light.even", lit_from_above(0.33)),
    Fault("shadow beside the nose", "light.even", shaded(*BESIDE_NOSE, share=0.4)),
    Fault("shadow under the chin", "light.even", chin_shadow(0.2)),
    Fault("a lamp's reflection on the skin", "light.even", shining),
)
