"""What plans ask of delivery: which links originals may use, and how long captures stay. Kept as one note of the ledger.

A plan once known stays known, so that what was captured for it is still treated as it asked when it left the rosters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from appliance.ledger.store import Ledger
from appliance.platform.contract import Plan

NOTE = "delivery.plans"
Originals = Literal["any", "unmetered"]


@dataclass(frozen=True, slots=True)
class PlanRules:
    """One plan's wishes; the defaults are the contract's."""

    originals: Originals = "any"
    retention_days: int = 30


def known_plans(ledger: Ledger) -> Mapping[str, PlanRules] | None:
    """Rules by plan id; None when no roster was looked at yet."""
    text = ledger.note(NOTE)
    return None if text is None else {plan_id: PlanRules(**rules) for plan_id, rules in json.loads(text).items()}


def keep_plans(ledger: Ledger, plans: Iterable[Plan]) -> None:
    """Keep the rules of `plans` beside those known before; nothing is written when nothing changed."""
    before = known_plans(ledger)
    after = {**(before or {}), **{plan.id: PlanRules(plan.originals, plan.retention_days) for plan in plans}}
    if after != before:
        ledger.keep_note(NOTE, json.dumps({plan_id: asdict(rules) for plan_id, rules in after.items()}))
