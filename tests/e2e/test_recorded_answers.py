"""What the recorded station says, a real one could say: every recorded answer has the shape of its model, no more, no less."""

from __future__ import annotations

from typing import Any

import pytest
import recorded_condition as condition
import recorded_states as states
from pydantic import BaseModel
from recorded_office import RecordedOffice
from recorded_station import RecordedStation
from test_layout import SCREENS, SHEETS

from appliance.web.answers.calibration import CalibrationShown
from appliance.web.answers.people import PairedTablet
from appliance.web.answers.records import Kept
from appliance.web.answers.station import Snapshot
from appliance.web.answers.technician import CameraFigures, Finding, LogLine, Rehearsal
from appliance.web.answers.update import UpdateShown
from appliance.web.answers.visit import Visit


def unnamed(model: type[BaseModel], said: dict[str, Any]) -> list[str]:
    """Keys, with the way to them, that the model does not name. Raises `ValidationError` for one that is missing."""
    shown = model.model_validate(said).model_dump(mode="json")
    return list(_more(said, shown))


def _more(said: Any, shown: Any, where: str = "") -> list[str]:
    if isinstance(said, dict) and isinstance(shown, dict):
        own = [f"{where}.{key}" for key in said.keys() - shown.keys()]
        return own + [
            more for key in said.keys() & shown.keys() for more in _more(said[key], shown[key], f"{where}.{key}")
        ]
    if isinstance(said, list) and isinstance(shown, list):
        return [more for one, other in zip(said, shown, strict=True) for more in _more(one, other, where)]
    return []


@pytest.mark.parametrize("name", [*SCREENS, *SHEETS])
def test_every_recorded_snapshot_is_one(name: str) -> None:
    parts = SCREENS[name][1] if name in SCREENS else SHEETS[name][1]
    assert unnamed(Snapshot, states.snapshot(**parts)) == []


def test_the_states_of_a_visit_are() -> None:
    found = [
        value for value in vars(states).values() if isinstance(value, dict) and {"state", "actions"} <= value.keys()
    ]
    assert len(found) > 12
    for visit in found:
        assert unnamed(Visit, visit) == []


def test_the_offices_answers_are() -> None:
    office = RecordedOffice(RecordedStation())
    for model, answers in (
        (Kept, office.kept),
        (Rehearsal, [office.rehearsal]),
        (CameraFigures, [condition.CAMERA_FIGURES]),
        (Finding, condition.FINDINGS),
        (LogLine, condition.LOG),
        (CalibrationShown, [office.calibration]),
        (UpdateShown, [office.update]),
        (PairedTablet, office.tablets),
    ):
        for answer in answers:
            assert unnamed(model, answer) == [], model.__name__
