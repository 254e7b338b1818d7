"""The optical scanner in its own thread: newest frame only, unreadable codes told once, little of a frame's time."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
import segno

from firmware.ports import CodeScan, Frame
from firmware.scanner import optical
from firmware.scanner.optical import OpticalScanner


def code(payload: str, damaged: bool = False) -> np.ndarray:
    matrix = np.array([[bool(cell) for cell in row] for row in segno.make_qr(payload).matrix])
    ink = np.kron(np.pad(matrix, 4), np.ones((8, 8), bool))
    grey = np.where(ink, 20, 240).astype(np.uint8)
    if damaged:
        inner = grey[96:-32, 96:-32]
        inner[:] = np.where(np.random.default_rng(3).random(inner.shape) < 0.5, 20, 240)
        grey = cv2.GaussianBlur(grey, (0, 0), 1.2)
    picture = np.full((480, 640, 3), 150, np.uint8)
    picture[100 : 100 + len(grey), 180 : 180 + len(grey)] = grey[..., None]
    return picture


@pytest.fixture
def scanner():
    scanner = OpticalScanner(gone_after=0.6)
    yield scanner
    scanner.stop()


def offer(scanner: OpticalScanner, picture: np.ndarray, seconds: float) -> None:
    end = time.monotonic() + seconds
    sequence = 0
    while time.monotonic() < end:
        scanner.offer(Frame(picture, sequence, time.monotonic()))
        sequence += 1
        time.sleep(1 / 30)


def test_an_unreadable_code_is_told_once_after_a_second_and_a_half(scanner):
    scans: list[tuple[float, CodeScan]] = []
    begun = time.monotonic()
    scanner.start(lambda scan: scans.append((time.monotonic() - begun, scan)))
    offer(scanner, code("CHSI:8d1f20", damaged=True), 4.0)
    assert [scan.payload for _, scan in scans] == [None]
    assert 1.4 < scans[0][0] < 3.0


def test_a_readable_code_is_never_called_unreadable(scanner):
    scans: list[CodeScan] = []
    scanner.start(scans.append)
    offer(scanner, code("CHSI:8d1f20"), 2.5)
    assert [scan.payload for scan in scans] == ["CHSI:8d1f20"]


def test_offering_costs_the_camera_nothing(scanner):
    scanner.start(lambda scan: None)
    frame = Frame(code("CHSI:8d1f20"), 0, time.monotonic())
    started = time.perf_counter()
    for _ in range(1000):
        scanner.offer(frame)
    assert time.perf_counter() - started < 0.1


def test_only_the_newest_frame_is_looked_at(scanner, monkeypatch):
    seen: list[int] = []

    def slow_look(grey, how):
        seen.append(int(grey[0, 0]))
        time.sleep(0.1)
        return []

    monkeypatch.setattr(optical, "look", slow_look)
    scanner.start(lambda scan: None)
    for level in range(60):
        scanner.offer(Frame(np.full((48, 64, 3), level, np.uint8), level, time.monotonic()))
        time.sleep(0.01)
    time.sleep(0.3)
    assert seen == sorted(set(seen))
    assert len(seen) < 15
    assert seen[-1] == 59


def test_looks_take_their_share_of_the_time_and_no_more(scanner, monkeypatch):
    looks: list[float] = []

    def costly_look(grey, how):
        looks.append(time.monotonic())
        time.sleep(0.08)
        return []

    monkeypatch.setattr(optical, "look", costly_look)
    monkeypatch.setattr(optical, "locate", lambda grey: None)
    scanner.start(lambda scan: None)
    offer(scanner, np.zeros((48, 64, 3), np.uint8), 1.6)
    between = np.diff(looks)
    assert len(looks) >= 3
    assert between.min() >= 0.08 / optical.BUSY - 0.02


def test_a_full_resolution_frame_is_reduced_first(scanner):
    scans: list[CodeScan] = []
    scanner.start(scans.append)
    offer(scanner, cv2.resize(code("CHSI:8d1f20"), (2560, 1920)), 0.7)
    assert [scan.payload for scan in scans] == ["CHSI:8d1f20"]
