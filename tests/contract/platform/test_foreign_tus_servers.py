"""The station's tus client against servers others wrote, killed at random: the same bytes in the end.

`resumable-upload` (PyPI) is used where it is installed; `@tus/server` and `@tus/file-store` (npm) where the variable
`STATION_TUS_NODE_MODULES` names the folder they were installed in.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey
from platform_fixtures import free_port, plain, wait_until

from appliance.outbox.tus import SMALLEST_PIECE, Original, PieceSize, TusUploader
from appliance.platform.client import PlatformClient
from appliance.platform.digests import sha256_hex
from appliance.platform.errors import PlatformError
from appliance.platform.identity import StationIdentity

NODE_SERVER = """
const { Server } = require('@tus/server');
const { FileStore } = require('@tus/file-store');
const [directory, port] = process.argv.slice(1);
new Server({ path: '/v1/uploads', datastore: new FileStore({ directory }) }).listen({ host: '127.0.0.1', port: Number(port) });
"""


class ForeignServer:
    """A tus server of somebody else's, in a process; it keeps uploads in `folder`."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._environment = dict(os.environ)
        if kind == "@tus/server":
            modules = os.environ.get("STATION_TUS_NODE_MODULES")
            if modules is None or shutil.which("node") is None:
                pytest.skip("@tus/server is not installed (STATION_TUS_NODE_MODULES names its folder)")
            self._environment["NODE_PATH"] = modules
            self._command = ["node", "-e", NODE_SERVER, str(folder), str(self.port)]
        else:
            program = Path(sys.executable).parent / "resumable-upload"
            if not program.exists():
                pytest.skip("resumable-upload is not installed")
            self._command = [str(program), "serve", "--host", "127.0.0.1", "--port", str(self.port)]
            self._command += ["--base-path", "/v1/uploads", "--upload-dir", str(folder), "--db-path", f"{folder}.db"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until("the server answers", self._answers)

    def start_again(self) -> None:
        if self._process is None:
            self.start()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def _answers(self) -> bool:
        try:
            with plain(self.address) as http:
                return http.options("/v1/uploads").status_code < 500
        except httpx2.HTTPError:
            return False


@pytest.fixture(params=["@tus/server", "resumable-upload"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ForeignServer]:
    folder = tmp_path / "kept"
    folder.mkdir()
    server = ForeignServer(request.param, folder)
    server.start()
    yield server
    server.kill()


def identity_at(address: str) -> StationIdentity:
    key = OKPKey.generate_key("Ed25519")
    return StationIdentity("st-1", "x", address, Ed25519PrivateKey.generate(), (key,), key)


def test_an_upload_through_kills_of_the_server_ends_with_the_same_bytes(server: ForeignServer) -> None:
    draw = random.Random(7)
    data = draw.randbytes(3_000_000)
    original, path = Original("00000000-0000-4000-8000-000000000001", data, sha256_hex(data)), []
    arrived: list[int] = []

    def moved(_: int, count: int) -> None:
        arrived.append(count)
        if len(arrived) in {3, 9, 20}:
            server.kill()

    for _ in range(30):
        with PlatformClient(identity_at(server.address), timeout=httpx2.Timeout(5.0)) as client:
            uploader = TusUploader(client, path.append, moved, PieceSize(SMALLEST_PIECE))
            try:
                uploader.upload(original, path[-1] if path else None)
                break
            except PlatformError:
                server.start_again()
    kept = [
        file.read_bytes() for file in server.folder.rglob("*") if file.is_file() and file.stat().st_size == len(data)
    ]
    assert kept == [data]


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
