"""A photographed card, looked at once: its texts, and the face on it where the plan compares faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from appliance.portrait.errors import UnreadablePicture
from appliance.portrait.picture_file import read_picture
from appliance.visit.errors import UnreadableCard
from appliance.visit.face_match import FaceComparer
from appliance.visit.id_card.reader import TextReader
from appliance.visit.id_card.text import CardText, card_in
from firmware.ports import Pixels
from models.likeness import Embedding


@dataclass(frozen=True, slots=True, repr=False)
class SeenCard:
    """What a card showed; without `repr`, so that no log shows it. The pixels are gone."""

    text: CardText
    face: Embedding | None


class CardDesk:
    """Reads pictures of cards. `today` gives the day that birth dates are compared with."""

    def __init__(
        self,
        reader: TextReader,
        comparer: FaceComparer,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._reader = reader
        self._comparer = comparer
        self._now = now

    def look(self, data: bytes, *, with_face: bool) -> SeenCard:
        """Name, number and, if asked, the face on the card in this picture file. Raises `UnreadableCard` with what to do."""
        try:
            pixels = read_picture(data).pixels
        except UnreadablePicture as error:
            raise UnreadableCard(error.message.zh, error.message.en) from error
        text = card_in(self._reader.read(pixels), self._now().date())
        face = self._comparer.embed(pixels) if with_face else None
        if with_face and face is None:
            raise UnreadableCard(
                "身份证上的头像看不清：避开反光，对准焦，再拍一次",
                "the portrait on the card cannot be made out: avoid glare, hold still, photograph it once more",
            )
        return SeenCard(text, face)

    def face_of(self, pixels: Pixels) -> Embedding | None:
        """The face on a new photo."""
        return self._comparer.embed(pixels)
