"""Prints which packages of a lock file the running environment lacks; needs nothing but pip, even half-way."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pip._vendor.packaging.requirements import Requirement

SHOWN = 12


def missing(lock: Path) -> Iterator[str]:
    """Yield ``name==version`` for every requirement that applies here and is absent or of another version."""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith((" ", "#", "-")):
            continue  # a hash, a comment or an option
        requirement = Requirement(line.rstrip("\\").strip())
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            found = ""
        if not requirement.specifier.contains(found or "0.dev0", prereleases=True):
            yield f"{requirement.name}{requirement.specifier}"


def main() -> None:
    """Print the first few, and how many more."""
    names = list(missing(Path(sys.argv[1])))
    rest = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    sys.stdout.write(", ".join(names[:SHOWN]) + rest + "\n")


if __name__ == "__main__":
    main()
