"""The contract suite, unchanged, on real libraries and the kernel's own devices, in a machine of its own."""

from __future__ import annotations

import pytest
from devices_suite import outcomes

pytestmark = pytest.mark.device


@pytest.fixture(scope="module")
def found(can_boot: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Outcome of every promise for every driver, from one switching-on."""
    return outcomes(tmp_path_factory.mktemp("devices") / "share")


@pytest.mark.parametrize(
    ("suite", "least"),
    [
        ("test_camera_port", 24),
        ("test_scanner_port", 16),
        ("test_lamps_port", 8),
        ("test_other_ports", 8),
        ("test_process", 3),
    ],
)
def test_every_promise_is_kept_on_the_real_thing(found: dict[str, str], suite: str, least: int) -> None:
    of_suite = {name: outcome for name, outcome in found.items() if name.startswith(suite)}
    assert {name: outcome for name, outcome in of_suite.items() if outcome not in ("PASSED", "SKIPPED")} == {}
    assert sum(outcome == "PASSED" for outcome in of_suite.values()) >= least
