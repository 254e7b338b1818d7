"""Problem reports: kept byte for byte; what people wrote can be opened here only."""

from __future__ import annotations

from appliance.platform.contract import ProblemReport, ReportReceived
from appliance.platform.sealing import SealBroken, unseal

from .composition import Platform
from .problems import Refusal
from .tables import ReportRow


def put(platform: Platform, station_id: str, report: ProblemReport, body: bytes) -> tuple[ReportReceived, bool]:
    """Keep a report; whether it is new. The same bytes again change nothing, other bytes are refused (`other-report`)."""
    if len(body) > platform.settings.max_report_bytes:
        raise Refusal("too-large", f"the report has {len(body)} bytes, at most {platform.settings.max_report_bytes}")
    if report.sealed_text is not None:
        try:
            unseal(report.sealed_text, platform.keys.sealing)
        except SealBroken as error:
            raise Refusal("body-unreadable", f"sealed_text: {error}") from error
    report_id = str(report.report_id)
    with platform.database.write(f"report/{report_id}") as session:
        row = session.get(ReportRow, report_id)
        if row is not None and row.station_id != station_id:
            raise Refusal("not-yours", f"report {report_id} is another station's")
        if row is not None and row.body != body:
            raise Refusal("other-report", f"report {report_id} was received with another content")
        if new := row is None:
            row = ReportRow(report_id=report_id, station_id=station_id, body=body, received_at=platform.stamp())
            session.add(row)
    return ReportReceived.model_validate({"report_id": report_id, "received_at": row.received_at}), new
