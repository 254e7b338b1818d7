"""Records and what may be done to them: look up, withdraw, report. Handlers run in the server's thread pool."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from appliance.ledger.errors import FileDamaged
from appliance.portrait.measurement import Message
from appliance.visit import forgetting
from appliance.visit.keeper import moment_of
from appliance.visit.record_query import MOST, State, Wanted
from appliance.web.answers.records import Erased, Kept, KeptWhole, LookedUp, RecordList, ReportFiled
from appliance.web.answers.station import Counters
from appliance.web.bodies import CodeBody, ForgetBody, ReportBody, WithdrawBody
from appliance.web.door import Door
from appliance.web.parts import Parts
from appliance.web.problems import ProblemError


def router(parts: Parts, door: Door) -> APIRouter:
    """The routes under `/api/records`, `/api/today`, `/api/reports`."""
    routes = APIRouter(prefix="/api")
    records = parts.records

    @routes.get("/records", response_model=RecordList)
    def get_records(
        query: Annotated[str, Query(max_length=100)] = "",
        state: State | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    ) -> dict[str, Any]:
        return _listed(parts, Wanted(query=query, state=state, limit=limit))

    @routes.get("/records/recall", response_model=RecordList)
    def get_recall(limit: Annotated[int, Query(ge=1, le=MOST)] = 100) -> dict[str, Any]:
        return _listed(parts, Wanted(recall=True, limit=limit))

    @routes.post("/records/lookup", response_model=LookedUp)
    def post_lookup(body: CodeBody) -> dict[str, Any]:
        """Scanned again: everything this station has of the student."""
        student = parts.identification.look_up(body.payload)
        found = records.find(Wanted(code_digest=student.code_digest))
        entry = student.entry
        return {
            "student": None
            if entry is None
            else {
                "identity": entry.identity.model_dump(),
                "payment": entry.payment,
                "review": entry.review,
            },
            "records": [record.as_dict() for record in found],
        }

    @routes.get("/records/{capture_id}", response_model=KeptWhole)
    def get_record(capture_id: str) -> dict[str, Any]:
        return records.details(capture_id)

    @routes.get("/records/{capture_id}/photo.jpg")
    def get_photo(capture_id: str) -> Response:
        records.get(capture_id)
        try:
            photo = parts.ledger.vault.read(capture_id, "photo")
        except FileDamaged as error:
            raise ProblemError(500, "file-damaged", Message(zh="照片文件已损坏", en=str(error))) from error
        return Response(photo, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})

    @routes.post("/records/{capture_id}/withdraw", response_model=Kept)
    def post_withdraw(capture_id: str, body: WithdrawBody, request: Request, response: Response) -> dict[str, Any]:
        record = parts.withdrawals.withdraw(capture_id, body.reason, operator=request.state.operator)
        response.status_code = 200 if record.state == "withdrawn" else 202
        return record.as_dict()

    @routes.post("/records/{capture_id}/report", status_code=201, response_model=ReportFiled)
    def post_report(capture_id: str, body: ReportBody, request: Request) -> dict[str, Any]:
        record = records.get(capture_id)
        report_id = parts.reports.file(
            body.category, body.text, capture_id=capture_id, visit_id=record.visit_id, operator=request.state.operator
        )
        return {"report_id": report_id}

    @routes.post("/records/{capture_id}/forget", response_model=Erased, dependencies=[Depends(door.technician)])
    def post_forget(capture_id: str, body: ForgetBody, request: Request) -> dict[str, Any]:
        """Everything this station has of the student of this capture."""
        digest = forgetting.digest_of_capture(parts.ledger, capture_id)
        erased = forgetting.forget(
            parts.ledger,
            moment_of(parts.clock.read()),
            [digest],
            operator=request.state.operator,
            even_undelivered=body.even_undelivered,
        )
        return {"erased": erased}

    @routes.post("/reports", status_code=201, response_model=ReportFiled)
    def post_station_report(body: ReportBody, request: Request) -> dict[str, Any]:
        """About the visit in progress, or about nothing that was captured."""
        visit = parts.conductor.visit
        report_id = parts.reports.file(
            body.category,
            body.text,
            capture_id=None if visit is None else visit.capture_id,
            visit_id=None if visit is None else visit.visit_id,
            operator=request.state.operator,
        )
        return {"report_id": report_id}

    @routes.get("/today", response_model=Counters)
    def get_today() -> dict[str, int]:
        return parts.counters()

    return routes


def _listed(parts: Parts, wanted: Wanted) -> dict[str, Any]:
    found = parts.records.find(wanted)
    return {"records": [record.as_dict() for record in found], "counts": parts.records.counts()}
