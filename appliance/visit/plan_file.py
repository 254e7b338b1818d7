"""A plan from a file: the platform's signed roster document, as it may travel on a stick; a plain plan only where nothing is real.

PlanFileError(ValueError)   cannot be read, is not a plan, is not signed, or asks for what this station cannot do; names the key
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from appliance.platform.contract import Plan
from appliance.platform.documents import DocumentError
from appliance.platform.identity import NotEnrolled, StationIdentity
from appliance.platform.roster_store import RosterStore
from appliance.visit.plan_check import Abilities, plan_day, unhonoured

LIMIT = 20_000_000  # bytes; a roster of 20,000 students has 12 MB


class PlanFileError(ValueError):
    """The file gives no plan that can be used; the message says why and what to do."""


def plan_in(path: Path, *, stand_in: bool) -> Plan | str:
    """A plain plan, or a signed document (compact JWS) not yet verified. Raises `PlanFileError`."""
    try:
        size = path.stat().st_size
        if size > LIMIT:
            raise PlanFileError(f"{path} has {size} bytes, a plan at most {LIMIT}: is it the right file?")
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PlanFileError(f"{path} cannot be read: {error}") from error
    if not text.startswith("{"):
        return text
    if not stand_in:
        raise PlanFileError(
            f"{path} is a plain plan, which anybody could have written: with a real camera give the platform's signed "
            "roster document"
        )
    try:
        return Plan.model_validate_json(text)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'plan'}: {item['msg']}" for item in error.errors())
        raise PlanFileError(f"{path} is not a plan: {wrong}") from error


def keep_signed(token: str, keys: Path, rosters: Path, now: datetime | None) -> Plan:
    """Verify a signed roster document and keep it with the others; its plan. Raises `PlanFileError`."""
    try:
        return RosterStore(rosters, StationIdentity.load(keys)).add(token, now).plan
    except NotEnrolled as error:
        raise PlanFileError(f"a signed plan can only be checked by an enrolled station: {error}") from error
    except DocumentError as error:
        raise PlanFileError(f"the signed plan cannot be used: {error}") from error


def must_honour(plan: Plan, abilities: Abilities, now: datetime | None) -> None:
    """Raises `PlanFileError` naming every key that this station cannot honour."""
    refused = unhonoured(plan, abilities, plan_day(now))
    if refused:
        listed = "\n".join(f"  {item.message.en}\n  {item.message.zh}" for item in refused)
        raise PlanFileError(f"this station cannot honour the plan {plan.id!r}:\n{listed}")
