"""Whatever file somebody offers: a clear refusal, never a traceback."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from appliance.portrait.check import Task, check_file, check_files
from appliance.portrait.errors import UnreadablePicture
from appliance.portrait.picture_file import jpeg_quality, read_picture


def jpeg(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()


def noise(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)
    return Image.fromarray(cv2.GaussianBlur(pixels, (0, 0), 2))


def sixteen_bit_png() -> bytes:
    done, data = cv2.imencode(".png", np.full((40, 30, 3), 40_000, np.uint16))
    assert done
    return data.tobytes()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"hello, no picture", "no picture"),
        (b"\xff\xd8\xff\xe0", "no picture"),
        (jpeg(noise(300, 400))[:-3000], "cut short"),
        (jpeg(noise(30, 40).convert("CMYK")), "CMYK"),
        (sixteen_bit_png(), "16 bits"),
    ],
    ids=["empty", "text", "header only", "truncated", "cmyk", "16-bit"],
)
def test_a_file_that_is_no_usable_picture_is_refused_in_both_languages(data: bytes, said: str) -> None:
    with pytest.raises(UnreadablePicture, match=said) as caught:
        read_picture(data)
    assert caught.value.message.zh != caught.value.message.en


def test_fifty_megapixels_are_refused_before_they_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    Image.new("1", (10_000, 5_000)).save(out, "PNG")

    def decode(*_: object) -> None:
        pytest.fail("decoded")

    monkeypatch.setattr(cv2, "imdecode", decode)
    with pytest.raises(UnreadablePicture, match="50 megapixels"):
        read_picture(out.getvalue())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_tag_is_honoured_and_recorded(orientation: int) -> None:
    upright = np.zeros((40, 60, 3), np.uint8)
    upright[:20, :30] = (255, 255, 255)  # only the upper left quarter is bright
    stored = Image.fromarray(upright)
    for turn in {
        2: (Image.Transpose.FLIP_LEFT_RIGHT,),
        3: (Image.Transpose.ROTATE_180,),
        4: (Image.Transpose.FLIP_TOP_BOTTOM,),
        5: (Image.Transpose.TRANSPOSE,),
        6: (Image.Transpose.ROTATE_90,),
        7: (Image.Transpose.TRANSVERSE,),
        8: (Image.Transpose.ROTATE_270,),
    }.get(orientation, ()):
        stored = stored.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read_picture(jpeg(stored, exif=exif, quality=95))
    assert picture.facts.orientation == orientation
    assert picture.pixels.shape == (40, 60, 3)
    quarters = [picture.pixels[y : y + 20, x : x + 30].mean() for y in (0, 20) for x in (0, 30)]
    assert quarters[0] > 200
    assert max(quarters[1:]) < 50


@pytest.mark.parametrize("quality", [40, 60, 75, 90, 95])
def test_the_quality_factor_is_read_from_the_tables(quality: int) -> None:
    image = Image.open(io.BytesIO(jpeg(noise(64, 64), quality=quality)))
    found = jpeg_quality(image.quantization)  # type: ignore[attr-defined]
    assert found is not None
    assert abs(found - quality) <= 1


@given(st.binary(max_size=400))
def test_no_bytes_lead_to_anything_but_a_refusal(data: bytes) -> None:
    with pytest.raises(UnreadablePicture):
        read_picture(data)


@given(st.integers(0, 3000), st.integers(0, 255))
def test_a_damaged_jpeg_is_read_or_refused(place: int, value: int) -> None:
    data = bytearray(jpeg(noise(48, 64)))
    data[place % len(data)] = value
    with contextlib.suppress(UnreadablePicture):
        assert read_picture(bytes(data)).pixels.dtype == np.uint8


PLAIN = {
    "black": np.zeros((900, 900, 3), np.uint8),
    "white": np.full((900, 900, 3), 255, np.uint8),
    "one pixel": np.zeros((1, 1, 3), np.uint8),
    "a line": np.zeros((2, 2000, 3), np.uint8),
    "noise": np.asarray(noise(700, 900)),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_picture_without_a_face_gets_that_rule(tmp_path: Path, networks_dir: Path, name: str) -> None:
    path = tmp_path / "picture.jpg"
    Image.fromarray(PLAIN[name]).save(path)
    result = check_file(path, Task(networks_dir, "moe-2017-99"))
    assert result["verdict"] == "refuse"
    outcomes = {rule["id"]: rule["outcome"] for rule in result["rules"]}
    assert outcomes["subject.single"] == "fail"
    assert outcomes["eyes.open"] == "unknown"


def test_one_broken_file_does_not_stop_the_rest(tmp_path: Path, networks_dir: Path) -> None:
    good, broken, missing = tmp_path / "good.jpg", tmp_path / "broken.jpg", tmp_path / "missing.jpg"
    noise(600, 800).save(good)
    broken.write_bytes(b"broken")
    results = dict(check_files([good, broken, missing], Task(networks_dir, "moe-2017-99"), workers=2))
    assert results[0]["verdict"] == "refuse"
    assert "error" in results[1]
    assert "cannot be opened" in results[2]["error"]["en"]
