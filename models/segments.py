"""Multiclass segmentation of a person: background, hair, body skin, face skin, clothes, other (glasses, hats, jewellery)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.runtime import Network

Pixels = NDArray[np.uint8]
Shares = NDArray[np.float32]
Classes = NDArray[np.uint8]
Plane = NDArray[np.float32]
Box = tuple[float, float, float, float]

SHARPENING = 2.0
"""The network never says more than 98 % nor less than 8 % (it was trained on softened labels); its logits are doubled, so that
what it is sure of comes out near 0 and 1."""


class Segment(IntEnum):
    """Classes of the network, in its order."""

    BACKGROUND = 0
    HAIR = 1
    BODY_SKIN = 2
    FACE_SKIN = 3
    CLOTHES = 4
    OTHER = 5


def among(classes: Classes, *chosen: Segment) -> NDArray[np.bool_]:
    """Which cells of `classes` are of one of the `chosen`."""
    return np.asarray(_CHOSEN[chosen][classes], np.bool_)


class _Tables(dict[tuple[Segment, ...], NDArray[np.bool_]]):
    def __missing__(self, chosen: tuple[Segment, ...]) -> NDArray[np.bool_]:
        table = self[chosen] = np.isin(np.arange(256), chosen)
        return table


_CHOSEN = _Tables()


@dataclass(slots=True)
class Crown:
    """Where a head ends: its `top`, looked for above (`x`, `y`) and over a `width`; all in shares of the segments' box."""

    x: float
    y: float
    width: float
    top: float | None


@dataclass(slots=True)
class Kept:
    """What was worked out of the cells: it need not be again for every frame that they are carried through."""

    wall: NDArray[np.bool_] | None = None
    crown: Crown | None = None


@dataclass(frozen=True, slots=True)
class Segments:
    """`shares` of each class, shape (rows, columns, 6), float32, summing to 1, over `box` (x0, y0, x1, y1) in pixels of a
    picture; `classes`, the largest class of each cell, shape (rows, columns), uint8. Cells are not square."""

    shares: Shares
    box: Box
    classes: Classes
    kept: Kept = field(default_factory=Kept, compare=False, repr=False)

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of a cell, pixels."""
        rows, columns = self.shares.shape[:2]
        return (self.box[2] - self.box[0]) / columns, (self.box[3] - self.box[1]) / rows

    def column(self, x: float) -> int:
        """The column that shows `x`; may lie outside."""
        return math.floor((x - self.box[0]) / self.cell[0])

    def row(self, y: float) -> int:
        """The row that shows `y`; may lie outside."""
        return math.floor((y - self.box[1]) / self.cell[1])

    def window(self, x0: float, y0: float, x1: float, y1: float) -> Shares:
        """The shares of the cells that a box of the picture touches; empty where there are none."""
        return self.shares[self._cells(x0, y0, x1, y1)]

    def classes_within(self, x0: float, y0: float, x1: float, y1: float) -> Classes:
        """The classes of the cells that a box of the picture touches; empty where there are none."""
        return self.classes[self._cells(x0, y0, x1, y1)]

    def _cells(self, x0: float, y0: float, x1: float, y1: float) -> tuple[slice, slice]:
        rows, columns = self.shares.shape[:2]
        left, right = max(0, self.column(x0)), min(columns, self.column(x1) + 1)
        top, bottom = max(0, self.row(y0)), min(rows, self.row(y1) + 1)
        return slice(top, max(top, bottom)), slice(left, max(left, right))

    def spread(self, plane: Plane, box: Box, size: tuple[int, int]) -> Plane:
        """`plane` (one value a cell) over another box of the picture, at `size` (width, height); edges continue outwards."""
        width, height = size
        across, down = (box[2] - box[0]) / width / self.cell[0], (box[3] - box[1]) / height / self.cell[1]
        x = (box[0] - self.box[0]) / self.cell[0] + across / 2 - 0.5
        y = (box[1] - self.box[1]) / self.cell[1] + down / 2 - 0.5
        matrix = np.array([[across, 0, x], [0, down, y]], np.float64)
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        moved = cv2.warpAffine(plane, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(np.clip(moved, 0, 1), np.float32)

    def moved(self, box: Box) -> Segments:
        """The same cells over another box: what was seen a few frames ago, carried along with the head."""
        return Segments(self.shares, box, self.classes, self.kept)


def segments_of(shares: Shares, box: Box) -> Segments:
    """Segments with their classes told."""
    return Segments(shares, box, shares.argmax(axis=2).astype(np.uint8))


class Segmenter:
    """Says of each part of a BGR picture what it is."""

    def __init__(self, network: Path, threads: int = 1) -> None:
        self._network = Network(network, threads)
        self._side = self._network.input_shape[1]

    def divide(self, pixels: Pixels, box: Box | None = None) -> Segments:
        """The segments of `pixels` (H, W, 3), uint8, BGR, within `box` (clipped to the picture), squeezed to the network's
        square, as it was trained."""
        height, width = pixels.shape[:2]
        x0, y0, x1, y1 = (0, 0, width, height) if box is None else _clipped(box, width, height)
        part = pixels[y0:y1, x0:x1]
        method = cv2.INTER_AREA if max(part.shape[:2]) > self._side else cv2.INTER_LINEAR
        square = cv2.resize(part, (self._side, self._side), interpolation=method)
        (logits,) = self._network.look(np.asarray(square, np.uint8))
        raised = np.exp(SHARPENING * (logits[0] - logits[0].max(axis=2, keepdims=True)))
        shares = np.asarray(raised / raised.sum(axis=2, keepdims=True), np.float32)
        return segments_of(shares, (float(x0), float(y0), float(x1), float(y1)))


def _clipped(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    x0, y0 = min(width - 1, max(0, round(box[0]))), min(height - 1, max(0, round(box[1])))
    return x0, y0, max(x0 + 1, min(width, round(box[2]))), max(y0 + 1, min(height, round(box[3])))
