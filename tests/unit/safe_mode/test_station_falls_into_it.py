"""The real program: a station whose ledger is damaged fails, says why, and comes back as the small page until it is mended."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from appliance.safe_mode.starts import Starts


def command(data: Path, port: int) -> list[str]:
    return [
        sys.executable, "-m", "appliance.cli", "run", "--safe-mode", "--data", str(data), "--port", str(port),
        "--host", "127.0.0.1", "--camera", "replay",
    ]  # fmt: skip


def test_a_damaged_ledger_ends_on_a_page_that_names_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "ledger.db").write_bytes(b"no database" * 500)
    starts = Starts(data)
    starts.begin()
    starts.begin()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "STATION_HTTPS": "0"}
    failed = subprocess.run(
        command(data, port), env=environment, capture_output=True, text=True, check=False, timeout=90
    )
    assert failed.returncode == 2, failed.stderr[-800:]
    assert "ledger" in starts.read().reasons[-1]
    assert starts.read().failed == 3

    running = subprocess.Popen(
        command(data, port), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        page = _page(f"http://127.0.0.1:{port}/", running)
        assert "安全模式" in page
        assert "ledger.db" in page
        assert _code(f"http://127.0.0.1:{port}/api/health") == 503
        form = urllib.parse.urlencode({"code": _told(running)}).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/logs", data=form, timeout=30) as answer:
            assert answer.status == 200  # what the log told is what opens
        again = urllib.request.Request(f"http://127.0.0.1:{port}/retry", data=b"", method="POST")
        with urllib.request.urlopen(again, timeout=10) as answer:
            assert answer.status == 200
        assert running.wait(20) == 75  # systemd starts it again
    finally:
        running.kill()
        said = running.communicate(timeout=10)[1]
    assert "Traceback" not in said
    assert json.loads((data / "starts.json").read_text())["failed"] == 2


def _told(running: subprocess.Popen[str]) -> str:
    """The code, where somebody who needs it finds it: among the lines that the program writes."""
    assert running.stderr is not None
    for line in running.stderr:
        if "safe mode, code " in line:
            return line.partition("safe mode, code ")[2].strip()
    raise AssertionError("no code was told")


def _page(address: str, running: subprocess.Popen[str]) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until and running.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.1)
    raise AssertionError("no page came")


def _code(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
