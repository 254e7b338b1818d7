"""What a camera may say about which level lit a frame, and the soft start."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from firmware.lamps.ramp import DEFAULT_DRIVES, towards
from firmware.lamps.record import LightRecord
from firmware.ports import LampDrive, LampLevel

OFF, FRAMING, SHOT = LampLevel.OFF, LampLevel.FRAMING, LampLevel.SHOT


def record() -> LightRecord:
    """Off from 0, changing at 1.0, framing from 1.2, changing at 2.0, shot from 2.2."""
    record = LightRecord()
    for at, level in ((0.0, OFF), (1.0, None), (1.2, FRAMING), (2.0, None), (2.2, SHOT)):
        record.now(level, at)
    return record


def test_a_level_lit_the_frame_only_when_it_burned_all_the_time():
    lit = record().during
    assert lit(0.5, 0.9) is OFF
    assert lit(0.9, 1.1) is None
    assert lit(1.1, 1.3) is None
    assert lit(1.3, 1.9) is FRAMING
    assert lit(1.3, 2.3) is None
    assert lit(2.2, 99.0) is SHOT


def test_before_the_record_nothing_is_known():
    assert LightRecord().during(1.0, 2.0) is None
    assert record().during(-1.0, 0.5) is None


def test_a_level_told_again_still_burned_all_the_time():
    again = record()
    again.now(SHOT, 3.0)
    assert again.during(2.5, 3.5) is SHOT


def test_a_forgotten_past_is_unknown():
    short = LightRecord(keep=2)
    for at in range(5):
        short.now(FRAMING, float(at))
    assert short.during(0.5, 4.5) is None
    assert short.during(3.5, 4.5) is FRAMING


drives = st.builds(LampDrive, *[st.floats(min_value=0, max_value=1)] * 3)


@given(drives, drives, st.floats(min_value=0.01, max_value=1))
def test_a_soft_start_arrives_and_never_overshoots(now, goal, most):
    for _ in range(101):
        following = towards(now, goal, most)
        for lamp in ("left", "right", "background"):
            here, there, end = getattr(now, lamp), getattr(following, lamp), getattr(goal, lamp)
            assert abs(there - here) <= most + 1e-9
            assert min(here, end) - 1e-9 <= there <= max(here, end) + 1e-9
        now = following
    assert now == goal


def test_defaults_are_even_and_rise_from_dark():
    assert DEFAULT_DRIVES[OFF] == LampDrive()
    for level in (FRAMING, SHOT):
        drive = DEFAULT_DRIVES[level]
        assert drive.left == drive.right == drive.background > 0
    assert DEFAULT_DRIVES[SHOT].left > DEFAULT_DRIVES[FRAMING].left
