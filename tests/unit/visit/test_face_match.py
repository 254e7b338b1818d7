from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from card_drawing import draw_card, invented, photographed, worn
from visit_fixtures import DEMO, ScriptedShutter, conductor_of

from appliance.ledger.store import Ledger
from appliance.platform.contract import FaceMatch
from appliance.portrait.pipeline import Portrait
from appliance.portrait.profile import load_profile
from appliance.visit.errors import FaceDiffers, FaceUndecided
from appliance.visit.exemptions import Exemption
from appliance.visit.face_match import FaceComparer, compared, decided, limits
from appliance.visit.machine import State
from models.likeness import DIMENSIONS, Embedding


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "data")
    yield opened
    opened.close()


def embedding(cosine: float) -> Embedding:
    """At this cosine from the first axis."""
    made = np.zeros(DIMENSIONS, np.float32)
    made[:2] = cosine, np.sqrt(1 - cosine**2)
    return made


def match(score: float) -> FaceMatch:
    return compared(embedding(1.0), embedding(score))


def test_at_least_the_limit_is_the_same_below_the_band_another_and_between_the_operator_decides() -> None:
    bounds = limits()
    found = [match(score).outcome for score in (bounds.same + 0.01, bounds.same - 0.01, bounds.different - 0.01)]
    assert found == ["same", "undecided", "different"]


def test_the_band_needs_the_operator_and_another_face_an_exception() -> None:
    assert decided(None, asked=False, confirmed=False, exempt=False) is None
    assert decided(match(0.9), asked=True, confirmed=False, exempt=False) == match(0.9)
    with pytest.raises(FaceUndecided, match="no portrait"):  # after a restart the card's face is gone
        decided(None, asked=True, confirmed=False, exempt=False)
    assert decided(None, asked=True, confirmed=True, exempt=False) is None
    with pytest.raises(FaceUndecided) as caught:
        decided(match(0.5), asked=True, confirmed=False, exempt=False)
    assert caught.value.extra == {"score": 0.5, "limit": limits().same}
    confirmed = decided(match(0.5), asked=True, confirmed=True, exempt=False)
    assert confirmed is not None
    assert confirmed.operator_decided
    with pytest.raises(FaceDiffers):
        decided(match(0.1), asked=True, confirmed=True, exempt=False)
    assert decided(match(0.1), asked=True, confirmed=False, exempt=True) is not None


def test_a_visit_compares_the_photo_with_the_card_and_then_drops_the_face(ledger: Ledger) -> None:
    shutter = ScriptedShutter()
    conductor = conductor_of(ledger, shutter=shutter)
    student = DEMO.students[0]
    conductor.scan(student.payload)
    conductor.verify(student.last_four)
    conductor.card_face = embedding(1.0)
    conductor.confirm(record_confirmed=True, consent_version=DEMO.plan.consent.version, by="student")
    shot = conductor.shoot(automatic=False)
    assert shot.face_match is None  # the scripted shutter's picture has no face
    conductor.shot = replace(shot, face_match=match(0.5))
    with pytest.raises(FaceUndecided):
        conductor.accept(shot.shot_id, None)
    conductor.accept(shot.shot_id, None, face_confirmed=True)
    assert conductor.state is State.QUEUED
    assert conductor.card_face is None


def test_another_person_is_accepted_as_an_exception_only(ledger: Ledger) -> None:
    conductor = conductor_of(ledger)
    student = DEMO.students[0]
    conductor.scan(student.payload)
    conductor.verify(student.last_four)
    conductor.confirm(record_confirmed=True, consent_version=DEMO.plan.consent.version, by="student")
    shot = conductor.shoot(automatic=False)
    conductor.shot = replace(shot, face_match=match(0.1))
    with pytest.raises(FaceDiffers):
        conductor.accept(shot.shot_id, None, face_confirmed=True)
    conductor.accept(shot.shot_id, Exemption("judged-wrong"))
    assert conductor.state is State.QUEUED


@pytest.mark.networks
@pytest.mark.pictures
def test_f08_the_portrait_on_a_worn_card_is_told_from_other_people(networks_dir: Path, shared_portraits: Path) -> None:
    portrait = Portrait(networks_dir, load_profile("moe-2017-99"))
    comparer = FaceComparer(networks_dir / "sface.onnx", portrait.face_points)
    files = [
        (
            shared_portraits / "neutral_front" / f"{who}_03.jpg",
            next(shared_portraits.glob(f"smiling_front/{who}_*.jpg")),
        )
        for who in ("002", "004")
    ]
    cards, photos = [], []
    for neutral, smiling in files:
        picture = cv2.imread(str(neutral))
        assert picture is not None
        points = portrait.face_points(np.asarray(picture, np.uint8))
        assert points is not None
        (x, y), reach = points.mean(axis=0), float(np.linalg.norm(points[0] - points[1])) * 2
        cut = picture[max(0, int(y - reach)) : int(y + reach), max(0, int(x - 0.8 * reach)) : int(x + 0.8 * reach)]
        grey = cv2.cvtColor(cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        card = photographed(draw_card(invented(1), np.asarray(grey, np.uint8)), turn=186, lean=0.03, scale=0.8)
        cards.append(comparer.embed(worn(card)))
        photos.append(comparer.embed(np.asarray(cv2.imread(str(smiling)), np.uint8)))
    for number, card_face in enumerate(cards):
        for other, photo_face in enumerate(photos):
            assert card_face is not None
            assert photo_face is not None
            assert compared(card_face, photo_face).outcome == ("same" if number == other else "different")
