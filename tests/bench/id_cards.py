"""Read rate and time of the ID card reader on drawn cards: `python tests/bench/id_cards.py [--people N]`.

Cards are drawn by code for people who do not exist. Each kind is photographed for the same people; a card counts as read when
number and name are exactly right. `misread` counts numbers that were accepted (right check character) and wrong.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugins"))

from card_drawing import Pixels, dark, draw_card, glare, invented, photographed, worn

from appliance.visit.errors import UnreadableCard
from appliance.visit.id_card.reader import ChildReader
from appliance.visit.id_card.text import card_in

KINDS: dict[str, Callable[[Pixels], Pixels]] = {
    "flat": photographed,
    "far away": lambda card: photographed(card, scale=0.5),
    "turned 12°, leaning": lambda card: photographed(card, turn=12, lean=0.08, scale=0.85),
    "upside down": lambda card: photographed(card, turn=180),
    "on its side": lambda card: photographed(card, turn=90, scale=0.8),
    "worn": lambda card: worn(photographed(card)),
    "worn and turned": lambda card: worn(photographed(card, turn=-9, lean=0.05, scale=0.9)),
    "dark, 2 stops": lambda card: dark(photographed(card), 2),
    "dark, 3.5 stops": lambda card: dark(photographed(card), 3.5),
    "glare beside": lambda card: glare(photographed(card), (950, 250)),
    "glare on the number": lambda card: glare(photographed(card), (780, 690)),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=4)
    people = [invented(seed) for seed in range(arguments.parse_args().people)]
    reader = ChildReader()
    started = time.monotonic()
    reader.read(photographed(draw_card(people[0])))
    print(f"first card, with loading: {time.monotonic() - started:.1f} s")
    print(f"{'kind':24} {'read':>7} {'number':>7} {'misread':>8} {'median s':>9}")
    for kind, seen in KINDS.items():
        whole = number = wrong = 0
        times = []
        for person in people:
            picture = seen(draw_card(person))
            started = time.monotonic()
            lines = reader.read(picture)
            times.append(time.monotonic() - started)
            found = _number_and_name(lines)
            number += found is not None and found[0] == person.number
            whole += found is not None and found == (person.number, person.name)
            wrong += found is not None and found[0] != person.number
        count = len(people)
        print(
            f"{kind:24} {whole:3}/{count:3} {number:3}/{count:3} {wrong:8} {statistics.median(times):9.2f}", flush=True
        )
    reader.close()


def _number_and_name(lines: object) -> tuple[str, str | None] | None:
    try:
        found = card_in(lines, datetime.now(UTC).date())  # type: ignore[arg-type]
    except UnreadableCard:
        return None
    return found.number, found.name


if __name__ == "__main__":
    main()
