"""Reading codes in pixels: what a phone shows, what a forwarded screenshot has become."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.scanner.codes import Look, locate, look, read, read_codes
from firmware.scanner.readers import by_zbar, by_zxing


def drawn(payload: str, module: int = 6, quiet: int = 4) -> np.ndarray:
    """A QR code in grey, dark on light."""
    matrix = np.array([[bool(cell) for cell in row] for row in segno.make_qr(payload, error="m").matrix])
    return np.where(np.kron(np.pad(matrix, quiet), np.ones((module, module), bool)), 20, 240).astype(np.uint8)


def upon(code: np.ndarray, size: tuple[int, int] = (900, 1200), level: int = 120) -> np.ndarray:
    picture = np.full((*size, 3), level, np.uint8)
    top, left = (size[0] - len(code)) // 2, (size[1] - len(code)) // 2
    picture[top : top + len(code), left : left + len(code)] = code[..., None]
    return picture


SPOILED = {
    "as drawn": upon,
    "without quiet zone": lambda c: c[24:-24, 24:-24],
    "dark mode": lambda c: upon(255 - c),
    "dim screen": lambda c: upon((60 + c * 0.12).astype(np.uint8), level=90),
    "turned by 30 degrees": lambda c: cv2.warpAffine(
        upon(c), cv2.getRotationMatrix2D((600, 450), 30, 0.9), (1200, 900), borderValue=(120, 120, 120)
    ),
    "upside down": lambda c: cv2.rotate(upon(c), cv2.ROTATE_180),
    "seen from the side": lambda c: cv2.warpPerspective(
        upon(c),
        cv2.getPerspectiveTransform(
            np.float32([[0, 0], [1200, 0], [1200, 900], [0, 900]]),
            np.float32([[100, 60], [1100, 0], [1150, 900], [60, 780]]),
        ),
        (1200, 900),
    ),
    "out of focus": lambda c: cv2.GaussianBlur(upon(c), (0, 0), 2.2),
    "noisy": lambda c: np.clip(
        upon(c).astype(int) + np.random.default_rng(1).normal(0, 35, (900, 1200, 3)), 0, 255
    ).astype(np.uint8),
    "recompressed": lambda c: cv2.imdecode(
        cv2.imencode(".jpg", cv2.resize(upon(c), None, fx=0.55, fy=0.55), [cv2.IMWRITE_JPEG_QUALITY, 12])[1],
        cv2.IMREAD_COLOR,
    ),
    "thumbnail": lambda c: cv2.resize(c, (c.shape[1] // 3, c.shape[0] // 3), interpolation=cv2.INTER_AREA),
    "small in a large photo": lambda c: upon(cv2.resize(c, None, fx=0.5, fy=0.5), (3000, 4000)),
    "with a glare": lambda c: glared(upon(c)),
    "grey": lambda c: upon(c)[..., 0],
}


def glared(picture: np.ndarray) -> np.ndarray:
    y, x = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    glare = 170 * np.exp(-((x - 500) ** 2 + (y - 350) ** 2) / (2 * 140**2))
    return np.clip(picture + glare[..., None], 0, 255).astype(np.uint8)


@pytest.mark.parametrize("how", SPOILED)
@pytest.mark.parametrize("payload", ["CHSI:8d1f20", "https://example.test/c?k=" + "a8Fk20Zq" * 10])
def test_a_picture_of_a_code_is_read(how, payload):
    assert read_codes(SPOILED[how](drawn(payload))) == [payload]


@given(st.text(alphabet=st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=300))
@settings(max_examples=40, deadline=None)
def test_every_ascii_payload_comes_back_to_the_letter(payload):
    assert read(drawn(payload)) == [payload]


def test_chinese_comes_back():
    assert read(drawn("学信网图像采集码：李明")) == ["学信网图像采集码：李明"]


def test_two_codes_are_both_read():
    both = np.hstack([drawn("first", quiet=8), drawn("second", quiet=8)])
    assert sorted(read_codes(both)) == ["first", "second"]


@pytest.mark.parametrize(
    "empty",
    [np.full((60, 80, 3), 255, np.uint8), np.zeros((1, 1, 3), np.uint8)],
)
def test_nothing_is_read_where_nothing_is(empty):
    assert read_codes(empty) == []
    assert locate(empty[..., 0]) is None


def test_a_hopeless_picture_is_given_up_in_time():
    noise = np.random.default_rng(5).integers(0, 256, (1200, 1600), dtype=np.uint8)
    begun = time.monotonic()
    assert read_codes(noise, patience_s=0.2) == []
    assert time.monotonic() - begun < 20  # one pass of the slowest reader, on however busy a machine


def test_both_readers_give_the_same_text_so_that_a_digest_is_the_same():
    for payload in ("CHSI:8d1f20/+=", "学信网图像采集码：李明", "line\r\nbreak  two spaces "):
        assert by_zbar(drawn(payload)) == by_zxing(drawn(payload)) == [payload]


def test_noise_is_no_code():
    noise = np.random.default_rng(5).integers(0, 256, (150, 200, 3), dtype=np.uint8)
    assert read_codes(noise) == []


def test_other_barcodes_are_not_read():
    stripes = np.full((200, 400), 255, np.uint8)
    stripes[40:160, 40:360:7] = 0
    assert read_codes(stripes) == []


def test_a_quick_look_sees_what_its_preparation_is_for():
    code = upon(drawn("CHSI:8d1f20"), (480, 640))[..., 0]
    assert look(code, Look.PLAIN) == ["CHSI:8d1f20"]
    assert look(255 - code, Look.PLAIN) == ["CHSI:8d1f20"]


def test_a_code_too_damaged_to_read_is_still_located():
    code = drawn("CHSI:8d1f20", module=8)
    code[72:-72, 72:-72] = np.where(np.random.default_rng(3).random(code[72:-72, 72:-72].shape) < 0.5, 20, 240)
    picture = cv2.GaussianBlur(upon(code, (480, 640))[..., 0], (0, 0), 1.0)
    assert read(picture) == []
    corners = locate(picture)
    assert corners is not None
    assert np.linalg.norm(corners.mean(axis=0) - (320, 240)) < 30
