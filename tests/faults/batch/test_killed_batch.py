"""`station check` over a folder, its processes killed: every picture is judged, and none twice after a new start."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from platform_fixtures import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.networks]


@pytest.fixture
def folder(tmp_path: Path, networks_dir: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(4):
        assert cv2.imwrite(str(folder / f"{number}.png"), np.full((700, 700, 3), 20 * number, np.uint8))
    return folder


def check(folder: Path, results: Path, engine: str) -> subprocess.Popen[str]:
    """The command as a process; warnings are errors there too, and the home folder is a test's."""
    command = [sys.executable, "-W", "error", "-m", "appliance.cli", "check", str(folder), "--jobs", "2"]
    environment = {**os.environ, "HOME": str(folder.parent)}
    return subprocess.Popen(
        [*command, "--engine", engine, "--results", str(results), "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def descendants(pid: int) -> Iterator[tuple[int, str]]:
    """Processes below `pid`, with their names."""
    for listed in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((listed / "stat").read_text().rsplit(")", 1)[1].split()[1])
            name = (listed / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if parent == pid:
            yield int(listed.name), name
            yield from descendants(int(listed.name))


def lives(pid: int) -> bool:
    """Whether it runs; one that nobody waited for has no command line any more."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def kill_a_worker(process: subprocess.Popen[str], named: str) -> None:
    """SIGKILL to the first process below `process` that is named so."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        for pid, name in descendants(process.pid):
            if named in name:
                os.kill(pid, signal.SIGKILL)
                return
        assert process.poll() is None, f"it ended before: {process.communicate()}"
        time.sleep(0.005)
    raise AssertionError(f"no process {named!r} within two minutes")


def finished(process: subprocess.Popen[str], folder: Path, results: Path) -> list[dict[str, object]]:
    """Every picture judged, refused for what it is, and written down once."""
    out, errors = process.communicate(timeout=200)
    assert process.returncode == 1, errors
    judged = json.loads(out)
    files = [str(folder / f"{number}.png") for number in range(4)]
    assert [result["file"] for result in judged] == files
    assert all(result["verdict"] == "refuse" and "error" not in result for result in judged)
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    assert sorted(line["file"] for line in lines) == files
    return lines


def test_a_folder_killed_in_the_middle_goes_on_where_it_was(folder: Path, tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    process = check(folder, results, "pool")
    while not (results.exists() and results.read_bytes().count(b"\n")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    workers = [pid for pid, _ in descendants(process.pid)]
    process.kill()
    process.communicate(timeout=60)  # its workers hold the pipe too: this ends when they have
    assert workers
    wait_until("they ended", lambda: not any(lives(pid) for pid in workers))
    before = [line for line in results.read_text().splitlines(keepends=True) if line.endswith("\n")]
    after = finished(check(folder, results, "pool"), folder, results)
    assert after[: len(before)] == [json.loads(line) for line in before], "what was judged stays as it was"


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed: the [batch] extra")
def test_on_ray_a_killed_worker_costs_no_result(folder: Path, tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    process = check(folder, results, "ray")
    kill_a_worker(process, "ray::check_file")
    finished(process, folder, results)
