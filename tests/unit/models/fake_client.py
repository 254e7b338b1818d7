"""Stands in for pip and npm as a program: answers from a folder, or fails with the words it is given.

python fake_client.py SHELF download --dest DIR ... NAME==VERSION
python fake_client.py SHELF pack ... NAME@VERSION
"""

import shutil
import sys
from pathlib import Path


def main() -> int:
    shelf, verb, *options = sys.argv[1:]
    wanted = options[-1]
    with (Path(shelf) / "calls.log").open("a") as log:
        log.write(f"{verb} {wanted}\n")
    name, version = wanted.split("==") if verb == "download" else wanted.rsplit("@", 1)
    refusal = Path(shelf) / f"{verb}.refusal"
    if refusal.exists():
        sys.stderr.write(refusal.read_text())
        return 1
    target = Path(options[options.index("--dest") + 1]) if verb == "download" else Path.cwd()
    stem = name.replace("-", "_") if verb == "download" else name.removeprefix("@").replace("/", "-")
    for path in Path(shelf).glob(f"{stem}-{version}*"):
        shutil.copy(path, target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
