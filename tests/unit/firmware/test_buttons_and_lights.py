"""Debouncing as a property, and what each pattern looks like on pins."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.indicator.gpio import GpioIndicator, LightPins
from firmware.indicator.rhythms import RHYTHMS
from firmware.ports import DeviceUnavailable, Pattern, TriggerEvent
from firmware.trigger.debounce import Debounce
from firmware.trigger.gpio import GpioTrigger

PRESS, LONG = TriggerEvent.PRESS, TriggerEvent.LONG_PRESS
SAMPLE = 0.005


def told(debounce: Debounce, spans: list[tuple[bool, float]]) -> list[TriggerEvent]:
    """What is told of a contact that is closed or open for so many seconds each."""
    at, events = 0.0, []
    for closed, seconds in spans:
        for _ in range(max(1, round(seconds / SAMPLE))):
            at += SAMPLE
            event = debounce.sample(closed, at)
            if event is not None:
                events.append(event)
    return events


bounces = st.lists(st.tuples(st.booleans(), st.floats(min_value=0.005, max_value=0.01)), max_size=12)


@given(st.lists(st.tuples(bounces, st.sampled_from([PRESS, LONG])), max_size=6))
def test_each_press_is_told_once_however_it_bounces(presses):
    spans: list[tuple[bool, float]] = [(False, 0.1)]
    for bounce, kind in presses:
        # A bounce ends in the other state before it could count as steady.
        spans += [*bounce, (False, 0.005), (True, 0.1 if kind is PRESS else 0.8), *bounce, (True, 0.005), (False, 0.1)]
    assert told(Debounce(0.04, long_press_s=0.6), spans) == [kind for _, kind in presses]


@given(st.lists(st.floats(min_value=0.005, max_value=0.035), max_size=30))
def test_spikes_are_no_press(spikes):
    spans = [span for spike in spikes for span in ((True, spike), (False, 0.05))]
    assert told(Debounce(0.04, long_press_s=None), spans) == []


def test_without_a_long_press_a_press_is_told_at_once():
    assert told(Debounce(0.02, long_press_s=None), [(False, 0.1), (True, 0.03)]) == [PRESS]
    assert told(Debounce(0.02, long_press_s=0.5), [(False, 0.1), (True, 0.03)]) == []


def test_a_long_press_is_told_while_it_is_held_and_only_once():
    assert told(Debounce(0.02, long_press_s=0.5), [(True, 3.0), (False, 0.2)]) == [LONG]


def test_no_light_blinks_fast_enough_to_harm():
    assert all(rhythm.blinks <= 3 for rhythm in RHYTHMS.values())
    assert set(RHYTHMS) == set(Pattern)
    assert max(RHYTHMS[Pattern.DARK].colour) == 0


def test_patterns_differ_even_on_a_light_of_one_colour():
    looks = {(max(rhythm.colour) > 0, rhythm.blinks) for rhythm in RHYTHMS.values()}
    assert len(looks) == len(RHYTHMS)


@pytest.fixture
def factory() -> Any:
    mock = pytest.importorskip("gpiozero.pins.mock", reason="gpiozero is installed on stations only")
    return mock.MockFactory()


def test_a_fault_blinks_red_and_beeps_three_times(factory):
    light = GpioIndicator(LightPins(red=5, green=6, blue=26, buzzer=16), factory=factory)
    light.start()
    light.show(Pattern.FAULT)
    time.sleep(1.3)
    red, green, buzzer = factory.pin(5), factory.pin(6), factory.pin(16)
    light.stop()
    assert 3 <= sum(bool(state.state) for state in red.states) <= 5
    assert not any(state.state for state in green.states)
    assert sum(bool(state.state) for state in buzzer.states) == 3


def test_a_light_of_one_colour_shows_every_pattern(factory):
    light = GpioIndicator(LightPins(red=5), factory=factory)
    light.start()
    light.show(Pattern.READY)
    assert light.wait_shown(Pattern.READY)
    assert factory.pin(5).state
    light.stop()


def test_a_taken_pin_is_told(factory):
    first = GpioTrigger(17, factory=factory)
    second = GpioTrigger(17, name="second", factory=factory)
    first.start(lambda event: None)
    with pytest.raises(DeviceUnavailable, match="pin 17 cannot be had"):
        second.start(lambda event: None)
    assert "foot switch" in second.status().advice
    first.stop()
    second.stop()
