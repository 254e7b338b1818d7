"""How well and how fast capture codes are read: ZBar, zxing-cpp, OpenCV and the station's own way, on the same pictures.

    python tests/bench/codes.py [--real FOLDER] [--codes N]

Real pictures: every file of FOLDER with a `.txt` beside it that holds the text (skipped when there is no such folder).
Made pictures: `code_pictures.made`. Paired: every reader sees every picture, one after the other, in one thread; times are
CPU milliseconds, medians with the 95th percentile, so that a busy machine tells the same. "preview" is what the scanner
does with frames: looks in turn until one reads, at most so many as fit into a second.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from code_pictures import WAYS, made
from numpy.typing import NDArray

from firmware.scanner.codes import LOOKS, grey_of, look, read_codes
from firmware.scanner.readers import by_opencv, by_zbar, by_zxing

Picture = NDArray[np.uint8]
LOOKS_A_SECOND = 16


def preview(grey: Picture) -> list[str]:
    """Looks in turn, as at a code held still for a second."""
    for turn in range(min(LOOKS_A_SECOND, len(LOOKS))):
        found = look(grey, LOOKS[turn])
        if found:
            return found
    return []


READERS: dict[str, Callable[[Picture], list[str]]] = {
    "pyzbar": by_zbar,
    "zxing-cpp": by_zxing,
    "OpenCV": by_opencv,
    "ours (file)": read_codes,
    "ours (preview)": preview,
}


@dataclass
class Tally:
    """One reader on one set."""

    pictures: int = 0
    read: int = 0
    wrong: int = 0
    times: list[float] = field(default_factory=list)

    def row(self) -> str:
        """Read rate, wrong texts, milliseconds."""
        ordered = sorted(self.times)
        late = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        return (
            f"{self.read:5d}/{self.pictures:<5d} {self.read / self.pictures:6.1%} {self.wrong:6d} "
            f"{statistics.median(ordered):8.1f} {late:8.1f}"
        )


def measured(pictures: Iterable[tuple[str, str, Picture]]) -> dict[str, dict[str, Tally]]:
    """Tallies by set and reader. A text counts as right when it is the wanted one but for line ends."""
    found: dict[str, dict[str, Tally]] = defaultdict(lambda: {name: Tally() for name in READERS})
    for name, wanted, picture in pictures:
        for reader, read in READERS.items():
            tally = found[name][reader]
            begun = time.thread_time()
            texts = read(picture)
            tally.times.append((time.thread_time() - begun) * 1000)
            tally.pictures += 1
            right = any(_even(text) == _even(wanted) for text in texts)
            tally.read += right
            tally.wrong += bool(texts) and not right
    return found


def real(folder: Path) -> Iterable[tuple[str, str, Picture]]:
    """Pictures with their text beside them."""
    for path in sorted(folder.rglob("*")):
        text = path.with_suffix(".txt")
        if path.suffix in {".png", ".jpg", ".jpeg", ".gif"} and text.exists():
            picture = cv2.imread(str(path))
            if picture is not None:
                yield f"real {path.parent.name}", text.read_text(encoding="utf-8"), grey_of(picture)


def _even(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(__file__).resolve().parents[3] / "shared" / "qr"
    parser.add_argument("--real", type=Path, default=default, help="folder of real pictures with .txt beside them")
    parser.add_argument("--codes", type=int, default=4, help="different codes, each spoiled in every way and grade")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    print(f"{'pictures':18} {'reader':15} {'read':>11} {'rate':>6} {'wrong':>6} {'cpu ms':>8} {'p95':>8}")
    if options.real.is_dir():
        _print(measured(real(options.real)))
    else:
        print(f"(no real pictures in {options.real}: skipped)")
    results = measured((f"made {it.how}", it.payload, it.pixels) for it in made(options.codes))
    _print({f"made {how}": results[f"made {how}"] for how in WAYS})
    total = {name: Tally() for name in READERS}
    for tallies in results.values():
        for name, tally in tallies.items():
            total[name].pictures += tally.pictures
            total[name].read += tally.read
            total[name].wrong += tally.wrong
            total[name].times += tally.times
    _print({"made, all": total})


def _print(results: dict[str, dict[str, Tally]]) -> None:
    for name, tallies in results.items():
        for reader, tally in tallies.items():
            print(f"{name:18} {reader:15} {tally.row()}", flush=True)


if __name__ == "__main__":
    main()
