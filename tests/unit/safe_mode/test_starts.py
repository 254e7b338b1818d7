"""Three starts in a row that failed, whatever ended them, and one that worked."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.safe_mode.guard import DEFAULT_PORT, StartGuard, address, guarded
from appliance.safe_mode.starts import CUT_LIMIT, FILE, LIMIT, Start, Starts


def why(error: BaseException) -> str:
    return str(error)


def broken() -> int:
    raise RuntimeError("the ledger is damaged")


def test_the_fourth_start_after_three_failures_is_none(tmp_path: Path) -> None:
    for number in range(LIMIT):
        guard = StartGuard(tmp_path)
        assert guard.begin(), number
        with pytest.raises(RuntimeError):
            guarded(guard, broken, why)
    assert not StartGuard(tmp_path).begin()
    assert Starts(tmp_path).read() == Start(LIMIT, ("the ledger is damaged",) * LIMIT)


def test_a_start_that_was_killed_counts_although_nobody_said_why(tmp_path: Path) -> None:
    for _ in range(LIMIT):  # systemd kills what hangs
        assert StartGuard(tmp_path).begin()
    assert not StartGuard(tmp_path).begin()


def test_a_start_whose_machine_lost_its_power_does_not_count(tmp_path: Path) -> None:
    for number in range(CUT_LIMIT + 5):  # now and then it came so far that it was ready
        starts = Starts(tmp_path, boot=f"boot {number}")
        assert not starts.read().too_many, number
        starts.begin()
        if number % 4 == 3:
            starts.ready()
    assert Starts(tmp_path, boot="the next").read().failed == 0


def test_a_start_that_brings_the_machine_down_every_time_ends_on_the_small_page(tmp_path: Path) -> None:
    for number in range(CUT_LIMIT):
        assert not Starts(tmp_path, boot=f"boot {number}").read().too_many
        Starts(tmp_path, boot=f"boot {number}").begin()
    assert Starts(tmp_path, boot="the next").read().too_many


def test_failures_before_a_power_cut_stay_counted(tmp_path: Path) -> None:
    first = Starts(tmp_path, boot="first")
    for _ in range(LIMIT - 1):
        first.begin()
        first.failed("the ledger is damaged")
    first.begin()  # and the power goes
    then = Starts(tmp_path, boot="then")
    assert then.read() == Start(LIMIT - 1, ("the ledger is damaged",) * (LIMIT - 1), cut=1)
    then.begin()
    then.failed("the ledger is damaged")
    assert then.read().too_many


def test_one_that_works_starts_the_count_anew(tmp_path: Path) -> None:
    StartGuard(tmp_path).begin()
    guard = StartGuard(tmp_path, steady_s=0.01)
    guard.begin()

    def serve() -> int:
        guard.ready()
        return 0

    assert guarded(guard, serve, why) == 0
    assert Starts(tmp_path).read() == Start()
    assert not (tmp_path / FILE).exists()


def test_one_that_breaks_down_right_after_it_was_ready_counts(tmp_path: Path) -> None:
    guard = StartGuard(tmp_path, steady_s=60)
    guard.begin()

    def serve() -> int:
        guard.ready()
        return broken()

    with pytest.raises(RuntimeError):
        guarded(guard, serve, why)
    assert Starts(tmp_path).read().failed == 1


def test_another_release_begins_with_all_its_tries(tmp_path: Path) -> None:
    for _ in range(LIMIT):
        Starts(tmp_path, "0.2.0-new").begin()
    assert Starts(tmp_path, "0.2.0-new").read().failed == LIMIT
    assert Starts(tmp_path, "0.1.0-old").read() == Start()


def test_once_more_is_one_real_try(tmp_path: Path) -> None:
    for _ in range(LIMIT):
        StartGuard(tmp_path).begin()
    Starts(tmp_path).once_more()
    assert StartGuard(tmp_path).begin()
    assert not StartGuard(tmp_path).begin()


@pytest.mark.parametrize("text", ["", "{", '{"failed": "many", "reasons": []}', '{"failed": 1}', "[1]", "x" * 100_000])
def test_a_damaged_count_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert Starts(tmp_path).read() == Start()
    assert StartGuard(tmp_path).begin()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('host = "10.0.0.1"\nport = 443', ("10.0.0.1", 443)),
        ("port = 70000", ("0.0.0.0", DEFAULT_PORT)),
        ("port = true", ("0.0.0.0", DEFAULT_PORT)),
        ("this is no = = toml", ("0.0.0.0", DEFAULT_PORT)),
    ],
)
def test_the_page_finds_its_address_in_a_file_that_may_be_what_is_broken(
    tmp_path: Path, text: str, expected: tuple[str, int]
) -> None:
    file = tmp_path / "station.toml"
    file.write_text(text)
    assert address(str(file)) == expected
    assert address(str(tmp_path / "missing")) == ("0.0.0.0", DEFAULT_PORT)


def test_numbers_of_people_in_a_reason_are_cut(tmp_path: Path) -> None:
    starts = Starts(tmp_path)
    starts.begin()
    starts.failed("roster row 310101200001011234: no such class")
    assert starts.read().reasons == ("roster row 3101****: no such class",)
