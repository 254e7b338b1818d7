"""F08: the ID card is read on the device, its number checked and compared, and let go. Cards are drawn, people are made up."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from card_drawing import Person, check_character, dark, draw_card, invented, photographed, worn
from sqlmodel import select
from visit_fixtures import DEMO, conductor_of, entry_of, plan_with, roster_of

from appliance.ledger.store import Ledger
from appliance.ledger.tables import JournalRow
from appliance.platform.digests import answer_digest
from appliance.visit.conductor import Conductor
from appliance.visit.errors import CannotVerify, TriesExhausted, UnreadableCard, WrongAnswer
from appliance.visit.face_match import FaceComparer
from appliance.visit.id_card import number as numbers
from appliance.visit.id_card.desk import CardDesk
from appliance.visit.id_card.number import is_number, number_in
from appliance.visit.id_card.reader import ChildReader
from appliance.visit.id_card.text import Line, card_in, name_fits
from appliance.visit.machine import State
from firmware.ports import Pixels

TODAY = date(2026, 6, 1)
STUDENT = DEMO.students[0]
PERSON = invented(1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "data")
    yield opened
    opened.close()


@dataclass
class Sees:
    """A reader that finds these texts, one below the other."""

    texts: list[str] = field(default_factory=list)

    def read(self, pixels: Pixels) -> Sequence[Line]:
        return [Line(text, (100.0, 50.0 * number)) for number, text in enumerate(self.texts)]


def desk(reader: Sees | ChildReader) -> CardDesk:
    return CardDesk(reader, FaceComparer(Path("none"), lambda _: None))


def jpeg(pixels: Pixels) -> bytes:
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 88])
    assert done
    return data.tobytes()


BLANK = jpeg(np.full((60, 90, 3), 200, np.uint8))


def texts_of(person: Person) -> list[str]:
    return [f"姓名{person.name}", "性别女 民族汉", "住址 某市", "公民身份号码", person.number]


def at_card(ledger: Ledger, cards: CardDesk, person: Person = PERSON) -> Conductor:
    """A visit of a student whose roster entry is of this person, waiting for the card."""
    answers = {"id_card": answer_digest(STUDENT.payload, "id_card", person.number)}
    identity = {**STUDENT.identity, "name": person.masked_name}
    entry = entry_of(STUDENT, answers=answers, identity=identity)
    roster = roster_of(plan_with(verification="id_card"), [entry])
    conductor = conductor_of(ledger, roster, cards=cards)
    conductor.scan(STUDENT.payload)
    return conductor


def test_numbers_are_checked_by_form_region_birth_date_and_check_character() -> None:
    good = PERSON.number
    assert is_number(good, TODAY)
    assert numbers.check_character(good[:17]) == good[17] == check_character(good[:17])
    for place in range(17):
        other = good[:place] + str((int(good[place]) + 1) % 10) + good[place + 1 :]
        assert not is_number(other, TODAY)
    for body in ("99010120030704123", "11010120031304123", "11010120270704123", "11010118900704123"):
        assert not is_number(body + check_character(body), TODAY)
    assert not is_number(good[:17], TODAY)


def test_letters_that_look_like_digits_are_tried_and_the_check_character_decides() -> None:
    body = "11010120030704108"
    number = body + check_character(body)
    misread = number.replace("0", "O").replace("1", "I")
    assert number_in(["公民身份号码", f"  {misread} "], TODAY) == number
    assert number_in([f"公民身份号码{number}"], TODAY) == number
    assert number_in([number[:9]], TODAY) is None


@pytest.mark.parametrize(
    ("name", "masked", "fits"),
    [
        ("李小明", "李*明", True),
        ("李明", "李*", True),
        ("王小明", "李*明", True),  # half agrees: a reader may take one character for another
        ("王小强", "李*明", False),
        ("欧阳小明", "欧阳*明", True),
        ("欧", "欧阳*明", False),
    ],
)
def test_the_name_is_compared_with_what_the_mask_shows(name: str, masked: str, fits: bool) -> None:
    assert name_fits(name, masked) is fits


def test_a_name_beside_its_label_is_found_wherever_the_reader_puts_it() -> None:
    lines = [
        Line("某省某市示范区", (300, 400)),
        Line("张三丰", (220, 60)),
        Line("姓名", (90, 60)),
        Line("女", (200, 120)),
    ]
    found = card_in([*lines, Line(PERSON.number, (400, 600))], TODAY)
    assert (found.name, found.number) == ("张三丰", PERSON.number)
    assert PERSON.number not in repr(found)


@pytest.mark.parametrize(
    ("texts", "said"),
    [([], "no ID card"), (["姓名张三", "公民身份号码", "1101012003"], "avoid glare"), (["中华人民共和国"], "the back")],
)
def test_f08_a_picture_that_shows_no_number_says_what_to_do(ledger: Ledger, texts: list[str], said: str) -> None:
    conductor = at_card(ledger, desk(Sees(texts)))
    for _ in range(5):
        with pytest.raises(UnreadableCard, match=said):
            conductor.verify_card(BLANK)
    assert conductor.state is State.IDENTIFIED  # what could not be read is no wrong answer
    conductor_tries = conductor._identification.tries
    assert conductor_tries.wrong(conductor.now().code_digest) == 0


def test_f08_another_persons_card_counts_as_a_wrong_answer_with_the_growing_pause(ledger: Ledger) -> None:
    conductor = at_card(ledger, desk(Sees(texts_of(invented(2)))))
    for _ in range(3):
        with pytest.raises(WrongAnswer):
            conductor.verify_card(BLANK)
    with pytest.raises(TriesExhausted):
        conductor.verify_card(BLANK)


def test_f08_the_right_number_with_another_name_was_misread_not_wrong(ledger: Ledger) -> None:
    conductor = at_card(ledger, desk(Sees(texts_of(Person("欧阳修文", PERSON.number)))))
    with pytest.raises(UnreadableCard, match="name"):
        conductor.verify_card(BLANK)


def test_a_roster_without_the_cards_digest_is_said_so(ledger: Ledger) -> None:
    roster = roster_of(plan_with(verification="id_card"))
    conductor = conductor_of(ledger, roster, cards=desk(Sees(texts_of(PERSON))))
    conductor.scan(STUDENT.payload)
    with pytest.raises(CannotVerify):
        conductor.verify_card(BLANK)


def test_f08_drawn_cards_worn_tilted_and_dark_are_read_and_nothing_of_them_is_kept(ledger: Ledger) -> None:
    card = draw_card(PERSON)
    reader = ChildReader()
    conductor = at_card(ledger, desk(reader))
    try:
        found = card_in(reader.read(worn(photographed(card, turn=9, lean=0.05, scale=0.9))), TODAY)
        assert (found.number, found.name) == (PERSON.number, PERSON.name)
        conductor.verify_card(jpeg(dark(photographed(card))))
    finally:
        reader.close()
    assert conductor.state is State.VERIFIED
    verified = conductor.now().verified
    assert verified is not None
    assert verified.method == "id_card"
    assert not reader.running  # its memory is given back
    with ledger.reading() as session:
        kept = "".join(row.body for row in session.exec(select(JournalRow)))
    assert PERSON.number not in kept + conductor.now().row().body
    assert PERSON.name not in kept + conductor.now().row().body


def test_a_reader_that_hangs_or_dies_costs_one_reading(tmp_path: Path) -> None:
    for program in ("import time; time.sleep(60)", "import sys; sys.exit(3)"):
        reader = ChildReader([sys.executable, "-c", program], patience_s=0.5)
        with pytest.raises(UnreadableCard, match="no answer"):
            reader.read(np.zeros((20, 20, 3), np.uint8))
        assert not reader.running


def test_a_resting_reader_ends_by_itself() -> None:
    echo = (
        "import sys; from appliance.visit.id_card.child import receive, send\n"
        "while receive(sys.stdin.buffer) is not None: send(sys.stdout.buffer, b'[]')"
    )
    reader = ChildReader([sys.executable, "-c", echo], rest_s=0.2)
    assert reader.read(np.zeros((20, 20, 3), np.uint8)) == []
    child = reader._child
    assert child is not None
    child.wait(20)
    reader.close()
