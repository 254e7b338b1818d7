"""A short run of `kill_loop`; the long one (100 kills) is a command of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from appliance.rehearsal.cast import cast_pictures

sys.path.insert(0, str(Path(__file__).parent))
import kill_loop


@pytest.mark.faults
@pytest.mark.timeout(240)
@pytest.mark.usefixtures("networks_dir")
def test_no_accepted_capture_is_lost_doubled_or_altered_by_kills(tmp_path: Path) -> None:
    people = cast_pictures()
    if not people:
        pytest.skip("no pictures of people installed; type: station cast install")
    figures = kill_loop.run(tmp_path, people[-1].path, kills=6, seed=20260601)
    assert figures.sound, figures
    assert figures.in_ledger >= len(figures.answered)
