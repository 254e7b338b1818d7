"""One running station with the stand-in body, shared by the tests of its interface; each test begins idle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.rehearsal.bench import Bench
from appliance.rehearsal.cast import cast_pictures
from appliance.rehearsal.door import StationDoor, StationSilent
from appliance.rehearsal.visitor import Subject, Visitor


@pytest.fixture(scope="package")
def bench(tmp_path_factory: pytest.TempPathFactory, networks_dir: Path) -> Iterator[Bench]:
    del networks_dir  # skipped without
    with Bench(tmp_path_factory.mktemp("bench")) as running:
        yield running


@pytest.fixture
def door(bench: Bench) -> Iterator[StationDoor]:
    opened = bench.door()
    visitor = Visitor(opened, lambda _step: None)
    try:
        visitor.clear()
        visitor.leave()
        yield opened
        visitor.clear()
        visitor.leave()
    except StationSilent:
        pytest.fail(f"the station does not answer any more:\n{bench.station.tail()}")
    finally:
        opened.close()


@pytest.fixture(scope="session")
def subject() -> Subject:
    """Somebody whom the station can photograph and standardise; whether it accepts them is not the point here."""
    people = {picture.id: picture for picture in cast_pictures()}
    if "nearly_right" not in people:
        pytest.skip("no pictures of people installed; type: station cast install")
    return Subject("nearly right", people["nearly_right"].path)


@pytest.fixture
def visitor(door: StationDoor) -> Visitor:
    return Visitor(door, lambda _step: None, patience=0.3)
