"""A photo from the album instead of the camera (F18): where the plan allows it, judged harder, and marked as such."""

from __future__ import annotations

import time
import tomllib
import uuid
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Literal

from appliance.portrait.errors import UnreadablePicture
from appliance.portrait.measurement import Message, Outcome
from appliance.portrait.picture_file import read_picture
from appliance.portrait.pipeline import Portrait
from appliance.portrait.verdict import RuleResult, Verdict
from appliance.visit.errors import PictureUnreadable, PictureUnsupported
from appliance.visit.pictures import beside
from appliance.visit.shutter import Shot
from firmware.ports import FrameMetadata

_MAGIC: dict[bytes, Literal["image/jpeg", "image/png"]] = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc")
_BINDING = (
    "truth.",
    "subject.",
)  # of a photo that nobody saw being taken, these decide, also where they only advise else


class Album:
    """Judges a picture file as a still. `portrait` is the judge that the camera's stills go to."""

    def __init__(self, portrait: Portrait) -> None:
        self._portrait = portrait

    def shot(self, data: bytes) -> Shot:
        """The file, judged. The bytes are kept as they came. Raises `PictureUnsupported`, `PictureUnreadable`."""
        media_type = media_type_of(data)
        started = time.monotonic()
        try:
            picture = read_picture(data)
        except UnreadablePicture as error:
            raise PictureUnreadable(error.message.zh, error.message.en) from error
        judged = self._portrait.still(picture.pixels, picture.facts)
        return Shot(
            shot_id=str(uuid.uuid4()),
            sequence=0,
            automatic=False,
            metadata=FrameMetadata(),
            verdict=harder(judged.verdict, picture.facts.software),
            photo=judged.photo,
            original=data,
            original_size=(picture.facts.width, picture.facts.height),
            before=beside(picture.pixels),
            timings_ms={**judged.timings_ms, "shot": round((time.monotonic() - started) * 1000, 1)},
            source="album",
            media_type=media_type,
        )


def media_type_of(data: bytes) -> Literal["image/jpeg", "image/png"]:
    """JPEG or PNG, by the first bytes. Raises `PictureUnsupported` with what to do instead."""
    for magic, found in _MAGIC.items():
        if data.startswith(magic):
            return found
    if data.startswith(b"%PDF"):
        raise PictureUnsupported(
            "这是 PDF 文件，不是照片：请选择 JPEG 或 PNG 原图",
            "this is a PDF, not a photo: choose the JPEG or PNG itself",
        )
    if data[4:12] in _HEIC:
        raise PictureUnsupported(
            "这是 HEIC 照片：请在手机上以“兼容性最佳”或 JPEG 重新导出",
            "this is a HEIC photo: export it as JPEG (“most compatible”) on the phone",
        )
    raise PictureUnsupported("只收 JPEG 或 PNG 照片，请换一个文件", "only JPEG and PNG are taken: choose another file")


def harder(verdict: Verdict, software: str) -> Verdict:
    """The verdict where nobody saw the photo being taken: an editing program's name in the file (`software`) refuses it, and
    whether a person or a picture of one sat there decides, also where it only advises else."""
    return Verdict(verdict.profile, tuple(_harder(result, software) for result in verdict.rules))


def _harder(result: RuleResult, software: str) -> RuleResult:
    if result.id == "truth.unedited" and any(name in software.lower() for name in _programs()):
        message = Message(
            zh=f"照片经“{software}”处理过，请提供相机原图，或在现场拍摄",
            en=f"the photo was saved by “{software}”: bring the camera's own file, or be photographed here",
        )
        return replace(result, outcome=Outcome.FAIL, measured=software, advisory=False, message=message)
    if result.id == "subject.live" or (result.id.startswith("truth.") and result.outcome is Outcome.FAIL):
        return replace(result, advisory=False)
    return result


@cache
def _programs() -> tuple[str, ...]:
    text = Path(__file__).with_name("editing_programs.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["names"])
