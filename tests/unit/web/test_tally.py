"""A flood becomes a handful of entries that add up."""

from __future__ import annotations

from typing import Any

from appliance.web.tally import Tally


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Book:
    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def __call__(self, event: str, **body: Any) -> None:
        self.entries.append({"event": event, **body})


def test_a_day_of_flood_is_some_thirty_entries_and_none_is_lost() -> None:
    ticks, book = Ticks(), Book()
    tally = Tally("access.refused", ticks)
    for second in range(24 * 3600):
        ticks.now = float(second)
        tally.add("unpaired", f"10.0.{second % 200}.{second % 250}")
        tally.flush(book)
    tally.flush(book, ending=True)
    assert sum(entry["count"] for entry in book.entries) == 24 * 3600
    assert len(book.entries) < 35
    assert max(len(entry["from"]) for entry in book.entries) == 8
    assert book.entries[0] == {
        "event": "access.refused",
        "kind": "unpaired",
        "count": 1,
        "from": book.entries[0]["from"],
    }


def test_after_a_quiet_while_the_next_is_written_at_once() -> None:
    ticks, book = Ticks(), Book()
    tally = Tally("access.refused", ticks)
    for at in (0.0, 100.0, 400.0):
        ticks.now = at
        tally.flush(book)
        tally.add("wrong-pin")
        tally.flush(book)
    assert [entry["count"] for entry in book.entries] == [1, 1, 1]


def test_kinds_are_bounded_too() -> None:
    tally, book = Tally("access.refused", Ticks()), Book()
    for number in range(500):
        tally.add(f"kind-{number}")
    tally.flush(book)
    assert len(book.entries) == 65
    assert sum(entry["count"] for entry in book.entries) == 500
