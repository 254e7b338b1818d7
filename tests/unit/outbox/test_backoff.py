"""Waiting: grows, is capped, is spread, and honours what the platform asks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.outbox.backoff import Backoff

FAILURES = st.integers(min_value=1, max_value=100_000)
DRAWS = st.floats(min_value=0.0, max_value=1.0, exclude_max=True)


@given(failures=FAILURES, draw=DRAWS)
def test_a_wait_is_never_negative_and_never_beyond_the_cap(failures: int, draw: float) -> None:
    assert 0.0 <= Backoff(1.0, 60.0, lambda: draw).delay(failures) <= 60.0


@given(failures=st.integers(min_value=1, max_value=40))
def test_the_bound_doubles_until_the_cap(failures: int) -> None:
    longest = Backoff(1.0, 60.0, lambda: 1.0)
    assert longest.delay(failures) == min(60.0, 2.0 ** (failures - 1))


@given(failures=FAILURES, draw=DRAWS, asked=st.floats(min_value=0, max_value=86_400))
def test_never_before_the_platform_asked_for_and_still_spread(failures: int, draw: float, asked: float) -> None:
    assert asked <= Backoff(1.0, 60.0, lambda: draw).delay(failures, asked) <= asked + 60.0


def test_a_thousand_stations_come_back_spread_over_the_whole_bound() -> None:
    backoff = Backoff(1.0, 60.0)
    waits = sorted(backoff.delay(20) for _ in range(1000))
    tenths = [sum(6.0 * n <= wait < 6.0 * (n + 1) for wait in waits) for n in range(10)]
    assert min(tenths) > 50, "full jitter leaves no tenth of the time empty"
    assert max(tenths) < 180
