"""A scanner that types: layout, broken-off codes, the grab, and a pulled plug."""

from __future__ import annotations

import queue
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scanner_fakes import FakeKeys, Stroke

from firmware.ports import CodeScan, DeviceState
from firmware.scanner.hid import HidScanner
from firmware.scanner.keyboard import LONGEST, US_LAYOUT, Typing

KEYS = {
    char: (code, bool(shift))
    for code, pair in reversed(US_LAYOUT.items())
    for shift, char in reversed(list(enumerate(pair)))
}
ENTER = 28


def typed(typing: Typing, text: str, at: float = 1.0, gap: float = 0.004, end: int = ENTER) -> str | None:
    for char in text:
        code, shifted = KEYS[char]
        at += gap
        if shifted:
            typing.key(42, True, at)
        assert typing.key(code, True, at) is None
        assert typing.key(code, False, at) is None
        if shifted:
            typing.key(42, False, at)
    return typing.key(end, True, at + gap)


def test_every_printable_ascii_character_has_a_key():
    assert set(KEYS) == {chr(code) for code in range(32, 127)}


@given(st.text(st.sampled_from(sorted(KEYS)), min_size=1, max_size=300).filter(str.strip))
def test_what_is_typed_is_read(text):
    assert typed(Typing(), text) == text.strip()


@pytest.mark.parametrize("end", [28, 96, 15])
def test_enter_keypad_enter_and_tab_end_a_code(end):
    assert typed(Typing(), "CHSI:17", end=end) == "CHSI:17"


def test_the_rest_of_a_torn_code_is_no_code_and_the_next_is_whole():
    typing = Typing()
    typing.key(KEYS["c"][0], True, 1.0)
    typing.torn()
    assert typed(typing, "c2d1", at=1.0) is None
    assert typed(typing, "CHSI:17", at=1.1) == "CHSI:17"


def test_after_a_pause_a_torn_code_is_over():
    typing = Typing()
    typing.torn()
    typing.key(KEYS["d"][0], True, 1.0)
    assert typed(typing, "CHSI:17", at=2.0) == "CHSI:17"


def test_an_overrun_of_the_kernel_is_heard():
    keys, scans = FakeKeys(), queue.Queue()
    scanner = HidScanner("/dev/input/event9", opener=keys.open)
    scanner.start(scans.put)
    time.sleep(0.2)
    strokes = list(keys.strokes("CHSI:17"))
    keys.type([Stroke(3, 0, time.monotonic(), type=0), *strokes[6:]])
    keys.type(keys.strokes("CHSI:18"))
    assert scans.get(timeout=3).payload == "CHSI:18"
    assert scans.empty()
    scanner.stop()
    keys.stop()


def test_a_broken_off_code_does_not_run_into_the_next():
    typing = Typing()
    for char in "CHS":
        typing.key(KEYS[char][0], True, 1.0)
    assert typed(typing, "chsi:17", at=3.0) == "chsi:17"


def test_enter_alone_is_no_code():
    assert Typing().key(ENTER, True, 1.0) is None


def test_keys_that_type_nothing_are_nothing():
    typing = Typing()
    for code in (1, 29, 56, 59, 125, 240):
        assert typing.key(code, True, 1.0) is None
    assert typed(typing, "x") == "x"


def test_memory_is_bounded():
    typing = Typing()
    for _ in range(3 * LONGEST):
        typing.key(30, True, 1.0)
    assert len(typing._typed) <= LONGEST


@pytest.fixture
def bench():
    keys = FakeKeys()
    scans: queue.Queue[CodeScan] = queue.Queue()
    scanner = HidScanner("/dev/input/event9", opener=keys.open)
    yield keys, scanner, scans
    scanner.stop()
    keys.stop()


def until(scanner: HidScanner, state: DeviceState) -> None:
    deadline = time.monotonic() + 3
    while scanner.status().state is not state:
        assert time.monotonic() < deadline, scanner.status()
        time.sleep(0.02)


def test_it_is_grabbed_while_it_reads(bench):
    keys, scanner, scans = bench
    assert not keys.grabbed
    scanner.start(scans.put)
    until(scanner, DeviceState.READY)
    assert keys.grabbed
    scanner.stop()
    assert not keys.grabbed


def test_a_scanner_held_by_another_program_is_told(bench):
    keys, scanner, scans = bench
    keys.taken = True
    scanner.start(scans.put)
    until(scanner, DeviceState.FAILING)
    assert "held by another program" in scanner.status().detail
    keys.taken = False
    until(scanner, DeviceState.READY)


def test_a_pulled_plug_is_told_and_it_comes_back(bench):
    keys, scanner, scans = bench
    scanner.start(scans.put)
    until(scanner, DeviceState.READY)
    keys.plugged = False
    keys.type([Stroke(30, 1, time.monotonic())])
    until(scanner, DeviceState.FAILING)
    keys.plugged = True
    until(scanner, DeviceState.READY)
    keys.hold("CHSI:17")
    assert scans.get(timeout=2).payload.endswith("CHSI:17")


def test_other_events_are_ignored(bench):
    keys, scanner, scans = bench
    scanner.start(scans.put)
    now = time.monotonic()
    keys.type([Stroke(4, 458756, now, type=4), Stroke(0, 0, now, type=0), Stroke(30, 2, now), *keys.strokes("ok")])
    assert scans.get(timeout=2).payload == "ok"
