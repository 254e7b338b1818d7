from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from visit_fixtures import DEMO, ScriptedShutter, conductor_of

from appliance.ledger.store import Ledger
from appliance.platform.contract import FaceMatch
from appliance.visit.errors import FaceDiffers, FaceUndecided
from appliance.visit.exemptions import Exemption
from appliance.visit.face_match import compared, decided, limits
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
    assert decided(None, confirmed=False, exempt=False) is None
    assert decided(match(0.9), confirmed=False, exempt=False) == match(0.9)
    with pytest.raises(FaceUndecided) as caught:
        decided(match(0.5), confirmed=False, exempt=False)
    assert caught.value.extra == {"score": 0.5, "limit": limits().same}
    confirmed = decided(match(0.5), confirmed=True, exempt=False)
    assert confirmed is not None
    assert confirmed.operator_decided
    with pytest.raises(FaceDiffers):
        decided(match(0.1), confirmed=True, exempt=False)
    assert decided(match(0.1), confirmed=False, exempt=True) is not None


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
