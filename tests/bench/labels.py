"""What the labels of the development portraits say of each rule."""

from __future__ import annotations

from collections.abc import Callable

from appliance.portrait.crop import Head
from appliance.portrait.profile import Profile

Row = dict[str, str]
NOT_CLEAR = ("borderline", "faint", "unsure", "uncertain", "only just visible")
NOT_ON_CAPTURES = ("truth.unedited", "makeup.light")


def _is(column: str, bad: tuple[str, ...], good: tuple[str, ...]) -> Callable[[Row], bool | None]:
    def truth(row: Row) -> bool | None:
        return True if row[column] in bad else False if row[column] in good else None

    return truth


def _pose(row: Row) -> bool | None:
    if row["yaw"] == "turned":
        return True
    return False if (row["yaw"], row["roll"], row["pitch"]) == ("frontal", "level", "level") else None


def _ears(row: Row) -> bool | None:
    sides = {row["left_ear"], row["right_ear"]}
    return True if "hidden" in sides else False if sides == {"visible"} else None


# Of these rules a label speaks of one measure only: a picture may be sharp and yet too small.
PART = {
    "focus.sharp": "focus.sharp",
    "light.even": "light.even",
    "geometry.shoulders": "geometry.shoulders",
    "clothes.contrast": "clothes.contrast.pattern",
}

# Whether a row shows the fault of a rule: True, False, or None where the label does not say.
TRUTH: dict[str, Callable[[Row], bool | None]] = {
    "subject.single": lambda row: None if row["face_visible"] == "n" else int(row["people"]) != 1,
    "pose.frontal": _pose,
    "eyes.open": _is("eyes", ("closed",), ("open",)),
    "eyes.gaze": _is("eyes", ("looking_away",), ("open",)),
    "mouth.closed": _is("mouth", ("teeth", "open", "parted"), ("closed",)),
    "expression.neutral": _is("expression", ("smile", "other"), ("neutral",)),
    "ears.visible": _ears,
    "hair.brows": _is("hair_brows", ("covers",), ("clear",)),
    "hair.eyes": _is("hair_eyes", ("covers",), ("clear",)),
    "glasses.tinted": _is("glasses", ("tinted",), ("none", "clear")),
    "head.bare": _is("head_covering", ("hat", "cap", "scarf", "other"), ("none",)),
    "background.uniform": _is("background", ("cluttered",), ("plain", "gradient")),
    "light.even": _is("light", ("uneven", "harsh"), ("even",)),
    "clothes.contrast": _is("clothes", ("busy",), ("plain",)),
    "geometry.shoulders": _is("shoulders", ("tilted",), ("level",)),
    "focus.sharp": _is("sharp", ("n",), ("y",)),
}


def sure(row: Row) -> bool:
    """Whether the row's labels are clear-cut."""
    return not any(word in row["notes"] for word in NOT_CLEAR)


def clean(row: Row) -> bool:
    """Whether nothing is wrong with a picture as far as its labels say: a label that does not say is not good."""
    said = {rule: truth(row) for rule, truth in TRUTH.items()}
    worn = row["jewellery"] == "none" and row["clothes"] == "plain" and row["hand_on_face"] == "n"
    return worn and all(fault is False for fault in said.values())


def frameable(head: Head | None, size: tuple[int, int], profile: Profile) -> bool:
    """Whether any crop of a picture of `size` (width, height) keeps every band of the profile, whatever the judge chose: scale and
    eye line are tried throughout."""
    if head is None or head.hair_top is None:
        return False
    hair, eyes, width = (profile.limit(f"geometry.{name}") for name in ("hair_top", "eyes", "face_width"))
    rise, below = head.eyes - head.hair_top, size[1] - head.eyes
    for step in range(401):
        scale = (width[0] + (width[1] - width[0]) * step / 400) / head.face_width
        lowest = max(eyes[0], hair[0] + rise * scale, profile.height - below * scale)
        if lowest <= min(eyes[1], hair[1] + rise * scale):
            return True
    return False
