"""Identity cards drawn by code: made-up people, invented numbers with a right check character; also worn, tilted, dark."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
SIZE = (1012, 638)  # 85.6 x 54 mm at 300 dpi
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643, written down apart from the product's own
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
)
_SURNAMES, _GIVEN = "赵钱孙李周吴郑王冯陈沈韩杨", "明华丽强芳伟敏静洋杰婷磊雪宁晨琳涛欣悦轩子浩"
_REGIONS = ("110101", "310104", "440106", "510107", "610113", "330106")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    name: str
    number: str

    @property
    def masked_name(self) -> str:
        return f"{self.name[0]}*" + (self.name[-1] if len(self.name) > 2 else "")


def invented(seed: int) -> Person:
    draw = random.Random(f"card/{seed}")
    name = draw.choice(_SURNAMES) + "".join(draw.choices(_GIVEN, k=draw.choice((1, 2, 2))))
    born = f"{draw.randint(1998, 2006)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}"
    body = f"{draw.choice(_REGIONS)}{born}{draw.randint(0, 999):03d}"
    return Person(name, body + check_character(body))


def check_character(body: str) -> str:
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def font_path() -> Path:
    """A font with Chinese letters; skipped, with the command to type, where there is none."""
    for path in _FONTS:
        if Path(path).is_file():
            return Path(path)
    pytest.skip("no font with Chinese letters; type: apt install fonts-noto-cjk")


def draw_card(person: Person, portrait: Pixels | None = None) -> Pixels:
    """The portrait side, (638, 1012, 3), uint8, BGR. `portrait` is put where the card has one."""
    path = str(font_path())
    card = Image.new("RGB", SIZE, (226, 234, 240))
    pen = ImageDraw.Draw(card)
    rng = np.random.default_rng(len(person.name))
    for _ in range(90):  # guilloche, faint
        x, y, r = (int(v) for v in rng.integers((0, 0, 60), (*SIZE, 300)))
        pen.ellipse((x - r, y - r, x + r, y + r), outline=(214, 224, 234))
    label, value = ImageFont.truetype(path, 32), ImageFont.truetype(path, 40)
    number = ImageFont.truetype(path, 52)
    blue, black = (70, 120, 180), (25, 25, 25)
    year, month, day = person.number[6:10], str(int(person.number[10:12])), str(int(person.number[12:14]))
    gender = "男" if int(person.number[16]) % 2 else "女"
    pen.text((60, 66), "姓 名", blue, label)
    pen.text((170, 58), person.name, black, value)
    pen.text((60, 144), "性 别", blue, label)
    pen.text((170, 138), gender, black, value)
    pen.text((290, 144), "民 族", blue, label)
    pen.text((400, 138), "汉", black, value)
    pen.text((60, 222), "出 生", blue, label)
    pen.text((170, 216), year, black, value)
    pen.text((280, 222), "年", blue, label)
    pen.text((340, 216), month, black, value)
    pen.text((400, 222), "月", blue, label)
    pen.text((455, 216), day, black, value)
    pen.text((515, 222), "日", blue, label)
    pen.text((60, 300), "住 址", blue, label)
    pen.text((170, 296), "某省某市示范区样例路", black, value)
    pen.text((170, 350), "12号3栋402房", black, value)
    pen.text((60, 536), "公民身份号码", blue, label)
    pen.text((320, 522), person.number, black, number)
    pixels = cv2.cvtColor(np.asarray(card), cv2.COLOR_RGB2BGR)
    face = np.full((320, 256, 3), 205, np.uint8) if portrait is None else cv2.resize(portrait, (256, 320))
    pixels[110:430, 680:936] = face
    return np.asarray(pixels, np.uint8)


def photographed(card: Pixels, *, turn: float = 0.0, lean: float = 0.0, scale: float = 1.0) -> Pixels:
    """The card on a table, (900, 1400, 3): turned by `turn` degrees, leaning by `lean` (share of its width), seen smaller."""
    height, width = card.shape[:2]
    canvas = (1400, 900)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    seen = corners.copy()
    seen[0] += (lean * width, lean * height * 0.5)
    seen[3] += (lean * width * 0.2, -lean * height * 0.3)
    seen = (seen - (width / 2, height / 2)) * scale
    angle = np.deg2rad(turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    seen = (seen @ rotation.T + (canvas[0] / 2, canvas[1] / 2)).astype(np.float32)
    view = cv2.getPerspectiveTransform(corners, seen)
    table = np.full((canvas[1], canvas[0], 3), (72, 96, 120), np.uint8)
    return np.asarray(cv2.warpPerspective(card, view, canvas, dst=table, borderMode=cv2.BORDER_TRANSPARENT), np.uint8)


def worn(picture: Pixels, seed: int = 1) -> Pixels:
    """Scratched and faded."""
    rng = np.random.default_rng(seed)
    faded = (picture.astype(np.float32) * 0.72 + 62).clip(0, 255).astype(np.uint8)
    height, width = picture.shape[:2]
    for _ in range(36):
        start = (int(rng.integers(width)), int(rng.integers(height)))
        end = (start[0] + int(rng.integers(-220, 220)), start[1] + int(rng.integers(-90, 90)))
        cv2.line(faded, start, end, (212, 216, 218), 1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(faded, (3, 3), 0.7), np.uint8)


def dark(picture: Pixels, stops: float = 2.0, seed: int = 1) -> Pixels:
    """So many stops too little light, and the noise that comes with it."""
    rng = np.random.default_rng(seed)
    dim = picture.astype(np.float32) * 2.0**-stops + rng.normal(0, 4, picture.shape)
    return np.asarray(dim.clip(0, 255), np.uint8)


def glare(picture: Pixels, centre: tuple[int, int], radius: int = 90) -> Pixels:
    """A lamp's reflection."""
    spot = np.zeros(picture.shape[:2], np.float32)
    cv2.circle(spot, centre, radius, 1.0, -1)
    spot = cv2.GaussianBlur(spot, (0, 0), radius / 3)[..., None]
    return np.asarray((picture * (1 - spot) + 255 * spot).clip(0, 255), np.uint8)
