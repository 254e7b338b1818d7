"""Cuts the power of an installed station at random moments, and counts what survived.

    sudo .venv/bin/python tests/device/power_cut.py --cuts 100 --photo FILE [--seed N] [--careless] [--container] [--minutes M]
                                                    [--json FILE]
    .venv/bin/python tests/device/power_cut_sum.py FILE...        several runs, with seeds of their own, as one table

The station is installed by `provisioning/install` and runs under its own units in a machine of its own (User Mode Linux); the
reference platform runs outside and survives. Visits go on inside; every acceptance is acknowledged on the serial console. The
machine is killed together with its disk, whose cache is lost (nbdkit), and switched on again. Then every acknowledged capture must
be there, SQLCipher's pages, the journal's chain and every file's sha256 must be right; at the end the outbox must drain and the
platform must hold every capture once. `--careless` makes every fsync a lie: then captures must be found missing, or this test could
not fail.

Exit code 0: nothing lost, doubled, altered. 1: something was. The same seed gives the same moments. The figures are written after
every cut, so that a run which is broken off has shown what it has shown; after `--minutes` it cuts no more, looks and drains.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "faults"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cut_machine import AS_STATION, PYTHON
from cut_places import CONTAINER, MACHINE, Switched, inside_a_network_of_its_own, place
from kill_loop import arrived
from power_cut_figures import Cut, Figures, row
from station_disk import HOST

from appliance.platform.reference.composition import Platform, PlatformSettings
from appliance.platform.reference.seed import demo_roster, plant
from appliance.platform.reference.serving import PlatformServer
from appliance.platform.reference.stations import new_token

HERE = Path(__file__).resolve().parent
BOOT_S = 400.0  # generous: the machine is shared
DRAIN_S = 240.0
STUCK_S = 90.0  # for a visit
MOST_VISITS = 2
EARLY = 0.2  # part of the cuts that come while it is still starting
CARELESS_UNIT = "[Service]\\nEnvironment=LD_PRELOAD=libeatmydata.so\\n"


class DidNotComeUp(RuntimeError):
    """After a cut the station did not become ready."""


class PowerCuts:
    """The whole experiment in `folder`; made inside a network of its own."""

    def __init__(self, folder: Path, photo: Path, figures: Figures, switch_on: Callable[[str], Switched]) -> None:
        self._folder, self._figures, self._switch_on = folder, figures, switch_on
        self._draw = random.Random(figures.seed)
        self._acknowledged: list[str] = []
        self._started_s, self._visit_s = 15.0, 5.0
        share = folder / "share"
        share.mkdir()
        share.chmod(0o755)
        shutil.copy(photo, share / "sitter.jpg")
        shutil.copy(HERE / "power_cut_guest.py", share)
        roster = demo_roster(24)
        people = [{"payload": s.payload, "answer": s.answer(roster.plan.verification)} for s in roster.students]
        (share / "visitors.json").write_text(json.dumps(people))
        self.platform = Platform.at(PlatformSettings(folder / "platform"))
        plant(self.platform, roster)
        self._server = PlatformServer(self.platform, host=HOST)
        self._share = share

    def run(self, cuts: int, *, until: float, figures_file: Path | None) -> None:
        """Enrol, cut `cuts` times or until `until` (monotonic), look, drain, count."""
        begun = time.monotonic()
        self._server.start()
        try:
            self._enrol()
            for number in range(1, cuts + 1):
                if time.monotonic() > until:
                    break
                self._cut(number)
                self._figures.acknowledged = len(self._acknowledged)
                self._figures.seconds = round(time.monotonic() - begun, 1)
                self._figures.write(figures_file)
            self._last_look()
        except DidNotComeUp as error:  # what a cut left behind does not start: a finding like any other
            say(str(error))
            self._figures.faults.append(f"after cut {len(self._figures.cuts)} the station did not come up")
        finally:
            self._figures.seconds = round(time.monotonic() - begun, 1)
            self._server.stop()
            self.platform.close()

    def _enrol(self) -> None:
        say("first start: keys, enrolment, roster")
        script = f"station platform enrol {self._server.address} {new_token(self.platform)} || exit 1\n"
        there = (
            "/var/lib/station/rosters/*.jws /var/lib/station/station.url"  # all that a start makes is made, and lasts
        )
        script += f"for _ in $(seq 600); do ls {there} >/dev/null 2>&1 && break; sleep 0.2; done\n"
        if self._figures.careless:
            script += "mkdir -p /etc/systemd/system/station.service.d\n"
            script += f"printf '{CARELESS_UNIT}' >/etc/systemd/system/station.service.d/careless.conf\n"
        script += f"ls {there} && systemctl stop station station-delivery; sync"
        machine = self._switch_on(script)
        try:
            machine.wait_ended(BOOT_S)
        finally:
            machine.cut()

    def _start(self, *more: str) -> Switched:
        (self._share / "acknowledged.json").write_text(json.dumps(self._acknowledged))
        named = "/var/lib/station acknowledged.json visitors.json sitter.jpg"
        script = f"exec {AS_STATION} {PYTHON} power_cut_guest.py {named} {' '.join(more)} >/dev/ttyS0"
        return self._switch_on(script)

    def _cut(self, number: int) -> None:
        # Drawn in visits, not in seconds, so that the same seed cuts at the same places on a slower machine.
        early, visits, part = self._draw.random() < EARLY, self._draw.randrange(MOST_VISITS), self._draw.uniform(0, 1.3)
        machine, checked, ready, found = self._start(), None, None, {}
        try:
            if not early:
                found = machine.heard.wait_for("checked", BOOT_S)
                checked = round(time.monotonic() - machine.since, 1)
                machine.heard.wait_for("ready", BOOT_S)
                ready = time.monotonic() - machine.since
                machine.heard.wait_accepted(visits, visits * STUCK_S)
                self._pace(machine, ready)
            time.sleep(part * (self._started_s if early else self._visit_s))
        except TimeoutError as error:
            self._figures.note(found)
            raise DidNotComeUp(f"{error}\n{machine.console()}\n{self._said()}") from error
        finally:
            machine.cut()
        self._acknowledged += machine.heard.accepted
        cut = Cut(
            number,
            "the start" if early else "visits",
            checked,
            None if ready is None else round(ready, 1),
            round(time.monotonic() - machine.since, 1),
            len(machine.heard.accepted),
            found,
            machine.heard.said.get("hindered", ""),
        )
        self._figures.cuts.append(cut)
        self._figures.note(found)
        say(row(cut))

    def _pace(self, machine: Switched, ready: float) -> None:
        """Learn how long a start and a visit take here."""
        self._started_s = ready
        if machine.heard.accepted:
            self._visit_s = (time.monotonic() - machine.since - ready) / len(machine.heard.accepted)

    def _last_look(self) -> None:
        """Switched on a last time: everything there, and delivered."""
        machine, found = self._start("--drain", str(DRAIN_S)), {}
        try:
            found = machine.heard.wait_for("checked", BOOT_S)
            drained = machine.heard.wait_for("drained", BOOT_S + DRAIN_S)
        except TimeoutError as error:
            if self._figures.careless:  # what a lost write damaged is parked, and waits for a person
                self._figures.note(found)
                self._figures.faults.append("the queue did not drain")
                return
            raise RuntimeError(f"{error}\n{machine.console()}\n{self._said()}") from error
        finally:
            machine.cut()
        figures, there = self._figures, arrived(self.platform)
        figures.note(found)
        figures.acknowledged, figures.captures, figures.at_platform = len(self._acknowledged), len(drained), len(there)
        figures.lost = sorted((set(self._acknowledged) | set(drained)) - set(there))
        visits = Counter(visit for visit, _ in there.values())
        figures.doubled = sorted(set(there) - set(drained)) if not figures.careless else []
        figures.doubled += sorted(visit for visit, times in visits.items() if times > 1)
        figures.altered += [name for name, digests in drained.items() if name in there and there[name][1] != digests]
        figures.drained = True

    def _said(self) -> str:
        report = self._share / "report"
        return report.read_text(errors="replace")[-3000:] if report.is_file() else ""


def say(text: str) -> None:
    """A line for whoever watches."""
    print(text, flush=True)


def main() -> int:
    """The program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--photo", type=Path, required=True, help="somebody to photograph")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--careless", action="store_true", help="the station's fsync does nothing: must be caught")
    parser.add_argument("--container", action="store_true", help="in a container of this machine: much faster")
    parser.add_argument("--minutes", type=float, default=1e6, help="after so many it cuts no more")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    chosen = parser.parse_args()
    where = CONTAINER if chosen.container else MACHINE
    lacking = [name for name in where.needed if shutil.which(name) is None]
    if lacking or os.geteuid() != 0:
        say(f"needs root and {', '.join(lacking) or 'nothing else'}; `provisioning/setup --vm` installs it")
        return 2
    trees = inside_a_network_of_its_own(where)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the machine ends with the program
    figures = Figures(chosen.seed, chosen.careless, where.name)
    until = time.monotonic() + chosen.minutes * 60
    with tempfile.TemporaryDirectory(prefix="power-cut-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        with place(where, folder, trees) as switch_on:
            PowerCuts(folder, chosen.photo, figures, switch_on).run(chosen.cuts, until=until, figures_file=chosen.json)
    told = figures.write(chosen.json)
    say(json.dumps({name: value for name, value in told.items() if name != "cuts"}, indent=2))
    return 0 if figures.sound else 1


if __name__ == "__main__":
    sys.exit(main())
