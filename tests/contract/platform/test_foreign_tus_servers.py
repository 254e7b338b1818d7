"""The station's tus client against servers others wrote, either side killed at random: the same bytes in the end, once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
import tus_sender
from foreign_tus import KINDS, ForeignServer
from tus_sender import identity_at

from appliance.outbox.tus import SMALLEST_PIECE, Original, PieceSize, TusUploader
from appliance.platform.client import PlatformClient
from appliance.platform.digests import sha256_hex

ROUNDS = int(os.environ.get("STATION_TUS_KILLS", "3"))  # kills in one upload


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ForeignServer]:
    folder = tmp_path / "kept"
    folder.mkdir()
    server = ForeignServer(request.param, folder)
    server.start()
    yield server
    server.kill()


class Sender:
    """The client as a process; `arrived` counts its pieces, over all its lives."""

    def __init__(self, address: str, file: Path) -> None:
        self._command = [sys.executable, tus_sender.__file__, address, str(file), f"{file}.state", str(SMALLEST_PIECE)]
        self.arrived = 0

    def __enter__(self) -> Sender:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)

    def pieces(self, count: int | None = None) -> None:
        """Wait until `count` more pieces arrived, or it ended."""
        assert self._process.stdout is not None
        self.arrived += sum(1 for _ in islice(self._process.stdout, count))

    def finish(self) -> None:
        self.pieces()
        assert self._process.wait(90) == 0

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.mark.faults
def test_either_side_killed_again_and_again_ends_with_the_same_bytes(server: ForeignServer, tmp_path: Path) -> None:
    draw = random.Random(7)
    data = draw.randbytes(8 * ROUNDS * SMALLEST_PIECE + 12_345)
    file = tmp_path / "original"
    file.write_bytes(data)
    with Sender(server.address, file) as sender:
        for number in range(ROUNDS):
            sender.pieces(draw.randint(1, 6))
            victims = ("server", "client", "both")[number % 3]
            if victims != "client":
                server.kill()
            if victims != "server":
                sender.kill()
                sender.start()
            server.start()
        sender.finish()
    assert sender.arrived > ROUNDS
    assert server.kept(len(data)) == [data]


def test_going_on_after_the_clients_own_death_sends_only_what_is_missing(server: ForeignServer) -> None:
    data = random.Random(8).randbytes(1_000_000)
    original, path, arrived = Original("c", data, sha256_hex(data)), list[str](), list[int]()

    class Killed(BaseException):
        """As if the power went."""

    def dies(_: int, count: int) -> None:
        arrived.append(count)
        if sum(arrived) > 400_000:
            raise Killed

    with PlatformClient(identity_at(server.address)) as client, pytest.raises(Killed):
        TusUploader(client, path.append, dies, PieceSize(SMALLEST_PIECE)).upload(original, None)
    with PlatformClient(identity_at(server.address)) as client:
        TusUploader(client, path.append, lambda _, count: arrived.append(count), PieceSize(SMALLEST_PIECE)).upload(
            original, path[0]
        )
    assert sum(arrived) == len(data)
    assert len(path) == 1
