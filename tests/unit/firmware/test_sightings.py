from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from firmware.scanner.sightings import MOST, Sightings, Unreadable

steps = st.lists(st.floats(min_value=0.0, max_value=1.99), min_size=1, max_size=50)


@given(steps)
def test_a_code_seen_again_and_again_is_one_scan(gaps):
    sightings, at = Sightings(gone_after=2.0), 100.0
    assert sightings.see("a", at)
    for gap in gaps:
        at += gap
        assert not sightings.see("a", at)


@given(st.floats(min_value=2.01, max_value=1e6))
def test_a_code_that_was_gone_is_new(gap):
    sightings = Sightings(gone_after=2.0)
    assert sightings.see("a", 5.0)
    assert sightings.see("a", 5.0 + gap)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(min_value=0, max_value=0.6)), max_size=80))
def test_codes_held_up_side_by_side_do_not_disturb_each_other(seen):
    sightings, at = Sightings(gone_after=2.0), 0.0
    last: dict[str, float] = {}
    for payload, gap in seen:
        at += gap
        assert sightings.see(payload, at) == (payload not in last or at - last[payload] > 2.0)
        last[payload] = at


def test_memory_is_bounded():
    sightings = Sightings()
    for n in range(10 * MOST):
        sightings.see(str(n), float(n) / 100)
    assert not sightings.see(str(10 * MOST - 1), MOST / 10)
    assert len(sightings._seen) == MOST


def test_unreadable_is_said_once_after_patience():
    unreadable = Unreadable(patience=1.5, gone_after=2.0)
    said = [unreadable.located(at / 10) for at in range(0, 60, 3)]
    assert said.count(True) == 1
    assert said.index(True) * 0.3 >= 1.5


def test_a_passing_glimpse_is_not_unreadable():
    unreadable = Unreadable(patience=1.5, gone_after=2.0)
    assert not any(unreadable.located(at) for at in (0.0, 1.2, 2.4, 3.6, 4.8))


def test_unreadable_is_said_again_when_another_code_comes():
    unreadable = Unreadable(patience=1.5, gone_after=2.0)
    for at in range(0, 30, 3):
        unreadable.located(at / 10)
    said = [unreadable.located(20 + at / 10) for at in range(0, 30, 3)]
    assert said.count(True) == 1


def test_a_code_that_was_read_after_all_starts_anew():
    unreadable = Unreadable(patience=1.5)
    assert not any(unreadable.located(at / 10) for at in range(0, 14, 3))
    unreadable.read()
    assert not any(unreadable.located(1.5 + at / 10) for at in range(0, 14, 3))
