"""What ends a station ends all its parts, in the time of the slowest one."""

from __future__ import annotations

import threading

from structlog.testing import capture_logs

from appliance.stopping import stop_together


def test_each_is_asked_before_any_is_waited_for() -> None:
    everyone = threading.Barrier(3)  # broken, had they come one after the other
    stop_together([lambda: bool(everyone.wait(20))] * 3)  # type: ignore[list-item]
    assert not everyone.broken


def test_one_that_fails_is_reported_and_keeps_no_other_on() -> None:
    ended: list[str] = []

    def fails() -> None:
        raise OSError("the cable is out")

    with capture_logs() as logs:
        stop_together([lambda: ended.append("first"), fails, lambda: ended.append("last")])
    assert sorted(ended) == ["first", "last"]
    assert [entry["event"] for entry in logs] == ["stop.failed"]
