"""The plans that a station's rosters brought, for commands that work without it running."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.ledger.store import Ledger
    from appliance.platform.contract import Plan


def plans_of(ledger: Ledger) -> list[Plan]:
    """Every plan on this station, expired ones too; none before it is enrolled."""
    from appliance.platform.identity import NotEnrolled, StationIdentity
    from appliance.platform.roster_store import RosterStore

    try:
        identity = StationIdentity.load(ledger.data_dir / "keys")
    except (NotEnrolled, ValueError):
        return []
    rosters, _refused = RosterStore(ledger.data_dir / "rosters", identity).load(now=None)
    return [roster.plan for roster in rosters]
