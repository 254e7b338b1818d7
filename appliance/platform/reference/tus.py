"""tus 1.0 (https://tus.io/protocols/resumable-upload): creation, HEAD, PATCH, termination, checksum (sha1, sha256)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response

from . import uploads
from .access import PlatformPart, SignedPart
from .openapi import binary_body, refusals
from .problems import Refusal

router = APIRouter(prefix="/v1/uploads", tags=["uploads"])

VERSION = "1.0.0"
_PIECE_TYPE = "application/offset+octet-stream"
_CHECKSUMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}  # sha1 is the one algorithm the protocol demands
_RESUMABLE = {"Tus-Resumable": VERSION}


def _speaks_tus(tus_resumable: Annotated[str | None, Header()] = None) -> None:
    if tus_resumable != VERSION:
        raise Refusal("tus-version", f"Tus-Resumable is {tus_resumable!r}", {"Tus-Version": VERSION, **_RESUMABLE})


TUS = [Depends(_speaks_tus)]
_OFFSET_FIELDS = {
    "Upload-Offset": {"description": "bytes durable at the platform", "schema": {"type": "integer", "minimum": 0}},
    "Tus-Resumable": {"schema": {"type": "string", "const": VERSION}},
}
_ABILITIES = {
    name: {"schema": {"type": "string"}}
    for name in ("Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Checksum-Algorithm", "Tus-Max-Size")
}


@router.options(
    "",
    status_code=204,
    response_class=Response,
    summary="What the tus server can do",
    responses={204: {"description": "Said in its fields", "headers": _ABILITIES}},
)
def upload_options(platform: PlatformPart) -> Response:
    """Versions, extensions, checksums, and the largest upload."""
    return Response(
        status_code=204,
        headers={
            **_RESUMABLE,
            "Tus-Version": VERSION,
            "Tus-Extension": "creation,checksum,termination",
            "Tus-Checksum-Algorithm": ",".join(_CHECKSUMS),
            "Tus-Max-Size": str(platform.settings.max_original_bytes),
        },
    )


@router.post(
    "",
    status_code=201,
    response_class=Response,
    dependencies=TUS,
    summary="Begin the upload of a capture's original",
    responses={
        201: {
            "description": "Begun, or found begun already: go on at `Upload-Offset`",
            "headers": {"Location": {"schema": {"type": "string"}}, **_OFFSET_FIELDS},
        },
        **refusals(
            "parts-missing", "wrong-digest", "too-large", "not-yours", "tus-version", "bad-request", signed=True
        ),
    },
)
def begin_upload(
    platform: PlatformPart,
    signed: SignedPart,
    request: Request,
    upload_length: Annotated[int, Header(ge=1)],
    upload_metadata: Annotated[str, Header(max_length=4096)],
) -> Response:
    """`Upload-Metadata` carries `capture_id` and `sha256` of the original (base64 values, as tus defines them)."""
    if upload_length > platform.settings.max_original_bytes:
        raise Refusal("too-large", f"{upload_length} bytes, at most {platform.settings.max_original_bytes}")
    metadata = read_metadata(upload_metadata)
    try:
        capture_id, sha256 = str(UUID(metadata["capture_id"])), metadata["sha256"]
    except (KeyError, ValueError) as error:
        raise Refusal("bad-request", "Upload-Metadata needs capture_id (a UUID) and sha256") from error
    wanted = uploads.UploadRequest(capture_id, sha256, upload_length, upload_metadata)
    state = uploads.create(platform, signed.station_id, wanted)
    location = request.url_for("upload_status", upload_id=state.upload_id).path
    return Response(status_code=201, headers={"Location": location, "Upload-Offset": str(state.offset), **_RESUMABLE})


@router.head(
    "/{upload_id}",
    response_class=Response,
    dependencies=TUS,
    summary="Where an upload stands",
    responses={
        200: {"description": "The offset", "headers": _OFFSET_FIELDS},
        **refusals("unknown-upload", "upload-gone", "not-yours", "tus-version", signed=True),
    },
)
def upload_status(platform: PlatformPart, signed: SignedPart, upload_id: str) -> Response:
    """The offset to go on from."""
    state = uploads.status(platform, signed.station_id, upload_id)
    fields = {"Upload-Length": str(state.length), "Upload-Metadata": state.metadata_text, "Cache-Control": "no-store"}
    return Response(headers={"Upload-Offset": str(state.offset), **fields, **_RESUMABLE})


@router.patch(
    "/{upload_id}",
    status_code=204,
    response_class=Response,
    dependencies=TUS,
    summary="Send the next piece",
    openapi_extra=binary_body(_PIECE_TYPE),
    responses={
        204: {"description": "Durable; with the last piece: the whole hashes as announced", "headers": _OFFSET_FIELDS},
        **refusals(
            "wrong-offset",
            "unknown-upload",
            "upload-gone",
            "checksum-mismatch",
            "too-large",
            "media-type",
            "not-yours",
            "tus-version",
            signed=True,
        ),
    },
)
def send_piece(
    platform: PlatformPart,
    signed: SignedPart,
    upload_id: str,
    upload_offset: Annotated[int, Header(ge=0)],
    content_type: Annotated[str, Header(max_length=100)] = "",
    *,
    upload_checksum: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """A piece that does not match `Upload-Checksum` or `Content-Digest` is not kept."""
    if content_type != _PIECE_TYPE:
        raise Refusal("media-type", f"a piece is {_PIECE_TYPE}")
    if upload_checksum is not None:
        check_piece(upload_checksum, signed.body)
    state = uploads.append(platform, signed.station_id, upload_id, upload_offset, signed.body)
    return Response(status_code=204, headers={"Upload-Offset": str(state.offset), **_RESUMABLE})


@router.delete(
    "/{upload_id}",
    status_code=204,
    response_class=Response,
    dependencies=TUS,
    summary="End an upload",
    responses=refusals("unknown-upload", "not-yours", "tus-version", signed=True),
)
def end_upload(platform: PlatformPart, signed: SignedPart, upload_id: str) -> Response:
    """Its pieces are forgotten; an original already stored stays."""
    uploads.terminate(platform, signed.station_id, upload_id)
    return Response(status_code=204, headers=_RESUMABLE)


def read_metadata(field: str) -> dict[str, str]:
    """The pairs of an `Upload-Metadata` field. Refuses 400 when a value is no base64 of UTF-8."""
    pairs: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in field.split(","))):
        key, _, value = pair.partition(" ")
        try:
            pairs[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Refusal("bad-request", f"Upload-Metadata: {key} is not base64 of UTF-8") from error
    return pairs


def check_piece(field: str, body: bytes) -> None:
    """Hold a piece against its `Upload-Checksum`. Refuses 400 an unknown algorithm, 460 a difference."""
    name, _, value = field.partition(" ")
    algorithm: Any = _CHECKSUMS.get(name)
    try:
        expected = base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise Refusal("bad-request", "Upload-Checksum: the value is no base64") from error
    if algorithm is None:
        raise Refusal("bad-request", f"Upload-Checksum: {name!r} is not one of {', '.join(_CHECKSUMS)}")
    if not hmac.compare_digest(expected, algorithm(body).digest()):
        raise Refusal("checksum-mismatch", "the piece was changed on the way; send it again")
