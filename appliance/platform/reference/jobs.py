"""What the platform does by itself: finds payments nobody told it of, ends orders whose time is over, compares faces.

Any number of processes may run these at once: each step is guarded where it writes, and doing it twice changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select
from starlette.concurrency import run_in_threadpool

from .comparison import compare_faces
from .composition import Platform
from .order_tables import OrderRow
from .orders import settled, take_payment
from .problems import Refusal

log = logging.getLogger(__name__)
_AT_ONCE = 200


async def run_jobs(platform: Platform) -> None:
    """Again and again, until cancelled. What fails is logged and tried again the next time."""
    while True:
        await asyncio.sleep(platform.settings.jobs_every_s)
        for job in (ask_gateway, compare_faces):
            try:
                await run_in_threadpool(job, platform)
            except (SQLAlchemyError, OSError) as error:
                log.warning("%s did not end, it is tried again: %s", job.__name__, error)


def ask_gateway(platform: Platform) -> int:
    """Ask how open orders stand that are older than `ask_gateway_after_s`, and end those whose time is over; how many moved."""
    old = (platform.now() - timedelta(seconds=platform.settings.ask_gateway_after_s)).isoformat(timespec="milliseconds")
    with platform.database.read() as session:
        rows = session.exec(
            select(OrderRow)
            .where(OrderRow.state == "pending", col(OrderRow.created_at) <= old)
            .order_by(col(OrderRow.created_at))
            .limit(_AT_ONCE)
        ).all()
    moved = 0
    for row in rows:
        payment = platform.gateway.query(row.order_id)
        try:
            now = (take_payment(platform, payment) if payment else None) or row
            moved += settled(platform, now).state != "pending"
        except Refusal as refusal:
            log.error("order %s: %s", row.order_id, refusal.detail)
    return moved
