"""`station scan`: what it prints and how it exits."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
import segno
from typer import Typer
from typer.testing import CliRunner

from appliance.cli import scan


@pytest.fixture
def run():
    app = Typer()
    scan.register(app)
    app.callback()(lambda: None)  # with a single command typer would drop its name
    return lambda *arguments: CliRunner().invoke(app, ["scan", *map(str, arguments)])


@pytest.fixture
def pictures(tmp_path):
    segno.make_qr("CHSI:8d1f20").save(str(tmp_path / "code.png"), scale=6)
    cv2.imwrite(str(tmp_path / "empty.jpg"), np.full((300, 400, 3), 190, np.uint8))
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    return tmp_path


def test_a_code_is_printed_with_its_file(run, pictures):
    result = run(pictures / "code.png")
    assert result.exit_code == 0
    assert f"{pictures / 'code.png'}: CHSI:8d1f20" in result.output


def test_a_picture_without_a_code_exits_with_1_in_both_languages(run, pictures):
    result = run(pictures / "code.png", pictures / "empty.jpg")
    assert result.exit_code == 1
    assert "CHSI:8d1f20" in result.output
    assert "读不出采集码" in result.output
    assert "no code can be read" in result.output


@pytest.mark.parametrize("name", ["broken.jpg", "missing.png", "."])
def test_an_unreadable_file_exits_with_2_and_does_not_stop_the_rest(run, pictures, name):
    result = run(pictures / name, pictures / "code.png")
    assert result.exit_code == 2
    assert "CHSI:8d1f20" in result.output
    assert "Traceback" not in result.output
    told = next(line for line in result.output.splitlines() if line.startswith(str(pictures / name)))
    assert "no code can be read" not in told  # nobody could look for one


def test_json_is_for_machines(run, pictures):
    result = run("--json", pictures / "code.png", pictures / "empty.jpg", pictures / "broken.jpg")
    assert result.exit_code == 2
    code, empty, broken = json.loads(result.output)
    assert code["codes"] == ["CHSI:8d1f20"]
    assert empty["codes"] == []
    assert set(broken["error"]) == {"zh", "en"}


def test_without_files_it_is_usage(run):
    assert run().exit_code == 2
