"""`provisioning/install`: says what is to be done, does it, or takes it back."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from provisioning.installer import device, network, read_only, release, system, temporary_files, updates, whole
from provisioning.installer.alone import UNPACKING, alone
from provisioning.installer.context import DATA, SETTINGS, Context, StepFailed, say
from provisioning.installer.offline import install_from
from provisioning.installer.step import Step

# What an update does of all this: a release beside the running one; then, at the change, what the system reads of it.
PARTS = {"programs": ("programs", "networks"), "units": ("files", "units", "network")}


def all_steps() -> tuple[Step, ...]:
    """Every step, in order."""
    rooms = (system, temporary_files, release, updates, device, network, whole, read_only)
    return tuple(step for room in rooms for step in room.steps())


def main() -> int:
    """Exit code: 0 done, 1 a step failed."""
    context, asked = _arguments()
    try:
        if asked.bundle is not None and asked.bundle.is_file():
            flags = (("--plan", asked.plan), ("--no-start", asked.no_start), ("--read-only", asked.read_only))
            more = [flag for flag, given in flags if given]
            with alone(context.root, UNPACKING):
                return install_from(asked.bundle, context.source, context.keys, more, downgrade=asked.allow_downgrade)
        steps = [step for step in all_steps() if step.wanted(context)]
        if asked.part is not None:
            steps = [step for step in steps if step.name in PARTS[asked.part]]
        if asked.plan:
            _plan(context, steps)
            return 0
        if asked.part is not None:  # the updater's, which sees to its order itself
            _install(context, steps)
            return 0
        with alone(context.root):
            read_only.refuse_when_read_only(context)
            (_uninstall if asked.uninstall else _install)(context, steps)
    except (StepFailed, OSError) as error:
        say(f"FAILED: {error}")
        say("what was done stays done; the same command goes on from here")
        return 1
    return 0


def _plan(context: Context, steps: list[Step]) -> None:
    for step in steps:
        print(f"{'there' if step.done(context) else 'to do':6} {step.title(context)}")


def _install(context: Context, steps: list[Step]) -> None:
    begun = time.monotonic()
    for number, step in enumerate(steps, start=1):
        if step.done(context):
            say(f"[{number}/{len(steps)}] {step.title(context)}: there")
            continue
        say(f"[{number}/{len(steps)}] {step.title(context)}")
        started = time.monotonic()
        step.do(context)
        taken = time.monotonic() - started
        if taken > 2:
            say(f"  done in {taken:.0f} s")
    if len(steps) < len(all_steps()) // 2:
        return
    say(
        f"this is a station now ({time.monotonic() - begun:.0f} s). Next: journalctl -u station -n 20 shows its pairing code"
    )


def _uninstall(context: Context, steps: list[Step]) -> None:
    for step in reversed(steps):
        say(f"taking back: {step.name}")
        step.undo(context)
    kept = "removed as well" if context.purge else f"kept in /{DATA} and /{SETTINGS}"
    say(f"uninstalled; captures, keys and settings are {kept}. apt packages stay")


def _arguments() -> tuple[Context, argparse.Namespace]:
    parser = argparse.ArgumentParser(
        prog="provisioning/install", description="Turns this machine into a capture station."
    )
    parser.add_argument("--plan", action="store_true", help="only say what would be done")
    parser.add_argument(
        "--uninstall", action="store_true", help="take everything back; captures, keys and settings stay"
    )
    parser.add_argument("--purge", action="store_true", help="with --uninstall: remove captures, keys and settings too")
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="FILE|DIR",
        help="a signed bundle, or one unpacked: no network is asked for packages",
    )
    parser.add_argument(
        "--release-key", type=Path, action="append", default=[], metavar="FILE",
        help="a publisher's public key: bundles it signed are installed here",
    )  # fmt: skip
    parser.add_argument("--allow-downgrade", action="store_true", help="with a bundle: take an older version too")
    parser.add_argument("--part", choices=sorted(PARTS), help="only this part (what an update does)")
    parser.add_argument("--no-start", action="store_true", help="enable the units without starting them (for images)")
    parser.add_argument(
        "--read-only", action="store_true",
        help=f"from the next start on the root file system is only read; what must last is on LABEL={read_only.LABEL}",
    )  # fmt: skip
    asked = parser.parse_args()
    if asked.read_only and asked.no_start:
        parser.error("--read-only is for a machine that runs: its data moves to another partition")
    if asked.uninstall and (asked.bundle or asked.plan or asked.part):
        parser.error("--uninstall goes with --purge only")
    if asked.plan and asked.bundle and os.geteuid() != 0:
        parser.error("a bundle is unpacked before it is planned with: type it with sudo")
    if asked.purge and not asked.uninstall:
        parser.error("--purge goes with --uninstall")
    if asked.bundle and not asked.bundle.is_file() and not (asked.bundle / "wheels").is_dir():
        parser.error(f"{asked.bundle} is no bundle, nor a folder with `wheels`; make one with provisioning/bundle")
    source = Path(__file__).resolve().parents[2]
    keys = tuple(asked.release_key)
    made = Context(
        source, bundle=asked.bundle, start=not asked.no_start, purge=asked.purge, keys=keys, read_only=asked.read_only
    )
    return made, asked


if __name__ == "__main__":
    sys.exit(main())
