"""What every step needs to know: the machine, the source, and how commands are run."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

PREFIX = "opt/capture-station"
SETTINGS = "etc/station"
DATA = "var/lib/station"
SEAL = "var/lib/station-seal"
USER = "station"
ROOMS = ("appliance", "firmware", "models")
MODEL_FILE = "proc/device-tree/model"


class StepFailed(RuntimeError):
    """A step could not be done."""


@dataclass(frozen=True)
class Context:
    """`root` is the file system to change (`/`, or a tree in tests), `source` the checkout or unpacked bundle."""

    source: Path
    root: Path = Path("/")
    bundle: Path | None = None
    start: bool = True
    purge: bool = False
    keys: tuple[Path, ...] = ()
    read_only: bool = False

    @cached_property
    def pi(self) -> bool:
        """Whether this is a Raspberry Pi."""
        model = self.root / MODEL_FILE
        return model.is_file() and b"Raspberry Pi" in model.read_bytes()

    @cached_property
    def version(self) -> str:
        """The version to install, with a digest of its sources: two different trees never share a folder."""
        project = tomllib.loads((self.source / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        digest = sha256()
        files = [path for room in ROOMS for path in sorted((self.source / room).rglob("*")) if path.is_file()]
        for path in (self.source / "pyproject.toml", self.source / self.lock_file, *files):
            if "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(self.source)).encode() + b"\0" + path.read_bytes())
        return f"{project['version']}-{digest.hexdigest()[:8]}"

    @property
    def lock_file(self) -> str:
        """The locked packages of a device."""
        return "requirements-device.lock"

    @property
    def release(self) -> Path:
        """Where this version lives; its environment's paths are absolute, so it never moves."""
        return self.root / PREFIX / "releases" / self.version

    @property
    def current(self) -> Path:
        """The link that units go through."""
        return self.root / PREFIX / "current"

    def run(self, command: Sequence[str], *, advice: str, quiet: bool = True) -> str:
        """Run a command, its output returned. Raises `StepFailed` with the end of what it said."""
        done = subprocess.run(command, capture_output=quiet, text=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            said = "\n".join(f"{done.stdout or ''}{done.stderr or ''}".strip().splitlines()[-12:])
            raise StepFailed(f"`{' '.join(command)}` ended with {done.returncode}\n{said}\n{advice}")
        return done.stdout or ""

    def succeeds(self, command: Sequence[str]) -> bool:
        """Whether a command ends with 0; False where it does not exist."""
        try:
            return not subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode
        except FileNotFoundError:
            return False


def say(text: str) -> None:
    """A line for whoever watches."""
    print(f"install: {text}", file=sys.stderr, flush=True)
