"""The record of an accepted capture: everything the platform must be able to trust, as the contract wants it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from appliance.ledger.store import AcceptedCapture
from appliance.platform.contract import (
    AcceptedException,
    CapturedFile,
    CaptureRecord,
    ConsentGiven,
    MaskedIdentity,
    ShotFacts,
    StationFacts,
    VerdictDocument,
    VerificationDone,
)
from appliance.platform.digests import canonical_json, sha256_hex
from appliance.visit.exemptions import Exemption
from appliance.visit.shutter import Shot
from appliance.visit.state import Visit
from firmware.ports import ClockReading


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the record says besides the visit and the shot."""

    station: StationFacts
    captured: ClockReading
    accepted: ClockReading
    sequence: int
    exemption: Exemption | None
    operator: str


def accepted_capture(visit: Visit, shot: Shot, capture_id: str, circumstances: Circumstances) -> AcceptedCapture:
    """The capture as the ledger keeps it. Raises `ValueError` when something that the contract demands is missing."""
    if shot.photo is None or visit.verified is None or visit.consented is None:
        msg = f"visit {visit.visit_id} lacks photo, verification or consent"
        raise ValueError(msg)
    photo = shot.photo
    width, height = shot.original_size
    accepted_at = circumstances.accepted.utc.isoformat()
    record = CaptureRecord(
        capture_id=UUID(capture_id),
        visit_id=UUID(visit.visit_id),
        station=circumstances.station,
        plan_id=visit.plan_id,
        roster_serial=visit.roster_serial,
        sealed_code=visit.sealed_code,
        code_digest=visit.code_digest,
        identity=MaskedIdentity.model_validate(visit.identity),
        verification=VerificationDone.model_validate(
            {"method": visit.verified.method, "tries": visit.verified.wrong_tries + 1}
        ),
        consent=ConsentGiven.model_validate(
            {"version": visit.consented.version, "given_at": visit.consented.at, "record_confirmed": True}
        ),
        captured_at=circumstances.captured.utc,
        accepted_at=circumstances.accepted.utc,
        clock_trusted=circumstances.captured.trusted and circumstances.accepted.trusted,
        boot_id=circumstances.captured.boot_id,
        sequence=circumstances.sequence,
        shot=_shot(shot),
        verdict=VerdictDocument.model_validate(shot.verdict.as_dict()),
        exception=_exception(circumstances.exemption),
        operator=circumstances.operator,
        source=shot.source,
        face_match=shot.face_match,
        unresolved=visit.unresolved,
        corrections=list(visit.corrections),
        sealed_details=visit.sealed_details,
        phone_declined=visit.phone_declined,
        payment=visit.payment.facts(),
        replaces=None if visit.replaces is None else UUID(visit.replaces),
        photo=CapturedFile(
            sha256=sha256_hex(photo.jpeg), bytes=len(photo.jpeg), width=photo.width, height=photo.height
        ),
        original=CapturedFile(
            sha256=sha256_hex(shot.original),
            bytes=len(shot.original),
            media_type=shot.media_type,
            width=width,
            height=height,
        ),
    )
    return AcceptedCapture(
        capture_id=capture_id,
        visit_id=visit.visit_id,
        shot_id=shot.shot_id,
        plan_id=visit.plan_id,
        code_digest=visit.code_digest,
        record=canonical_json(record.model_dump(mode="json")),
        photo=photo.jpeg,
        original=shot.original,
        accepted_at=accepted_at,
    )


def _exception(exemption: Exemption | None) -> AcceptedException | None:
    return None if exemption is None else AcceptedException(reason=exemption.reason, note=exemption.note)


def _shot(shot: Shot) -> ShotFacts:
    seen = shot.metadata
    return ShotFacts(
        automatic=shot.automatic,
        frame=shot.sequence,
        exposure_us=seen.exposure_us,
        analogue_gain=seen.analogue_gain,
        lamp_level=None if seen.lamp_level is None else seen.lamp_level.value,
        in_focus=seen.in_focus,
    )
