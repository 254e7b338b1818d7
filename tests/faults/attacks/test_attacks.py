"""The student with a laptop: no attack gets in, and none stops the visit in progress."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from appliance.rehearsal.cast import cast_pictures

sys.path.insert(0, str(Path(__file__).parent))
import table


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("networks_dir")
def test_no_attack_gets_in_and_none_stops_the_visit_in_progress(tmp_path: Path) -> None:
    people = cast_pictures()
    if not people:
        pytest.skip("no pictures of people installed; type: station cast install")
    named = [picture for picture in people if picture.id == "nearly_right"] or people
    outcome = table.run(tmp_path, named[0].path)
    assert len(outcome.rows) == len(table.ATTACKS)
    assert outcome.receipt
    print(f"\n{outcome}")
