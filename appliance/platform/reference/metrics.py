"""`/metrics` for Prometheus (extra `[platform]`: prometheus-client): what the tables say, the same from every process, and the
requests this process answered. No name of a person is in it; stations appear by id."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from sqlmodel import col, func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from appliance.platform.contract import Heartbeat

from .access import PlatformPart
from .composition import Platform
from .desk_access import from_here, signed_in
from .order_tables import OrderRow
from .problems import Refusal
from .tables import CaptureRow, ReportRow, ReviewRow, StationRow

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

router = APIRouter(include_in_schema=False)
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0, 60.0)
_BEARER = "Bearer "


@router.get("/metrics")
def metrics(request: Request, platform: PlatformPart) -> Response:
    """For the platform's own machine, whoever is signed in, or a scraper with the token in `keys/metrics.token`."""
    sent = request.headers.get("authorization", "")
    token_holds = hmac.compare_digest(sent.encode(), f"{_BEARER}{platform.keys.metrics}".encode())
    if not (token_holds or from_here(request) or signed_in(request, platform)):
        raise Refusal("local-only", "send Authorization: Bearer with the token in the platform's keys/metrics.token")
    registry: CollectorRegistry | None = request.app.state.metrics
    if registry is None:
        raise Refusal("not-installed", "metrics need prometheus-client: pip install 'capture-station[platform]'")
    from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415 - of an extra

    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def new_registry(platform: Platform) -> CollectorRegistry | None:
    """Where an application's figures gather; None when prometheus-client is not installed."""
    if find_spec("prometheus_client") is None:
        return None
    from prometheus_client import CollectorRegistry  # noqa: PLC0415 - of an extra

    registry = CollectorRegistry()
    registry.register(_Tables(platform))
    return registry


class RequestTimes:
    """ASGI middleware: how long answers took, by method, route and status."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        from prometheus_client import Histogram  # noqa: PLC0415 - of an extra

        self._app = app
        self._seconds = Histogram(
            "platform_request_seconds",
            "Answers of this process",
            ["method", "route", "status"],
            registry=registry,
            buckets=_BUCKETS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.monotonic(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "none")  # the template: an address would be one figure each
            self._seconds.labels(scope["method"], route, str(status)).observe(time.monotonic() - begun)


class _Tables:
    """What the tables say, at the moment they are asked."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def describe(self) -> list[Metric]:
        """Nothing: the tables are not read when the registry is made."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Captures, reviews, orders, reports, and each station's last heartbeat."""
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - of an extra

        with self._platform.database.read() as session:
            captures = session.exec(
                select(func.count(), func.count(col(CaptureRow.receipt_id))).select_from(CaptureRow)
            ).one()
            reviews = session.exec(select(ReviewRow.state, func.count()).group_by(ReviewRow.state)).all()
            orders = session.exec(select(OrderRow.state, func.count()).group_by(OrderRow.state)).all()
            reports = session.exec(select(func.count()).select_from(ReportRow)).one()
            stations = session.exec(select(StationRow)).all()
        counted = {
            "platform_captures": ("Captures by how far they are", [("known", captures[0]), ("receipted", captures[1])]),
            "platform_reviews": ("Reviews by state", reviews),
            "platform_orders": ("Orders by state", orders),
        }
        for name, (what, rows) in counted.items():
            family = GaugeMetricFamily(name, what, labels=["state"])
            for state, number in rows:
                family.add_metric([state], number)
            yield family
        yield GaugeMetricFamily("platform_reports", "Problem reports", value=reports)
        yield from self._stations(stations)

    def _stations(self, stations: Any) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - of an extra

        families = {
            name: GaugeMetricFamily(f"station_{name}", what, labels=["station"]) for name, what in _OF_A_STATION.items()
        }
        now = self._platform.now()
        for station in stations:
            families["revoked"].add_metric([station.station_id], station.revoked_at is not None)
            if station.last_seen_at is None or station.heartbeat is None:
                continue
            seen = (now - datetime.fromisoformat(station.last_seen_at)).total_seconds()
            families["silent_seconds"].add_metric([station.station_id], seen)
            beat = Heartbeat.model_validate_json(station.heartbeat)
            for name in ("waiting", "parked", "receipted", "bytes_waiting", "disk_free_bytes", "clock_offset_s"):
                value = getattr(beat, name)
                if value is not None:
                    families[name].add_metric([station.station_id], value)
        yield from families.values()


_OF_A_STATION = {
    "revoked": "Whether the station was stopped",
    "silent_seconds": "Since its last heartbeat",
    "waiting": "Captures waiting for their receipt",
    "parked": "Captures that need a person",
    "receipted": "Captures with receipt",
    "bytes_waiting": "Bytes waiting",
    "disk_free_bytes": "Free bytes of its disk",
    "clock_offset_s": "Platform's time minus its clock",
}
