"""What the judge refuses to work with.

PortraitError(ValueError)            carries a message in two languages
├── UnreadablePicture                not a picture, truncated, too large, of a colour mode that is refused
├── PlateRefused                     a picture of the empty backdrop that cannot serve as one
├── ProfileError                     a profile is missing or wrong; names the key
└── CannotStandardise                no standard photo can be made of this picture
"""

from __future__ import annotations

from appliance.portrait.measurement import Message


class PortraitError(ValueError):
    """The judge cannot work with what it was given."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Message(zh=zh, en=en)


class UnreadablePicture(PortraitError):
    """A file that is no usable picture."""


class PlateRefused(PortraitError):
    """A picture of the empty backdrop that cannot serve as one."""


class ProfileError(PortraitError):
    """A profile is missing or wrong."""


class CannotStandardise(PortraitError):
    """No standard photo can be made; `rule` is the one that the photo would break."""

    def __init__(self, rule: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.rule = rule


class EngineMissing(PortraitError):
    """What is to spread the work, or to fetch it, is not installed."""


class BucketUnreachable(PortraitError):
    """A bucket of pictures cannot be listed."""


class ResultsUnusable(PortraitError):
    """A results file cannot be gone on with."""
