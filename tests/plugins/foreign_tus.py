"""tus servers that others wrote, as processes to be killed: `resumable-upload` (PyPI), `@tus/server` (npm)."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from platform_fixtures import free_port, plain, wait_until

KINDS = ("@tus/server", "resumable-upload")
_NODE = Path(__file__).resolve().parents[1] / "contract" / "platform" / "tus_server"
_NPM_OPTIONS = (
    "--omit=optional",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--fetch-retries=1",
    "--loglevel=error",
)


class ForeignServer:
    """Keeps uploads in `folder`, which outlives its process; always at the same address."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._environment = dict(os.environ)
        if kind == "@tus/server":
            self._environment["NODE_PATH"] = str(node_modules())
            self._command = ["node", str(_NODE / "server.js"), str(folder), str(self.port)]
        else:
            program = Path(sys.executable).parent / "resumable-upload"
            if not program.exists():
                pytest.skip("resumable-upload is not installed: make setup-dev")
            self._command = [str(program), "serve", "--host", "127.0.0.1", "--port", str(self.port)]
            self._command += ["--base-path", "/v1/uploads", "--upload-dir", str(folder), "--db-path", f"{folder}.db"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._process is None:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            wait_until("the server answers", self._answers, 60)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def kept(self, length: int) -> list[bytes]:
        """Every file of `length` bytes it holds."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return [path.read_bytes() for path in files if path.stat().st_size == length]

    def _answers(self) -> bool:
        try:
            with plain(self.address) as http:
                return http.options("/v1/uploads").status_code < 500
        except httpx2.HTTPError:
            return False


def node_modules() -> Path:
    """The server's modules, installed once from the lock file (versions and integrity) by npm.

    Skips, with the reason, where there is no node or no network; in CI that is a failure.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are needed to run @tus/server")
    lock = (_NODE / "package-lock.json").read_bytes()
    home = Path(sys.prefix) / "share" / "station" / "tools" / f"tus-server-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not home.is_dir():
        beside = home.with_name(f".{home.name}.{os.getpid()}")
        beside.mkdir(parents=True)
        try:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(_NODE / name, beside)
            done = subprocess.run(
                ["npm", "ci", *_NPM_OPTIONS], check=False, cwd=beside, capture_output=True, text=True, timeout=240
            )
            if done.returncode != 0:
                reason = f"@tus/server could not be fetched from npm: {done.stderr.strip()[-400:]}"
                if os.environ.get("CI"):
                    raise RuntimeError(reason)
                pytest.skip(reason)
            if not home.is_dir():
                beside.replace(home)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return home / "node_modules"
