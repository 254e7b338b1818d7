"""`python3 -m provisioning.image.clean TREE`: takes out of a tree what belongs to one system alone (`unique.toml`)."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path


def clean(tree: Path) -> list[str]:
    """Remove and empty what `unique.toml` lists; the paths that were there, as text below the root. Raises `OSError`."""
    listed = tomllib.loads(Path(__file__).with_name("unique.toml").read_text(encoding="utf-8"))
    gone = []
    for row in listed["removed"]:
        # The deepest first, so that folders are empty when their turn comes.
        for path in sorted(tree.glob(row["path"]), key=lambda found: len(found.parts), reverse=True):
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
                continue
            path.unlink()
            gone.append(str(path.relative_to(tree)))
    for row in listed["emptied"]:
        for path in tree.glob(row["path"]):
            if path.read_bytes():
                path.write_bytes(b"")
                gone.append(str(path.relative_to(tree)))
    return gone


def main() -> int:
    """Exit code 2 without a tree."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "etc").is_dir():
        print(
            "usage: python3 -m provisioning.image.clean TREE   (a root file system that is not running)",
            file=sys.stderr,
        )
        return 2
    if Path(sys.argv[1]).resolve() == Path("/"):
        print("clean: / is this machine itself; name the tree of an image", file=sys.stderr)
        return 2
    gone = clean(Path(sys.argv[1]))
    print(f"clean: {len(gone)} files of one system alone taken out")
    return 0


if __name__ == "__main__":
    sys.exit(main())
