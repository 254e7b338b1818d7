"""The plans on this station, and which of them the day follows (F05)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from appliance.visit.plans import PlanOnStation
from appliance.web.answers.records import Plans
from appliance.web.bodies import PlanBody
from appliance.web.parts import Parts


def router(parts: Parts) -> APIRouter:
    """The routes under `/api/plans`."""
    routes = APIRouter(prefix="/api/plans")

    @routes.get("", response_model=Plans)
    def get_plans() -> dict[str, Any]:
        found = parts.plans.all()
        current = next((item.roster.plan.id for item in found if item.current), None)
        return {"current": current, "plans": [_shown(item) for item in found]}

    @routes.put("/current", response_model=Plans)
    def put_current(body: PlanBody) -> dict[str, Any]:
        parts.choose_plan(body.id)
        return get_plans()

    return routes


def _shown(item: PlanOnStation) -> dict[str, Any]:
    """`refused` names each key that the station cannot honour; a plan with none may be chosen."""
    roster, plan = item.roster, item.roster.plan
    return {
        "id": plan.id,
        "title": plan.title.model_dump(),
        "school": plan.school,
        "level": plan.level,
        "type": plan.type,
        "starts_on": None if plan.starts_on is None else plan.starts_on.isoformat(),
        "ends_on": None if plan.ends_on is None else plan.ends_on.isoformat(),
        "students": len(roster),
        "expires_at": roster.expires_at.isoformat(),
        "current": item.current,
        "usable": not item.refused,
        "refused": [{"key": r.key, "zh": r.message.zh, "en": r.message.en} for r in item.refused],
    }
