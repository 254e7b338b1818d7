"""Whether what moves before the camera has depth: a head that turns, or a flat picture of one that is tilted.

Landmarks on a flat picture move as a plane does, by a homography, and tilting the picture squeezes them. A head is hardly squeezed
by the few degrees it turns, while nose, cheeks and ears shift against each other by as much. So two views are compared: how far one
is squeezed against the other, and what no homography explains. Only landmarks that neither mouth nor eyes move are looked at.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.mesh import Mesh

Points = NDArray[np.float64]
# Landmarks of forehead, temples, nose and cheeks: those of the generic head that poses are fitted to.
RIGID = (
    *(
        1,
        2,
        4,
        5,
        6,
        8,
        9,
        10,
        21,
        33,
        54,
        67,
        93,
        98,
        103,
        109,
        127,
        133,
        151,
        162,
        168,
        195,
        197,
        234,
        251,
        263,
        284,
        297,
    ),
    *(323, 327, 332, 338, 356, 362, 389, 454),
)
_RIGID = np.array(RIGID)
EVERY = 5  # frames between two views that are kept
_KEPT = 10
_SQUEEZED = 5.0  # percent: a head would have to turn by 18 degrees


class Relief:
    """Views of one face as it moves, and what they tell."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, with another face."""
        self._views: list[Points] = []
        self._inverses: list[Points] = []
        self._frame = 0
        self._squeezed = 0.0
        self._depth: float | None = None

    @property
    def depth(self) -> float | None:
        """What no plane explains, over how far the face was squeezed, percent, in the two views that differ most; `None` as long as
        no two differ enough to tell."""
        return self._depth

    def add(self, mesh: Mesh | None) -> None:
        """The face of the next frame; without one everything is forgotten."""
        if mesh is None:
            self.forget()
            return
        self._frame += 1
        if self._frame % EVERY:
            return
        view = _normalised(mesh.points[_RIGID, :2].astype(np.float64))
        if self._views:
            squeezed = _squeezes(np.stack(self._inverses), view)
            most = int(squeezed.argmax())
            if squeezed[most] >= max(_SQUEEZED, self._squeezed):
                self._squeezed = float(squeezed[most])
                self._depth = 100 * unexplained(self._views[most], view) / self._squeezed
        self._views = [*self._views[-_KEPT:], view]
        self._inverses = [*self._inverses[-_KEPT:], np.linalg.pinv(view)]


def squeeze(one: Points, other: Points) -> float:
    """How much more the affine map from one view (n, 2) to the other stretches one direction than the other, percent."""
    centred = one - one.mean(axis=0)
    return float(_squeezes(np.linalg.pinv(centred)[None], other)[0])


def _squeezes(inverses: Points, view: Points) -> Points:
    """`squeeze` to a `view` (n, 2) from each of many, (m,), given the inverses (m, 2, n) of these, centred."""
    affine = inverses @ (view - view.mean(axis=0))
    # Singular values of two by two: half the sum and half the difference of these two lengths.
    (a, b), (c, d) = affine[:, 0].T, affine[:, 1].T
    together, apart = np.hypot(a + d, b - c), np.hypot(a - d, b + c)
    return np.asarray(((together + apart) / np.maximum(np.abs(together - apart), 2e-6) - 1) * 100, np.float64)


def unexplained(one: Points, other: Points) -> float:
    """What the best homography from one view (n, 2) to the other leaves, root mean square, percent of the face's size (direct
    linear transformation; Hartley and Zisserman 2004, 4.1)."""
    rows = np.zeros((2 * len(one), 9))
    (x, y), (u, v) = one.T, other.T
    rows[0::2, 0], rows[0::2, 1], rows[0::2, 2] = x, y, 1
    rows[1::2, 3], rows[1::2, 4], rows[1::2, 5] = x, y, 1
    rows[0::2, 6:] = -u[:, None] * np.column_stack([x, y, np.ones(len(one))])
    rows[1::2, 6:] = -v[:, None] * np.column_stack([x, y, np.ones(len(one))])
    homography = np.linalg.svd(rows)[2][-1].reshape(3, 3)
    carried = np.column_stack([one, np.ones(len(one))]) @ homography.T
    left = carried[:, :2] / carried[:, 2:] - other
    return float(np.sqrt((left**2).sum(axis=1).mean())) * 100


def _normalised(points: Points) -> Points:
    """Centred, and as large as a face one wide."""
    centred = points - points.mean(axis=0)
    return np.asarray(centred / max(float(np.ptp(centred[:, 0])), 1e-6), np.float64)
