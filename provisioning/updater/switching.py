"""Changing from one release to another, the proof, and the way back."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from appliance.release.documents import read_document, sync_folder
from appliance.release.keys import SUFFIX, key_id, key_in
from appliance.release.places import REFUSED, Places
from provisioning.updater.judging import Judgement
from provisioning.updater.links import point
from provisioning.updater.prepare import RELEASE
from provisioning.updater.services import Services
from provisioning.updater.telling import Told, both, tell
from provisioning.updater.trial import Trial, end_trial, write_trial

Judge = Callable[[Trial, str], Judgement]
Settle = Callable[[Path], None]


class NotSettled(RuntimeError):
    """A release's units and rules could not be put in place."""


def settle_units(release: Path) -> None:
    """Let a release's own installer put its units and rules in place. Raises `NotSettled` with the end of what it said."""
    command = [str(release / "bin/python"), "-m", "provisioning.installer", "--part", "units", "--no-start"]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=release, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    print(done.stderr, end="", flush=True)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "FAILED" in line] or done.stderr.splitlines()[-1:]
        raise NotSettled(" ".join(said))


class Switch:
    """Moves a device between releases; everything it does is written down before."""

    def __init__(self, places: Places, services: Services, judge: Judge, settle: Settle = settle_units) -> None:
        self._places, self._services, self._judge, self._settle = places, services, judge, settle

    def forward(self, trial: Trial) -> None:
        """Begin the trial: the other release's units, its link, its processes."""
        tell(self._places, self._told(trial, "applying", both("正在切换并检查新版本", "changing over, then checking")))
        write_trial(self._places, trial)
        (self._places.releases / trial.version / REFUSED).unlink(missing_ok=True)
        self._services.stop()
        try:
            self._run(trial.version)
        except (OSError, NotSettled) as error:
            self.back(trial, both(f"无法切换：{error}", f"it could not be put in place: {error}"))
            return
        self.finish(trial)

    def finish(self, trial: Trial) -> None:
        """Wait for the proof; keep the release, or go back."""
        judgement = self._judge(trial, trial.version)
        if judgement.why is None:
            self._keep(trial)
        else:
            self.back(trial, judgement.why)

    def back(self, trial: Trial, why: dict[str, str]) -> None:
        """The release before takes over; the ledger follows it by itself (`appliance.ledger.way_back`)."""
        trial = write_trial(self._places, replace(trial, undo=True))
        (self._places.releases / trial.version / REFUSED).touch()
        self._services.stop()
        self.place(trial.previous)
        self._services.start()
        well = self._judge(trial, trial.previous).well
        end_trial(self._places)
        after = both("，已自动退回", "; the version before it works again")
        if not well:
            after = both(
                "，已退回，但旧版本也没有正常工作，请看安全模式页面",
                "; the one before is not well either: see its page",
            )
        message = both(
            f"版本 {trial.version} 没有通过检查：{why['zh']}{after['zh']}",
            f"{trial.version} did not pass: {why['en']}{after['en']}",
        )
        tell(self._places, self._told(trial, "rolled-back" if well else "failed", message))

    def place(self, version: str) -> None:
        """Units and link of `version`, nothing started: also what a boot in the middle of a trial needs."""
        self._settle(self._places.releases / version)
        point(self._places.current, version)

    def _run(self, version: str) -> None:
        self.place(version)
        folder = self._places.releases / version / "systemd"
        self._services.start([path.name for kind in ("timer", "path") for path in sorted(folder.glob(f"*.{kind}"))])

    def _keep(self, trial: Trial) -> None:
        point(self._places.confirmed, trial.version)
        end_trial(self._places)
        self._renew_keys(trial.version)
        self._forget_old(trial)
        message = both(f"已更新到 {trial.version}，工作正常", f"{trial.version} runs and works")
        tell(self._places, self._told(trial, "applied", message))

    def _told(self, trial: Trial, state: str, message: dict[str, str]) -> Told:
        return Told(state, trial.number, version=trial.version, previous=trial.previous, message=message)

    def _renew_keys(self, version: str) -> None:
        """The publisher's keys from now on are those the release names, when it names any."""
        lines = [str(line) for line in read_document(self._places.releases / version / RELEASE).get("keys", [])]
        if not lines:
            return
        wanted = {f"{key_id(key_in(line))}{SUFFIX}": line for line in lines}
        self._places.keys.mkdir(parents=True, exist_ok=True)
        for name, line in wanted.items():
            (self._places.keys / name).write_text(line if line.endswith("\n") else f"{line}\n", encoding="utf-8")
        for path in self._places.keys.glob(f"*{SUFFIX}"):
            if path.name not in wanted:
                path.unlink()
        sync_folder(self._places.keys)

    def _forget_old(self, trial: Trial) -> None:
        """Two stay on the card: the one that runs, and the way back."""
        kept = {trial.version, trial.previous}
        for path in self._places.releases.iterdir():
            if path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)
