"""`python -m provisioning.updater run|boot|status`: what the units `station-apply` and `station-guard` call."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from appliance.release.places import Places
from provisioning.updater.judging import Judgement, judge
from provisioning.updater.links import point
from provisioning.updater.prepare import build_release
from provisioning.updater.services import Services
from provisioning.updater.switching import Settle, Switch, settle_units
from provisioning.updater.trial import Trial, after_boot, read_trial, write_trial
from provisioning.updater.work import answer_questions, finish_trial


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 whatever became of a release: what was done is told, and a failed unit would only be noise."""
    parser = argparse.ArgumentParser(prog="python -m provisioning.updater", description=__doc__)
    parser.add_argument("do", choices=("run", "boot", "status"))
    parser.add_argument("--root", type=Path, default=Path("/"), help="the file system to work in")
    asked = parser.parse_args(arguments)
    places, services = Places(asked.root), Services()
    if asked.do == "status":
        print(json.dumps(_status(places), ensure_ascii=False, indent=1))
        return 0
    if asked.do == "boot":
        if at_boot(places):
            services.pull()
        return 0

    def judged(trial: Trial, version: str) -> Judgement:
        return judge(places, services, trial, version)

    switch = Switch(places, services, judged)
    finish_trial(places, switch)
    answer_questions(places, switch, build_release)
    return 0


def at_boot(places: Places, settle: Settle = settle_units) -> bool:
    """Before the station starts: count the start of a release on trial, and put the one before in place when it had its chances.

    `settle` puts the units of a release in place, also where the system forgot them; True when it had to.
    """
    trial = read_trial(places)
    if trial is None:
        if places.named(places.confirmed) is None and (current := places.named(places.current)):
            point(places.confirmed, current)
    else:
        trial = write_trial(places, after_boot(trial, places.named(places.current)))
        if trial.undo:
            settle(places.releases / trial.previous)
            point(places.current, trial.previous)
            return True
    runs = places.named(places.current)
    if runs is None or units_in_place(places, runs):
        return False
    settle(places.releases / runs)  # a root file system that is only read forgot the units that an update brought
    return True


def units_in_place(places: Places, version: str) -> bool:
    """Whether the system has the units that the release brings."""
    units = places.root / "etc/systemd/system"
    return all(
        (units / path.name).is_file() and (units / path.name).read_bytes() == path.read_bytes()
        for path in (places.releases / version / "systemd").glob("station*.*")
    )


def _status(places: Places) -> dict[str, object]:
    trial = read_trial(places)
    return {
        "current": places.named(places.current),
        "confirmed": places.named(places.confirmed),
        "releases": places.complete(),
        "on_trial": None if trial is None else trial.version,
    }


if __name__ == "__main__":
    sys.exit(main())
