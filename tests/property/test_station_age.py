"""However clocks jump, a station never believes that more time passed than did: deleting is only ever late."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.outbox.age import Age, Instant

YEAR = 365 * 86_400.0
JUMPS = st.sampled_from([-YEAR, -3600.0, 0.0, 0.0, 0.0, 3600.0, YEAR])
STEPS = st.lists(
    st.tuples(st.floats(min_value=0, max_value=40 * 86_400.0), st.booleans(), JUMPS), min_size=1, max_size=30
)


def lived(steps: list[tuple[float, bool, float]], *, platform_jumps: bool) -> tuple[float, float]:
    """Believed and true seconds after steps of (seconds, rebooted, where the one wrong clock now stands off)."""
    truth, boot, booted_at = 0.0, 0, 0.0
    age = Age(0.0, Instant("boot-0", 0.0, 0.0, 0.0))
    for seconds, rebooted, off in steps:
        truth += seconds
        if rebooted:
            boot, booted_at = boot + 1, truth
        wrong_platform, wrong_wall = (off, 0.0) if platform_jumps else (0.0, off)
        age = age.advanced(Instant(f"boot-{boot}", truth - booted_at, truth + wrong_platform, truth + wrong_wall))
    return age.seconds, truth


@given(steps=STEPS, platform_jumps=st.booleans())
def test_the_believed_age_never_runs_ahead_of_the_truth(
    steps: list[tuple[float, bool, float]], platform_jumps: bool
) -> None:
    believed, truth = lived(steps, platform_jumps=platform_jumps)
    assert believed <= truth + 1e-3


@given(steps=STEPS)
def test_with_clocks_that_are_right_nothing_is_lost(steps: list[tuple[float, bool, float]]) -> None:
    believed, truth = lived([(seconds, rebooted, 0.0) for seconds, rebooted, _ in steps], platform_jumps=True)
    assert abs(believed - truth) < 1e-3


def test_within_one_boot_both_clocks_may_jump() -> None:
    age = Age(0.0, Instant("b", 0.0, 0.0, 0.0)).advanced(Instant("b", 60.0, YEAR, YEAR))
    assert age.seconds == 60.0
