"""The portrait on the ID card compared with the new photo: a score, its limit, and a band that the operator decides (F24)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from appliance.platform.contract import FaceMatch
from appliance.visit.errors import FaceDiffers, FaceUndecided
from firmware.ports import Pixels
from models.likeness import Embedding, Likeness, Points, similarity

_QUARTERS = (None, cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)


@dataclass(frozen=True, slots=True)
class Limits:
    """At least `same` is one person, below `different` two; between them the operator decides."""

    same: float
    different: float


class FaceComparer:
    """Embeds faces. `network` is `sface.onnx`, loaded when first needed; `find` gives the five points of the largest face."""

    def __init__(self, network: Path, find: Callable[[Pixels], Points | None]) -> None:
        self._network = network
        self._find = find
        self._likeness: Likeness | None = None

    def embed(self, pixels: Pixels) -> Embedding | None:
        """The embedding of the largest face, whichever way the picture is turned; None when there is no face."""
        for turn in _QUARTERS:
            upright = pixels if turn is None else np.asarray(cv2.rotate(pixels, turn), np.uint8)
            points = self._find(upright)
            if points is not None:
                if self._likeness is None:
                    self._likeness = Likeness(self._network)
                return self._likeness.embed(upright, points)
        return None


def compared(card: Embedding, photo: Embedding) -> FaceMatch:
    """How the two faces compare."""
    score, bounds = similarity(card, photo), limits()
    outcome = "same" if score >= bounds.same else "different" if score < bounds.different else "undecided"
    return FaceMatch.model_validate({"score": round(score, 4), "limit": bounds.same, "outcome": outcome})


def decided(match: FaceMatch | None, *, asked: bool, confirmed: bool, exempt: bool) -> FaceMatch | None:
    """The comparison as the record says it. Raises `FaceUndecided` in the band until the operator confirmed, also where the plan
    `asked` for a comparison and there is none (a restart forgets the card's face); `FaceDiffers` below the band unless the photo is
    accepted as an exception."""
    if match is None and asked and not confirmed and not exempt:
        raise FaceUndecided(
            "没有可比对的身份证头像（重启后不保留）：请操作员当面核对后确认",
            "there is no portrait to compare with (a restart forgets it): the operator must look and confirm",
        )
    if match is None or match.outcome == "same":
        return match
    figures = {"score": match.score, "limit": match.limit}
    if match.outcome == "different" and not exempt:
        raise FaceDiffers(
            f"与身份证照片不像同一人（相似度 {match.score:.2f}，限 {match.limit:.2f}）：请核对本人，确属本人可作为例外通过",
            f"this does not look like the person on the ID card (score {match.score:.2f}, limit {match.limit:.2f}): "
            "check who it is; if it is the student, accept it as an exception",
            **figures,
        )
    if match.outcome == "undecided" and not confirmed and not exempt:
        raise FaceUndecided(
            f"与身份证照片的相似度为 {match.score:.2f}（限 {match.limit:.2f}）：请操作员当面核对后确认",
            f"the likeness to the ID card is {match.score:.2f} (limit {match.limit:.2f}): the operator must look and confirm",
            **figures,
        )
    return match.model_copy(update={"operator_decided": True})


@cache
def limits() -> Limits:
    """The figures, from the data file."""
    table = tomllib.loads(Path(__file__).with_name("face_match.toml").read_text(encoding="utf-8"))
    return Limits(same=float(table["same"]), different=float(table["different"]))
