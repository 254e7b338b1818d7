"""A GM65 on a pseudo terminal: speeds, checksums, noise, half lines, and a pulled cable."""

from __future__ import annotations

import queue
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scanner_fakes import FakeGm65

from firmware.ports import CodeScan, DeviceState, DeviceTimeout
from firmware.scanner.gm65 import (
    ASK_BAUD,
    LONGEST_LINE,
    SCAN_NOW,
    Answer,
    LineParser,
    command,
    payload_of,
    scan_on_sight,
)
from firmware.scanner.serial import SerialScanner

OK = bytes.fromhex("02 00 00 01 00 33 31")  # the manual's own example of an answer


def test_commands_are_the_manuals():
    assert bytes.fromhex("7E 00 07 01 00 2A 02 D8 0F") == ASK_BAUD
    assert command(0x08, 0x0002, b"\x01") == SCAN_NOW
    assert command(0x09, 0x0000, b"\x00") == bytes.fromhex("7E 00 09 01 00 00 00 DE C8")
    assert command(0x08, 0x002A, b"\x39\x01")[2:] == bytes.fromhex("08 02 00 2A 39 01 A7 EA")


def test_scanning_on_sight_leaves_lights_and_beep_alone():
    assert scan_on_sight(0b11010100)[6] == 0b11010111
    assert scan_on_sight(0b00000001)[6] == 0b00000011


payloads = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=200)


@given(st.lists(st.one_of(payloads, st.just(Answer(0, b"\x00")))), st.lists(st.integers(1, 60), min_size=1))
def test_whatever_pieces_it_comes_in(things, sizes):
    stream = b"".join(OK if isinstance(thing, Answer) else thing.encode() + b"\r\n" for thing in things)
    parser, found, at, turn = LineParser(), [], 0, 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        found += parser.feed(stream[at : at + size])
        at, turn = at + size, turn + 1
    assert found == things


@given(st.binary(max_size=5000))
def test_noise_never_breaks_it_and_memory_stays_bounded(noise):
    parser = LineParser()
    list(parser.feed(noise))
    assert len(parser._buffer) <= LONGEST_LINE + 300
    parser.reset()
    assert list(parser.feed(b"after the noise\r")) == ["after the noise"]


def test_a_line_longer_than_any_code_is_dropped_whole():
    parser = LineParser()
    found = [thing for _ in range(10) for thing in parser.feed(b"x" * 1000)]
    found += parser.feed(b"tail of it\r\nCHSI:1\r\n")
    assert found == ["CHSI:1"]


def test_an_answer_with_a_wrong_checksum_is_no_answer():
    assert not any(isinstance(thing, Answer) for thing in LineParser().feed(OK[:-1] + b"\x32\r"))


@pytest.mark.parametrize(
    ("line", "payload"),
    [
        (b"CHSI:1 ", "CHSI:1"),
        ("学信网".encode(), "学信网"),
        ("学信网".encode("gb18030"), "学信网"),
        (b"\x01\x02\x03", None),
        (b"", None),
        (b"   ", None),
        (b"\xff\xfe\xff", None),
    ],
)
def test_what_is_a_payload(line, payload):
    assert payload_of(line) == payload


@pytest.fixture
def scans() -> queue.Queue[CodeScan]:
    return queue.Queue()


def started(gm65: FakeGm65, scans: queue.Queue[CodeScan]) -> SerialScanner:
    pytest.importorskip("serial", reason="pyserial is installed on stations only")
    scanner = SerialScanner(gm65.path)
    scanner.start(scans.put)
    deadline = time.monotonic() + 5
    while scanner.status().state is not DeviceState.READY:
        assert time.monotonic() < deadline, scanner.status()
        time.sleep(0.02)
    return scanner


@pytest.mark.parametrize("baud", [9600, 115200, 19200])
def test_its_speed_is_found(scans, baud):
    gm65 = FakeGm65(baud)
    scanner = started(gm65, scans)
    gm65.hold("CHSI:17")
    assert scans.get(timeout=2).payload == "CHSI:17"
    assert gm65.commands[0] == ASK_BAUD
    assert gm65.mode == 0b11010111
    scanner.stop()
    gm65.unplug()


def test_a_scanner_that_answers_nothing_is_listened_to_and_cannot_be_triggered(scans):
    gm65 = FakeGm65(speaks=False)
    scanner = started(gm65, scans)
    gm65.hold("CHSI:17")
    assert scans.get(timeout=2).payload == "CHSI:17"
    with pytest.raises(DeviceTimeout, match="did not answer"):
        scanner.trigger()
    scanner.stop()
    gm65.unplug()


def test_it_scans_on_command(scans):
    gm65 = FakeGm65()
    scanner = started(gm65, scans)
    scanner.trigger()
    assert gm65.commands[-1] == SCAN_NOW
    scanner.stop()
    gm65.unplug()


def test_four_kilobytes_of_noise_cost_no_code(scans):
    gm65 = FakeGm65()
    scanner = started(gm65, scans)
    noise = random.Random(3).randbytes(4096)
    for start in range(0, len(noise), 512):
        gm65.send(noise[start : start + 512])
        time.sleep(0.02)
    gm65.send(b"\r\nCHSI:after\r\n")
    seen = []
    while "CHSI:after" not in seen:
        seen.append(scans.get(timeout=2).payload)
    assert len(seen) < 6  # of 4096 random bytes hardly a line is text
    assert scanner.status().state is DeviceState.READY
    scanner.stop()
    gm65.unplug()


def test_a_code_scanned_twice_within_50_ms_is_one_scan(scans):
    gm65 = FakeGm65()
    scanner = started(gm65, scans)
    gm65.send(b"CHSI:17\r\n")
    time.sleep(0.05)
    gm65.send(b"CHSI:17\r\n")
    assert scans.get(timeout=2).payload == "CHSI:17"
    with pytest.raises(queue.Empty):
        scans.get(timeout=0.5)
    scanner.stop()
    gm65.unplug()


def test_half_a_line_is_no_code_until_it_is_whole(scans):
    gm65 = FakeGm65()
    scanner = started(gm65, scans)
    gm65.send(b"CHSI:")
    with pytest.raises(queue.Empty):
        scans.get(timeout=0.4)
    gm65.send(b"17\r\n")
    assert scans.get(timeout=2).payload == "CHSI:17"
    scanner.stop()
    gm65.unplug()


def test_a_pulled_cable_is_told_and_half_a_line_forgotten(scans):
    gm65 = FakeGm65()
    scanner = started(gm65, scans)
    gm65.send(b"CHSI:half")
    time.sleep(0.2)
    gm65.unplug()
    deadline = time.monotonic() + 2
    while scanner.status().state is not DeviceState.FAILING:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert "cable" in scanner.status().advice
    assert scans.empty()
    started_at = time.monotonic()
    scanner.stop()
    assert time.monotonic() - started_at < 2


def test_a_port_that_is_not_there_is_waited_for(scans):
    pytest.importorskip("serial", reason="pyserial is installed on stations only")
    scanner = SerialScanner("/dev/serial/by-id/none")
    scanner.start(scans.put)
    deadline = time.monotonic() + 2
    while scanner.status().state is not DeviceState.FAILING:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert "cannot be opened" in scanner.status().detail
    scanner.stop()
