"""Picture files: read with care, refused with the reason, and what can be said of the file itself."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from appliance.portrait.errors import UnreadablePicture

Pixels = NDArray[np.uint8]
MEGAPIXELS = 40  # a 12-megapixel camera with room to spare; 50 megapixels and more are refused before decoding
_READABLE = ("RGB", "L", "RGBA", "P", "LA", "1")
_UPRIGHT = 1
_ORIENTATION, _SOFTWARE = 0x0112, 0x0131  # EXIF
# What turns the stored pixels upright, by EXIF orientation; 2, 4, 5 and 7 mirror as well.
_TURNS: dict[int, tuple[int | None, int | None]] = {
    2: (None, 1),
    3: (cv2.ROTATE_180, None),
    4: (None, 0),
    5: (cv2.ROTATE_90_CLOCKWISE, 1),
    6: (cv2.ROTATE_90_CLOCKWISE, None),
    7: (cv2.ROTATE_90_COUNTERCLOCKWISE, 1),
    8: (cv2.ROTATE_90_COUNTERCLOCKWISE, None),
}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the file says of itself. `orientation` is the EXIF tag that was honoured (1: upright, nothing done)."""

    format: str
    mode: str
    width: int
    height: int
    bytes: int
    dpi: tuple[float, float] | None
    quality: int | None
    orientation: int
    suffix: str
    software: str = ""  # the program that saved it, where the file says so


@dataclass(frozen=True, slots=True)
class Picture:
    """Upright pixels (H, W, 3), uint8, BGR, and the facts of the file they came from."""

    pixels: Pixels
    facts: FileFacts


class Stored(Protocol):
    """Bytes under a name: a path, or what lies in a bucket."""

    @property
    def suffix(self) -> str:
        """The end of its name, `.jpg`."""

    def read_bytes(self) -> bytes:
        """All of it. Raises `OSError`."""


def read_picture(source: Stored | bytes) -> Picture:
    """The picture in a file or in bytes. Raises `UnreadablePicture`; the message says what is wrong and what to do."""
    data, suffix = (source, ".jpg") if isinstance(source, bytes) else (_read(source), source.suffix)
    if not data:
        raise UnreadablePicture("文件是空的，请重新导出", "the file is empty: export it again")
    facts = _facts(data, suffix)
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), flags) if _whole(data) else None
    if decoded is None:
        raise UnreadablePicture("图片损坏或不完整，请换一张", "the picture is damaged or cut short: use another copy")
    return Picture(_upright(np.asarray(decoded, np.uint8), facts.orientation), facts)


def _read(stored: Stored) -> bytes:
    try:
        return stored.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadablePicture(f"文件打不开：{reason}", f"the file cannot be opened: {reason}") from error


def _facts(data: bytes, suffix: str) -> FileFacts:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged below, before anything is decoded
            with Image.open(io.BytesIO(data)) as image:
                megapixels = image.width * image.height / 1e6
                if megapixels > MEGAPIXELS:
                    raise UnreadablePicture(
                        f"图片有 {megapixels:.0f} 百万像素，最多 {MEGAPIXELS}，请缩小后再试",
                        f"the picture has {megapixels:.0f} megapixels, at most {MEGAPIXELS} are taken: make it smaller",
                    )
                if image.mode not in _READABLE:
                    raise UnreadablePicture(
                        f"颜色模式 {image.mode} 不支持，请另存为 8 位 RGB",
                        f"colour mode {image.mode} is not taken: save it as 8-bit RGB",
                    )
                if _sixteen_bit(data, image):
                    raise UnreadablePicture(
                        "每通道 16 位的图片不支持，请另存为 8 位 RGB",
                        "a picture of 16 bits a channel is not taken: save it as 8-bit RGB",
                    )
                dpi = image.info.get("dpi")
                orientation = int(image.getexif().get(_ORIENTATION, _UPRIGHT))
                return FileFacts(
                    format=image.format or "",
                    mode=image.mode,
                    width=image.width,
                    height=image.height,
                    bytes=len(data),
                    dpi=None if dpi is None else (float(dpi[0]), float(dpi[1])),
                    quality=jpeg_quality(getattr(image, "quantization", None)),
                    orientation=orientation if orientation in _TURNS else _UPRIGHT,
                    suffix=suffix,
                    software=_printable(image.getexif().get(_SOFTWARE, "")),
                )
    except UnreadablePicture:
        raise
    except Image.DecompressionBombError as error:
        raise UnreadablePicture(
            f"图片像素过多，最多 {MEGAPIXELS} 百万像素",
            f"the picture is far too large, at most {MEGAPIXELS} megapixels",
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise UnreadablePicture(
            "这不是能读的图片文件，请用 JPEG 或 PNG", "this is no picture that can be read: use JPEG or PNG"
        ) from error


_PNG, _PNG_DEPTH = b"\x89PNG\r\n\x1a\n", 24  # where the bit depth stands in a PNG's first chunk (IHDR)
_TIFF_BITS_PER_SAMPLE = 258


def _sixteen_bit(data: bytes, image: Image.Image) -> bool:
    """Whether channels have 16 bits; Pillow would take the upper 8 and say nothing."""
    if data.startswith(_PNG):
        return len(data) > _PNG_DEPTH and data[_PNG_DEPTH] == 16
    tags = getattr(image, "tag_v2", None) or {}
    return any(bits > 8 for bits in tags.get(_TIFF_BITS_PER_SAMPLE, ()))


def _printable(value: object) -> str:
    return "".join(letter for letter in str(value) if letter.isprintable()).strip()[:40]


def _whole(data: bytes) -> bool:
    """Whether the file decodes to its end: OpenCV fills what is missing with grey and says nothing."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.draft(
                "RGB", (max(1, image.width // 8), max(1, image.height // 8))
            )  # a JPEG is entropy-decoded whole, scaled for speed
            image.load()
    except (OSError, ValueError, SyntaxError):
        return False
    return True


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    turn, flip = _TURNS.get(orientation, (None, None))
    turned = pixels if turn is None else cv2.rotate(pixels, turn)
    return np.ascontiguousarray(turned if flip is None else cv2.flip(turned, flip), dtype=np.uint8)


_STANDARD_LUMINANCE_SUM = 3685  # sum of the luminance table of ITU-T T.81 Annex K at quality 50


def jpeg_quality(tables: dict[int, list[int]] | None) -> int | None:
    """The quality factor of a JPEG, 1 to 100, by comparing its luminance table with the one of ITU-T T.81 Annex K scaled as
    the IJG library scales it; `None` where there is no table."""
    if not tables:
        return None
    total = sum(tables[min(tables)])
    scale = 100 * total / _STANDARD_LUMINANCE_SUM
    quality = (200 - scale) / 2 if scale <= 100 else 5000 / scale
    return int(min(100, max(1, round(quality))))
