"""A photo of a photo or of a screen (翻拍): the raster of what was photographed, and the edge of screen or paper around the person.

A screen's pixels and a print's dots are periodic, and so is what is left of them after a camera has sampled them (moiré). Skin is
not: its spectrum falls smoothly. What neither shows, a good print held well, the preview may that ran before the shutter: a flat
picture that is tilted is squeezed, and no part of it moves against another (`relief.py`).
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.portrait.measure.patch import OVAL
from appliance.portrait.measure.subject import Subject
from appliance.portrait.measurement import Measurement

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
_TILE = 128  # pixels a side of the pieces whose spectra are averaged
_TILES = 4  # pieces along each side of the face, overlapping
_LOWEST = 0.07  # cycles a pixel: below, features of the face
_AXIS = 2  # bins beside the axes, where edges and the blocks of JPEG lie
_LEAST_FACE = 140  # pixels across: a smaller face holds no raster that could be told


def raster(subject: Subject) -> Measurement:
    """How far the strongest regular pattern on the face stands out of the spectrum around it, dB. Brightness and the
    difference of red and blue are looked at, for the coloured stripes of a screen are stronger than the grey ones."""
    seen = subject.seen
    if seen.mesh is None:
        return Measurement.failed("no face", "dB")
    points = seen.mesh.points[list(OVAL), :2] * seen.scale
    x0, y0 = np.maximum(points.min(axis=0), 0).astype(int)
    x1, y1 = points.max(axis=0).astype(int)
    part = seen.full[y0:y1, x0:x1]
    if min(part.shape[:2]) < _LEAST_FACE:
        return Measurement.failed("the face is too small", "dB")
    return Measurement.of(max(_peak(_spectrum(part, plane)) for plane in (_brightness, _colour)), "dB", "screen")


def relief(subject: Subject) -> Measurement:
    """The depth that the preview before the shutter showed, in percent of how far the face was squeezed as it moved (`Relief`)."""
    depth = subject.seen.relief
    if depth is None:
        return Measurement.failed("the head has hardly moved", "%")
    return Measurement.of(depth, "%", "flat")


def _brightness(piece: Pixels) -> Plane:
    return piece[:, :, 1].astype(np.float32)


def _colour(piece: Pixels) -> Plane:
    return piece[:, :, 2].astype(np.float32) - piece[:, :, 0]


def _spectrum(part: Pixels, plane: Callable[[Pixels], Plane]) -> Plane:
    """Mean power of a `plane` of the overlapping pieces of `part`, (128, 128), windowed (Welch), the middle frequency 0."""
    height, width = part.shape[:2]
    rows, columns = (np.linspace(0, length - _TILE, _TILES).astype(int) for length in (height, width))
    power = np.zeros((_TILE, _TILE), np.float32)
    for y in rows:
        for x in columns:
            piece = plane(part[y : y + _TILE, x : x + _TILE])
            found = cv2.dft((piece - cv2.mean(piece)[0]) * _WINDOW, flags=cv2.DFT_COMPLEX_OUTPUT)
            power += found[:, :, 0] ** 2 + found[:, :, 1] ** 2
    return np.asarray(np.fft.fftshift(power) / _TILES**2, np.float32)


def _peak(power: Plane) -> float:
    """The highest bin over the median of its neighbourhood, dB."""
    level = np.log10(power + 1e-3).astype(np.float32) * 10
    above = level - cv2.blur(cv2.medianBlur(level, 5), (5, 5))
    return float(above[_LOOKED_AT].max())


def _looked_at() -> NDArray[np.bool_]:
    down, across = np.meshgrid(*(np.fft.fftshift(np.fft.fftfreq(_TILE)),) * 2, indexing="ij")
    off_axes = np.minimum(np.abs(down), np.abs(across)) * _TILE > _AXIS
    return np.asarray((np.hypot(down, across) > _LOWEST) & off_axes, np.bool_)


_LOOKED_AT = _looked_at()
_WINDOW = np.outer(np.hanning(_TILE), np.hanning(_TILE)).astype(np.float32)
