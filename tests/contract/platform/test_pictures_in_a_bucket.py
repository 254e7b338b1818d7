"""Pictures are judged out of S3-compatible storage as out of a folder: listed, fetched where judged, known when they change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from appliance.cli import program
from appliance.portrait.batch import check_many
from appliance.portrait.bucket import BucketPicture, pictures_in
from appliance.portrait.check import Source, Task
from appliance.portrait.errors import BucketUnreachable, UnreadablePicture
from appliance.portrait.picture_file import read_picture

BUCKET = "tests"  # made by the fixture


@pytest.fixture
def bucket(seaweed: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests-only")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    import boto3  # noqa: PLC0415 - of an extra

    return boto3.client("s3", endpoint_url=seaweed, region_name="us-east-1")


@pytest.fixture
def address(seaweed: str, tmp_path: Path) -> str:
    return f"s3://{BUCKET}/{tmp_path.name}/photos?endpoint={seaweed}"


def put(bucket: Any, tmp_path: Path, name: str, level: int) -> None:
    picture = cv2.imencode(".png", np.full((700, 700, 3), level, np.uint8))[1].tobytes()
    bucket.put_object(Bucket=BUCKET, Key=f"{tmp_path.name}/photos/{name}", Body=picture)


def asked(address: str, results: Path) -> list[str]:
    """What an engine is handed, given what stands in the results file."""
    handed: list[str] = []

    def engine(sources: Sequence[Source], _: Task, __: int) -> Iterator[tuple[int, dict[str, Any]]]:
        for place, source in enumerate(sources):
            handed.append(str(source).rsplit("/", 1)[1])
            yield place, {"file": str(source), "verdict": "pass"}

    list(check_many(pictures_in(address, {".png"}), Task(Path("n"), "cet"), 1, engine, results))
    return handed


def test_pictures_are_listed_read_and_known_when_they_change(bucket: Any, address: str, tmp_path: Path) -> None:
    for number, name in enumerate(("b.png", "class/a.PNG", "notes.txt")):
        put(bucket, tmp_path, name, 40 * number)
    found = pictures_in(address, {".png"})
    assert [picture.key.split("/photos/")[1] for picture in found] == ["b.png", "class/a.PNG"]
    assert read_picture(found[1]).pixels[0, 0].tolist() == [40, 40, 40]
    results = tmp_path / "results.jsonl"
    assert asked(address, results) == ["b.png", "a.PNG"]
    put(bucket, tmp_path, "b.png", 99)
    assert asked(address, results) == ["b.png"]
    bucket.delete_object(Bucket=BUCKET, Key=found[0].key)
    with pytest.raises(UnreadablePicture, match="NoSuchKey"):
        read_picture(found[0])


@pytest.mark.networks
def test_the_command_judges_a_bucket(bucket: Any, address: str, tmp_path: Path, networks_dir: Path) -> None:
    put(bucket, tmp_path, "grey.png", 120)
    answer = CliRunner().invoke(program(), ["check", address, "--json"])
    assert answer.exit_code == 1, answer.output
    [result] = json.loads(answer.stdout)
    assert result["file"].endswith("/photos/grey.png")
    assert result["verdict"] == "refuse"


def test_a_wrong_address_and_an_empty_prefix_are_said(bucket: Any, address: str) -> None:
    for wrong, said in (("s3:///photos", "s3://BUCKET"), (address, "no pictures there")):
        answer = CliRunner().invoke(program(), ["check", wrong])
        assert answer.exit_code == 2
        assert said in answer.output
    with pytest.raises(BucketUnreachable, match="cannot be listed"):
        pictures_in(address.replace(f"//{BUCKET}/", "//never-made/"), {".png"})
    assert str(BucketPicture("b", "k/1.jpg", None, "r", 1, "e")) == "s3://b/k/1.jpg"
