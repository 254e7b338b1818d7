"""Multiclass segmentation of a person: background, hair, body skin, face skin, clothes, other (glasses, hats, jewellery)."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.runtime import Network

Pixels = NDArray[np.uint8]
Shares = NDArray[np.float32]


class Segment(IntEnum):
    """Classes of the network, in its order."""

    BACKGROUND = 0
    HAIR = 1
    BODY_SKIN = 2
    FACE_SKIN = 3
    CLOTHES = 4
    OTHER = 5


class Segmenter:
    """Says of each part of a BGR picture what it is."""

    def __init__(self, network: Path, threads: int = 1) -> None:
        self._network = Network(network, threads)
        self.side = self._network.input_shape[1]

    def divide(self, pixels: Pixels) -> Shares:
        """Shares of each class, shape (side, side, 6), float32, summing to 1: of `pixels` (H, W, 3), uint8, BGR, squeezed
        to a square (the network was trained so)."""
        method = cv2.INTER_AREA if max(pixels.shape[:2]) > self.side else cv2.INTER_LINEAR
        square = cv2.resize(pixels, (self.side, self.side), interpolation=method)
        tensor = cv2.cvtColor(square, cv2.COLOR_BGR2RGB).astype(np.float32)[None] / 255
        (logits,) = self._network.run(tensor)
        raised = np.exp(logits[0] - logits[0].max(axis=2, keepdims=True))
        return np.asarray(raised / raised.sum(axis=2, keepdims=True), np.float32)
