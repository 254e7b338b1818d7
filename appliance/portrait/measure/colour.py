"""Colours as people see them apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Linear sRGB to XYZ over the white of D65 (IEC 61966-2-1), row by row.
_TO_XYZ = ((0.412453, 0.357580, 0.180423), (0.212671, 0.715160, 0.072169), (0.019334, 0.119193, 0.950227))
_WHITE = (0.950456, 1.0, 1.088754)
_DARK, _SLOPE = 216 / 24389, 24389 / 27 / 116  # CIE 15: below the first, the cube root gives way to a line


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIELAB (D65) of one sRGB colour, 0 to 255. In plain arithmetic: for a single colour a call into a picture library costs
    fifty times as much."""
    red, green, blue = (_linear(float(level) / 255) for level in rgb)
    fx, fy, fz = (
        _root((row[0] * red + row[1] * green + row[2] * blue) / white)
        for row, white in zip(_TO_XYZ, _WHITE, strict=True)
    )
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def _linear(level: float) -> float:
    """sRGB's decoding function (IEC 61966-2-1)."""
    return level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4


def _root(share: float) -> float:
    return share ** (1 / 3) if share > _DARK else _SLOPE * share + 16 / 116
