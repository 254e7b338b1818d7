"""Platform and station fixtures, shared with other folders."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from platform_fixtures import client, counterpart, identity, ledger, platform_process

from appliance.platform.contract import Plan
from appliance.platform.reference.seed import demo_roster

__all__ = ["client", "counterpart", "identity", "ledger", "platform_process"]


@pytest.fixture
def roster_plan() -> Callable[..., Plan]:
    """A plan of the contract with some fields said otherwise."""
    plan = demo_roster(1).plan
    return lambda plan_id, **fields: Plan.model_validate({**plan.model_dump(), "id": plan_id, **fields})
