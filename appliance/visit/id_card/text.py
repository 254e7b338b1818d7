"""From the texts that a reader found on a picture to the card's name and number, and what to do when they are not there."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from appliance.portrait.measurement import Message
from appliance.visit.errors import UnreadableCard
from appliance.visit.id_card.number import number_in

_NAME_LABEL = "姓名"
_LABELS = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码", "公民身份", "身份号码")
_BACK = ("中华人民共和国", "居民身份证", "签发机关", "有效期限")
_NAME = re.compile(r"[\u3400-\u9fff·]{2,15}")


@dataclass(frozen=True, slots=True)
class Line:
    """One text on the picture, and its centre in pixels."""

    text: str
    centre: tuple[float, float]


@dataclass(frozen=True, slots=True, repr=False)
class CardText:
    """What was read; without `repr`, so that no log shows it. `name` is None when only the number could be read."""

    number: str
    name: str | None


def card_in(lines: Sequence[Line], today: date) -> CardText:
    """The card's number and name. Raises `UnreadableCard` with what to do."""
    plain = [Line("".join(unicodedata.normalize("NFKC", line.text).split()), line.centre) for line in lines]
    number = number_in((line.text for line in plain), today)
    if number is None:
        message = _advice(plain)
        raise UnreadableCard(message.zh, message.en)
    return CardText(number, _name(plain))


def name_fits(name: str, masked: str) -> bool:
    """Whether a name that was read may be the masked one: the characters that the mask shows, of which at least half must agree,
    because a reader may take a rare character for another. The number is what proves."""
    shown = [(place, letter) for place, letter in enumerate(masked) if letter != "*"]
    if not shown or not masked:
        return True
    ends = [(place if place < masked.find("*") else place - len(masked), letter) for place, letter in shown]
    if "*" not in masked:
        ends = shown
    agreeing = sum(-len(name) <= place < len(name) and name[place] == letter for place, letter in ends)
    return 2 * agreeing >= len(ends)


def _name(lines: Sequence[Line]) -> str | None:
    for line in lines:
        if line.text.startswith(_NAME_LABEL) and _NAME.fullmatch(line.text[len(_NAME_LABEL) :]):
            return line.text[len(_NAME_LABEL) :]
    label = next((line for line in lines if line.text == _NAME_LABEL), None)
    if label is None:
        return None
    near = [
        line for line in lines if _NAME.fullmatch(line.text) and not line.text.startswith(_LABELS) and line is not label
    ]
    return min(near, key=lambda line: math.dist(line.centre, label.centre)).text if near else None


def _advice(lines: Sequence[Line]) -> Message:
    texts = "".join(line.text for line in lines)
    if any(word in texts for word in _BACK):
        return Message("这是国徽面，请拍有头像的一面", "this is the back: photograph the side with the portrait")
    if any(word in texts for word in _LABELS):
        return Message(
            "身份证号码看不清：避开反光，拿稳，让号码完整入镜",
            "the number cannot be read: avoid glare, hold still, show all of it",
        )
    return Message(
        "没有看到身份证：请把有头像的一面平放、占满画面、光线亮一些",
        "no ID card is seen: lay it flat with the portrait up, let it fill the picture, in good light",
    )
