"""What every code scanner promises."""

from __future__ import annotations

import queue
import time

import pytest

from firmware.ports import CodeScan, CodeScanner, DeviceState

PAYLOAD = "CHSI:7f3a90c2d1"


@pytest.fixture
def scans():
    return queue.Queue()


def test_is_a_scanner(scanner_rig):
    assert isinstance(scanner_rig.scanner, CodeScanner)
    assert scanner_rig.scanner.status().state is DeviceState.STOPPED


def test_one_code_held_up_is_one_scan(scanner_rig, scans):
    scanner_rig.scanner.start(scans.put)
    scanner_rig.hold(PAYLOAD)
    scan: CodeScan = scans.get(timeout=2)
    assert scan.payload == PAYLOAD
    assert scan.scanner == scanner_rig.scanner.status().name
    assert abs(time.monotonic() - scan.scanned_at) < 2
    with pytest.raises(queue.Empty):
        scans.get(timeout=3 * scanner_rig.gone_after)
    assert scanner_rig.scanner.status().state is DeviceState.READY


def test_a_code_seen_twice_within_50_ms_is_one_scan(scanner_rig, scans):
    scanner_rig.scanner.start(scans.put)
    scanner_rig.hold(PAYLOAD)
    assert scans.get(timeout=2).payload == PAYLOAD
    scanner_rig.take_away()
    time.sleep(0.05)
    scanner_rig.hold(PAYLOAD)
    with pytest.raises(queue.Empty):
        scans.get(timeout=1.5 * scanner_rig.gone_after)


def test_held_up_again_is_another_scan(scanner_rig, scans):
    scanner_rig.scanner.start(scans.put)
    for _ in range(2):
        scanner_rig.hold(PAYLOAD)
        assert scans.get(timeout=2).payload == PAYLOAD
        scanner_rig.take_away()
        time.sleep(scanner_rig.gone_after + 0.4)


def test_forgetting_makes_the_same_code_new(scanner_rig, scans):
    scanner_rig.scanner.start(scans.put)
    scanner_rig.hold(PAYLOAD)
    scans.get(timeout=2)
    scanner_rig.scanner.forget()
    scanner_rig.hold(PAYLOAD)
    assert scans.get(timeout=2).payload == PAYLOAD


def test_another_code_is_another_scan(scanner_rig, scans):
    scanner_rig.scanner.start(scans.put)
    for payload in ("first", "second", "third"):
        scanner_rig.hold(payload)
        assert scans.get(timeout=2).payload == payload


def test_no_call_after_stop(scanner_rig, scans):
    scanner_rig.scanner.start(scans.put)
    scanner_rig.hold(PAYLOAD)
    scans.get(timeout=2)
    started = time.monotonic()
    scanner_rig.scanner.stop()
    assert time.monotonic() - started < 2
    scanner_rig.hold("after the end")
    with pytest.raises(queue.Empty):
        scans.get(timeout=0.5)
    scanner_rig.scanner.stop()
    assert scanner_rig.scanner.status().state is DeviceState.STOPPED


def test_starts_again(scanner_rig, scans):
    scanner_rig.scanner.start(scans.put)
    scanner_rig.scanner.start(scans.put)
    scanner_rig.scanner.stop()
    scanner_rig.scanner.start(scans.put)
    scanner_rig.hold(PAYLOAD)
    assert scans.get(timeout=2).payload == PAYLOAD


def test_a_listener_may_call_back(scanner_rig, scans):
    def listener(scan: CodeScan) -> None:
        scanner_rig.scanner.status()
        scans.put(scan)

    scanner_rig.scanner.start(listener)
    scanner_rig.hold(PAYLOAD)
    assert scans.get(timeout=2).payload == PAYLOAD


def test_a_failing_listener_ends_nothing(scanner_rig, scans):
    def listener(scan: CodeScan) -> None:
        scans.put(scan)
        if scan.payload == "first":
            raise RuntimeError("the listener's own fault")

    scanner_rig.scanner.start(listener)
    scanner_rig.hold("first")
    scans.get(timeout=2)
    scanner_rig.hold("second")
    assert scans.get(timeout=3).payload == "second"
