"""Delivery beside plain curl on the same link: paired, median of the ratios. The link is the proxy, without faults, at a rate.

Curl sends the same originals by PUT to a server that throws them away; the station sends whole captures (record, photo, original
by tus with checks, receipt) to the platform, which makes everything durable. The ratio is of original bytes a second.
"""

from __future__ import annotations

import http.server
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from chaos_proxy import ChaosProxy
from platform_fixtures import PlatformProcess, accept, at_address, make_capture, wait_until

from appliance.ledger.store import Ledger
from appliance.outbox import controls
from appliance.outbox.process import KEYS
from appliance.outbox.status import queue_status
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.seed import demo_roster

ORIGINALS, BYTES = 4, 4_000_000
ROUNDS = 3
LEAST = 0.8
MBIT_S = (5, 20, 50)  # poor and good 4G, a school's Wi-Fi


class _Sink(http.server.BaseHTTPRequestHandler):
    """Takes everything, keeps nothing."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        left = int(self.headers["Content-Length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, 1 << 16)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def sink() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Sink) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def at_rate(port: int, mbit_s: float) -> ChaosProxy:
    """A link to a port: so many megabits a second towards the platform, whatever the number of connections."""
    return ChaosProxy(("127.0.0.1", port), up_bytes_per_s=round(mbit_s * 125_000))


def by_curl(port: int, mbit_s: float, files: list[Path]) -> float:
    """Bytes a second."""
    with at_rate(port, mbit_s) as link:
        begun = time.monotonic()
        for file in files:
            command = ["curl", "--silent", "--fail", "--noproxy", "*", "-H", "Expect:", "-T", str(file)]
            subprocess.run([*command, f"{link.address}/{file.name}"], check=True)
        return ORIGINALS * BYTES / (time.monotonic() - begun)


@contextmanager
def delivering(ledger: Ledger, address: str, identity: StationIdentity) -> Iterator[None]:
    """The delivery process itself, paused, reaching its platform at `address`."""
    controls.pause(ledger)
    at_address(identity, address).save(ledger.data_dir / KEYS)
    command = [sys.executable, "-m", "appliance.outbox", str(ledger.data_dir)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_until("it reached the platform", lambda: queue_status(ledger)["online"] is True, 60)
        yield
    finally:
        process.terminate()
        process.wait(10)


def by_station(ledger: Ledger, identity: StationIdentity) -> float:
    """Original bytes a second, from the word to go on to the last receipt."""
    controls.pause(ledger)
    for student in demo_roster(ORIGINALS).students:
        accept(ledger, make_capture(identity, student, original_bytes=BYTES))
    waiting = queue_status(ledger)["receipted"] + ORIGINALS
    begun = time.monotonic()
    controls.resume(ledger)
    wait_until("receipts", lambda: queue_status(ledger)["receipted"] == waiting, 120)
    return ORIGINALS * BYTES / (time.monotonic() - begun)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is what it is measured against")
@pytest.mark.parametrize("mbit_s", MBIT_S)
def test_delivery_takes_most_of_what_plain_curl_takes(
    ledger: Ledger, platform_process: PlatformProcess, sink: int, tmp_path: Path, mbit_s: float
) -> None:
    identity = platform_process.enrol(ledger.data_dir / KEYS)
    file = tmp_path / "original"
    file.write_bytes(bytes(BYTES))
    ratios = []
    with at_rate(platform_process.port, mbit_s) as link, delivering(ledger, link.address, identity):
        for number in range(ROUNDS):
            runs = {
                "curl": lambda: by_curl(sink, mbit_s, [file] * ORIGINALS),
                "station": lambda: by_station(ledger, identity),
            }
            found = {name: runs[name]() for name in (list(runs) if number % 2 else list(runs)[::-1])}
            ratios.append(found["station"] / found["curl"])
            print(f"{mbit_s} Mbit/s: curl {found['curl'] / 1e6:.2f} MB/s, station {found['station'] / 1e6:.2f} MB/s")
    print(f"{mbit_s} Mbit/s: station / curl = {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    assert statistics.median(ratios) >= LEAST
