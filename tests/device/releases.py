"""Releases to install, made from this checkout: one as it is, one newer, one that does not come up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from appliance.release.bundle import unpack_bundle
from appliance.release.keys import key_id, key_in

ROOT = Path(__file__).resolve().parents[2]
# A release that leads the ledger to a schema of its own, and then ends before it is ready.
STEP = '''"""Schema 99: a table that only this release knows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Add it."""
    op.create_table("novelty", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade(op: Operations) -> None:
    """Drop it."""
    op.drop_table("novelty")
'''


class Releases:
    """Bundles in `folder`, signed by a publisher of their own; wheels are fetched once."""

    def __init__(self, folder: Path, python: str) -> None:
        self._folder, self._python = folder, python
        self.key = folder / "publisher"
        self._run(ROOT, "key", str(self.key), "--name", "device-test")
        self.public = folder / "publisher.pub"
        self._wheels: Path | None = None

    def as_it_is(self, debs: Path) -> Path:
        """This checkout, with the distribution's packages in `debs`."""
        made = self._make(self._copy("plain"), "--debs", str(debs))
        public = key_in(self.public.read_text(encoding="utf-8"))
        with made.open("rb") as file:
            unpack_bundle(file, {key_id(public): public}, self._folder / "unpacked")
        self._wheels = self._folder / "unpacked/wheels"
        return made

    def newer(self, version: str) -> Path:
        """The same with another number."""
        return self._make(self._renumbered(version))

    def broken(self, version: str) -> Path:
        """One that migrates the ledger and then never becomes ready."""
        tree = self._renumbered(version)
        steps = tree / "appliance/ledger/migrations/__init__.py"
        text = steps.read_text(encoding="utf-8")
        (steps.parent / "m9999_novelty.py").write_text(STEP, encoding="utf-8")
        start = text.index("STEPS: Sequence[str] = (")
        end = text.index(")\n", start)
        steps.write_text(f'{text[:end]}, "m9999_novelty"{text[end:]}', encoding="utf-8")
        serve = tree / "appliance/serve.py"
        text = serve.read_text(encoding="utf-8")
        marker = "    running = alone(settings.data_dir)\n"
        assert marker in text
        serve.write_text(text.replace(marker, f'    raise SystemExit("this release does not come up")\n{marker}'))
        subprocess.run(["git", "-C", str(tree), "add", "-A"], check=True)
        return self._make(tree)

    def _renumbered(self, version: str) -> Path:
        tree = self._copy(version)
        project = tree / "pyproject.toml"
        lines = project.read_text(encoding="utf-8").splitlines(keepends=True)
        lines = [f'version = "{version}"\n' if line.startswith("version = ") else line for line in lines]
        project.write_text("".join(lines), encoding="utf-8")
        return tree

    def _copy(self, name: str) -> Path:
        tree = self._folder / name
        tree.mkdir()
        listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], check=True, capture_output=True).stdout
        archive = subprocess.run(
            ["tar", "-C", str(ROOT), "--null", "-T", "-", "-cf", "-"], input=listed, check=True, capture_output=True
        )
        subprocess.run(["tar", "-C", str(tree), "-xf", "-"], input=archive.stdout, check=True)
        author = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
        for command in (["init", "-q"], ["add", "-A"], [*author, "commit", "-q", "-m", "a release"]):
            subprocess.run(["git", "-C", str(tree), *command], check=True)
        return tree

    def _make(self, tree: Path, *also: str) -> Path:
        wheels = [] if self._wheels is None else ["--wheels", str(self._wheels)]
        more = ["--out", str(self._folder), "--python", self._python, "--notes-zh", "试用", "--notes-en", "a trial"]
        told = self._run(tree, "make", "--key", str(self.key), *more, *wheels, *also)
        return Path(told.strip().splitlines()[-1])

    def _run(self, tree: Path, *arguments: str) -> str:
        environment = {**os.environ, "PYTHON": sys.executable}
        done = subprocess.run(
            [str(tree / "provisioning/bundle"), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def have_room(folder: Path) -> bool:
    """Whether so many releases fit."""
    return shutil.disk_usage(folder).free > 6_000_000_000
