"""The contract's routes but uploads: enrolment, captures, receipts, rosters, events, heartbeat."""

from __future__ import annotations

import time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from appliance.platform import contract
from appliance.platform.documents import public_key

from . import captures, events, rosters, stations, succession
from .access import MessagePart, PlatformPart, SignedPart, verify_with_key
from .bodies import read_body
from .openapi import binary_body, described_body, refusals
from .problems import Refusal

router = APIRouter(prefix="/v1")
_LOOK_ANYWAY_S = 5.0


@router.post(
    "/enrolments",
    status_code=201,
    response_model=contract.Enrolment,
    summary="Enrol a station by a one-time token",
    openapi_extra=described_body(contract.EnrolmentRequest),
    responses={
        200: {"model": contract.Enrolment, "description": "Enrolled before, with the same token and key"},
        **refusals("bad-token", "unsigned", "clock-skew", "body-unreadable"),
    },
    tags=["station"],
)
def enrol(platform: PlatformPart, message: MessagePart, response: Response) -> contract.Enrolment:
    """The request is signed with the key it brings, key id its RFC 7638 thumbprint. Repeating it gives the same answer."""
    wanted = read_body(contract.EnrolmentRequest, message.body)
    try:
        key = public_key(wanted.public_key.model_dump())
    except ValueError as error:
        raise Refusal("body-unreadable", f"public_key: {error}") from error
    verify_with_key(platform, message, key)
    answer, new = stations.enrol(platform, wanted, key)
    response.status_code = 201 if new else 200
    return answer


@router.put(
    "/captures/{capture_id}",
    response_model=contract.CaptureState,
    summary="Send a capture's record",
    openapi_extra=described_body(contract.CaptureRecord),
    responses={
        201: {"model": contract.CaptureState, "description": "Kept"},
        **refusals("other-record", "not-yours", "body-unreadable", "wrong-digest", signed=True),
    },
    tags=["captures"],
)
def put_record(
    platform: PlatformPart, signed: SignedPart, capture_id: UUID, response: Response
) -> contract.CaptureState:
    """Kept byte for byte. The same bytes again: 200; other bytes under the same id: 409."""
    state, new = captures.put_record(platform, signed.station_id, str(capture_id), signed.body)
    response.status_code = 201 if new else 200
    return state


@router.put(
    "/captures/{capture_id}/photo",
    response_model=contract.CaptureState,
    summary="Send a capture's standard photo",
    openapi_extra=binary_body("image/jpeg"),
    responses={
        201: {"model": contract.CaptureState, "description": "Kept"},
        **refusals("parts-missing", "not-yours", "too-large", "media-type", "wrong-digest", signed=True),
    },
    tags=["captures"],
)
def put_photo(
    platform: PlatformPart, signed: SignedPart, capture_id: UUID, request: Request, response: Response
) -> contract.CaptureState:
    """One request with `Content-Digest` (RFC 9530); refused unless the digest is the record's."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "image/jpeg":
        raise Refusal("media-type", "the standard photo is image/jpeg")
    if len(signed.body) > platform.settings.max_photo_bytes:
        raise Refusal(
            "too-large", f"the photo has {len(signed.body)} bytes, at most {platform.settings.max_photo_bytes}"
        )
    state, new = captures.put_photo(platform, signed.station_id, str(capture_id), signed.body)
    response.status_code = 201 if new else 200
    return state


@router.get(
    "/captures/{capture_id}",
    response_model=contract.CaptureState,
    summary="What the platform holds of a capture",
    responses=refusals("unknown-capture", "not-yours", signed=True),
    tags=["captures"],
)
def read_capture(platform: PlatformPart, signed: SignedPart, capture_id: UUID) -> contract.CaptureState:
    """Which parts are stored, which are missing, and the receipt's id when there is one."""
    return captures.read_state(platform, signed.station_id, str(capture_id))


@router.get(
    "/captures/{capture_id}/receipt",
    response_model=contract.SignedReceipt,
    summary="The receipt of a capture",
    responses=refusals("unknown-capture", "parts-missing", "not-yours", signed=True),
    tags=["captures"],
)
def read_receipt(platform: PlatformPart, signed: SignedPart, capture_id: UUID) -> contract.SignedReceipt:
    """Issued once, when record, photo and original are durable and their digests agree with the record."""
    return captures.read_receipt(platform, signed.station_id, str(capture_id))


@router.get(
    "/roster",
    response_model=contract.RosterPage,
    summary="Signed rosters of the station's plans",
    responses={304: {"description": "Nothing changed since `cursor` or `If-None-Match`"}, **refusals(signed=True)},
    tags=["station"],
)
def read_roster(
    platform: PlatformPart,
    signed: SignedPart,
    response: Response,
    cursor: Annotated[str, Query(max_length=64)] = "",
    if_none_match: Annotated[str | None, Header()] = None,
) -> Any:
    """Each document is a JWS over a RosterDocument. The ETag is the cursor."""
    etag = f'"{rosters.cursor_of(platform, signed.station_id)}"'
    if if_none_match == etag or (cursor and f'"{cursor}"' == etag):
        return Response(status_code=304, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return rosters.read_rosters(platform, signed.station_id, cursor)


@router.get(
    "/station/events",
    response_model=contract.EventPage,
    summary="Events for the station, by long poll",
    responses=refusals("bad-request", signed=True),
    tags=["station"],
)
async def read_events(
    platform: PlatformPart,
    signed: SignedPart,
    request: Request,
    after: Annotated[str, Query(max_length=32)] = "",
    wait: Annotated[float, Query(ge=0, le=60, allow_inf_nan=False)] = 0.0,
) -> contract.EventPage:
    """Answers at once when there are events after the cursor, else when one comes or `wait` seconds are over."""
    until, hub = time.monotonic() + min(wait, platform.settings.max_wait_s), request.app.state.events
    while True:
        page = await run_in_threadpool(events.read_events, platform, signed.station_id, after)
        left_s = until - time.monotonic()
        if page.events or left_s <= 0 or hub.closed or await request.is_disconnected():
            return page
        await hub.wait(signed.station_id, int(after or 0), min(left_s, _LOOK_ANYWAY_S))


@router.put(
    "/station/key",
    response_model=contract.KeyAnnounced,
    summary="Announce the station's next key",
    openapi_extra=described_body(contract.KeyChange),
    responses=refusals("body-unreadable", "key-used", "wrong-digest", signed=True),
    tags=["station"],
)
def announce_key(platform: PlatformPart, signed: SignedPart) -> contract.KeyAnnounced:
    """Signed with the present key, the body with proof of the next. Both are taken until the next one has signed a request.

    So a station that is cut off at any moment can go on with the key it has. What past keys signed stays valid.
    """
    return succession.announce(platform, signed.station_id, read_body(contract.KeyChange, signed.body))


@router.post(
    "/station/heartbeat",
    response_model=contract.HeartbeatAnswer,
    summary="How the station is doing",
    openapi_extra=described_body(contract.Heartbeat),
    responses=refusals("body-unreadable", "wrong-digest", signed=True),
    tags=["station"],
)
def heartbeat(platform: PlatformPart, signed: SignedPart) -> contract.HeartbeatAnswer:
    """Counters of the station's queue and its health; the platform shows them, since stations sit behind NAT."""
    stations.take_heartbeat(platform, signed.station_id, read_body(contract.Heartbeat, signed.body))
    return contract.HeartbeatAnswer(at=platform.now())
