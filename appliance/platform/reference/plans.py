"""Collection plans: which of them a station serves."""

from __future__ import annotations

from sqlmodel import Session, col, select

from .tables import AssignmentRow, PlanRow


def plans_of(session: Session, station_id: str) -> list[PlanRow]:
    """The plans a station serves."""
    assigned: dict[str, set[str]] = {}
    for row in session.exec(select(AssignmentRow)):
        assigned.setdefault(row.plan_id, set()).add(row.station_id)
    plans = session.exec(select(PlanRow).order_by(col(PlanRow.plan_id))).all()
    return [plan for plan in plans if station_id in assigned.get(plan.plan_id, {station_id})]
