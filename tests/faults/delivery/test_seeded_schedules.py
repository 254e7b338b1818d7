"""A few of the random schedules that `tests/faults/schedules.py` runs by the thousand."""

from __future__ import annotations

from collections import Counter

import pytest
from fault_schedule import run_schedules

pytestmark = pytest.mark.faults


def test_nothing_is_lost_doubled_or_altered_by_any_schedule() -> None:
    captures, struck = 0, Counter[str]()
    for number, outcome in run_schedules(3, range(3)):
        assert outcome.sound, f"schedules.py --seed 3 --only {number}: {outcome}"
        captures += outcome.captures
        struck.update(outcome.struck)
    assert captures >= 3
    assert len(struck) >= 6, f"faults of many kinds: {struck}"
