"""The technician's pages: camera figures, lamps by hand, a rehearsal, the log, the queue as a file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from appliance.ledger.errors import LedgerError
from appliance.outbox.export import export_queue
from appliance.platform.archive import ArchiveError
from appliance.platform.identity import NotEnrolled, StationIdentity
from appliance.portrait.measurement import Message
from appliance.recent_log import recent_lines
from appliance.web.answers import technician as answers
from appliance.web.bodies import LampsBody
from appliance.web.figures import CameraFigures
from appliance.web.parts import Parts
from appliance.web.problems import ProblemError
from appliance.web.rehearsals import Rehearsals
from firmware.ports import DeviceError

_ONE_FILE = 1 << 50  # bytes: a download is one file, whatever a stick's file system could take


def router(parts: Parts, rehearsals: Rehearsals) -> APIRouter:
    """The routes under `/api/technician`."""
    routes = APIRouter(prefix="/api/technician")
    figures = CameraFigures(parts.feed, parts.lamps)

    @routes.get("/camera", response_model=answers.CameraFigures)
    def get_camera() -> dict[str, Any]:
        found = figures.read()
        if found is None:
            raise ProblemError(
                503, "no-picture", Message(zh="相机还没有画面", en="the camera has given no picture yet")
            )
        return found

    @routes.put("/lamps", status_code=204)
    def put_lamps(body: LampsBody) -> None:
        try:
            parts.conductor.between_visits(lambda: parts.lamps.set_level(body.level))
        except DeviceError as error:
            raise ProblemError(503, "lamps-failed", Message(zh=f"灯光没有响应：{error}", en=str(error))) from error

    @routes.get("/rehearsal", response_model=answers.Rehearsal)
    def get_rehearsal() -> dict[str, Any]:
        return rehearsals.shown()

    @routes.post("/rehearsal", status_code=202, response_model=answers.Rehearsal)
    def post_rehearsal() -> dict[str, Any]:
        parts.conductor.between_visits(rehearsals.start)
        return rehearsals.shown()

    @routes.get("/logs", response_model=answers.Log)
    def get_logs() -> dict[str, Any]:
        return {"lines": [line.as_dict() for line in recent_lines()]}

    @routes.get("/export")
    def get_export() -> FileResponse:
        """Everything without a receipt, sealed to the platform; the queue stays as it is."""
        # Beside the ledger: a queue of days may be larger than what fits into memory-backed /tmp.
        folder = tempfile.TemporaryDirectory(prefix="export-", dir=parts.ledger.data_dir)
        try:
            identity = StationIdentity.load(parts.ledger.data_dir / "keys")
            [archive] = export_queue(parts.ledger, identity, Path(folder.name), volume_bytes=_ONE_FILE).files
        except (NotEnrolled, ArchiveError, LedgerError, OSError) as error:
            folder.cleanup()
            message = Message(zh=f"没有导出：{error}", en=f"not exported: {error}")
            raise ProblemError(409, "not-exported", message) from error
        return FileResponse(
            archive,
            media_type="application/octet-stream",
            filename=archive.name,
            background=BackgroundTask(folder.cleanup),
        )

    return routes
