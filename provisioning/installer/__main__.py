"""`provisioning/install`: says what is to be done, does it, or takes it back."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from provisioning.installer import device, network, release, system
from provisioning.installer.context import DATA, SETTINGS, Context, StepFailed, say
from provisioning.installer.step import Step


def all_steps() -> tuple[Step, ...]:
    """Every step, in order."""
    return (*system.steps(), *release.steps(), *device.steps(), *network.steps())


def main() -> int:
    """Exit code: 0 done, 1 a step failed."""
    context, asked = _arguments()
    steps = [step for step in all_steps() if step.wanted(context)]
    try:
        if asked.uninstall:
            _uninstall(context, steps)
        elif asked.plan:
            _plan(context, steps)
        else:
            _install(context, steps)
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
    parser.add_argument("--bundle", type=Path, metavar="DIR", help="folder of wheels and archives; no network is asked")
    parser.add_argument("--no-start", action="store_true", help="enable the units without starting them (for images)")
    asked = parser.parse_args()
    if asked.purge and not asked.uninstall:
        parser.error("--purge goes with --uninstall")
    if asked.bundle and not (asked.bundle / "wheels").is_dir():
        parser.error(f"{asked.bundle} holds no folder `wheels`; make a bundle with provisioning/bundle")
    source = Path(__file__).resolve().parents[2]
    return Context(source, bundle=asked.bundle, start=not asked.no_start, purge=asked.purge), asked


if __name__ == "__main__":
    sys.exit(main())
