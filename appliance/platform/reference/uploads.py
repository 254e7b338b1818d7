"""tus 1.0 uploads as pieces: each PATCH becomes one durable object, and one transaction moves the offset past it.

Nothing is ever written in place, so a process killed at any moment leaves either a piece that counts or one nobody names.
Two writers at one offset: one transaction wins, the other is told the new offset. When the last piece is in, the whole is
hashed again; only when that is the record's digest does the platform say `stored`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from .captures import capture_of, keep_original
from .composition import Platform
from .problems import Refusal
from .tables import CaptureRow, ChunkRow, UploadRow

_FOLDER = "uploads"
_ORPHAN_AFTER_S = 3600.0


@dataclass(frozen=True, slots=True)
class UploadState:
    """Where an upload stands: bytes durable here, of how many."""

    upload_id: str
    offset: int
    length: int
    metadata_text: str


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """What a station wants to upload: the original of a capture, its size and digest."""

    capture_id: str
    sha256: str
    length: int
    metadata_text: str


def create(platform: Platform, station_id: str, wanted: UploadRequest) -> UploadState:
    """Begin the upload of a capture's original, or find the one already begun (its answer may have been lost)."""
    capture = capture_of(platform, station_id, wanted.capture_id)
    if capture is None:
        raise Refusal("parts-missing", f"no record of capture {wanted.capture_id}; send it first", missing=["record"])
    if (wanted.sha256, wanted.length) != (capture.original_sha256, capture.original_bytes):
        raise Refusal("wrong-digest", "the upload's sha256 and length are not those of the record's original")
    with platform.database.write(f"upload/{wanted.capture_id}") as session:
        row = session.exec(select(UploadRow).where(UploadRow.capture_id == wanted.capture_id)).first()
        if row is None:
            row = UploadRow(
                upload_id=secrets.token_urlsafe(18),
                capture_id=wanted.capture_id,
                station_id=station_id,
                length=wanted.length,
                offset=wanted.length if capture.original_at else 0,  # a stored original is not asked for twice
                sha256=wanted.sha256,
                metadata_text=wanted.metadata_text,
                created_at=platform.stamp(),
            )
            session.add(row)
    return _state(row)


def status(platform: Platform, station_id: str, upload_id: str) -> UploadState:
    """Where an upload stands; one whose last piece came just before a crash is finished first."""
    row = _row(platform, station_id, upload_id)
    if row.offset == row.length:
        finish(platform, row)
    return _state(row)


def append(platform: Platform, station_id: str, upload_id: str, offset: int, data: bytes) -> UploadState:
    """Take the piece at `offset`. Refuses 409 `wrong-offset`, 413 beyond the length, 460 when the whole hashes wrong."""
    row = _row(platform, station_id, upload_id)
    _check_offset(row, offset)
    if offset + len(data) > row.length:
        raise Refusal("too-large", f"the piece ends at {offset + len(data)}, the upload at {row.length}")
    if data:
        row = _keep_piece(platform, row, offset, data)
    if row.offset == row.length:
        finish(platform, row)
    return _state(row)


def terminate(platform: Platform, station_id: str, upload_id: str) -> None:
    """End an upload and forget its pieces; a stored original stays."""
    _drop(platform, _row(platform, station_id, upload_id))


def finish(platform: Platform, row: UploadRow) -> None:
    """Hash the whole again and, if it is what the record says, store it. Doing it twice changes nothing."""
    with platform.database.read() as session:
        keys = [piece.key for piece in _pieces(session, row.upload_id)]
    if not _is_stored(platform, row.capture_id):
        try:
            digest = hashlib.sha256()
            for data in _read(platform, keys):
                digest.update(data)
            if digest.hexdigest() != row.sha256:
                _drop(platform, row)
                raise Refusal("checksum-mismatch", f"the whole is {digest.hexdigest()}, announced was {row.sha256}")
            keep_original(platform, row.capture_id, _read(platform, keys), row.sha256)
        except FileNotFoundError as error:
            if _is_stored(platform, row.capture_id):  # another process finished it meanwhile, and forgot its pieces
                return
            _drop(platform, row)
            raise Refusal("upload-gone", "the platform lost a part of this upload; begin it again") from error
    _forget_pieces(platform, row)


def recover(platform: Platform) -> None:
    """At start: finish uploads whose last piece came before a crash, and sweep pieces nobody names."""
    with platform.database.read() as session:
        complete = session.exec(
            select(UploadRow)
            .join(CaptureRow, col(CaptureRow.capture_id) == col(UploadRow.capture_id))
            .where(col(UploadRow.offset) == col(UploadRow.length), col(CaptureRow.original_at).is_(None))
        ).all()
        named = set(session.exec(select(ChunkRow.key)).all())
    for row in complete:
        try:
            finish(platform, row)
        except Refusal:
            continue  # dropped: the station is told when it asks, and begins again
    for key in list(platform.objects.keys(_FOLDER, older_than_s=_ORPHAN_AFTER_S)):
        if key not in named:
            platform.objects.delete(key)


def _keep_piece(platform: Platform, row: UploadRow, offset: int, data: bytes) -> UploadRow:
    key = f"{_FOLDER}/{row.upload_id}/{offset:012d}-{secrets.token_hex(4)}"
    platform.objects.put(key, [data])
    try:
        with platform.database.write(f"upload/{row.capture_id}") as session:
            current = session.get(UploadRow, row.upload_id)
            if current is None:
                raise Refusal("upload-gone", "the upload was ended meanwhile; begin it again")
            _check_offset(current, offset)
            session.add(ChunkRow(upload_id=row.upload_id, offset=offset, length=len(data), key=key))
            current.offset = offset + len(data)
            session.add(current)
    except Refusal:
        platform.objects.delete(key)
        raise
    return current


def _is_stored(platform: Platform, capture_id: str) -> bool:
    with platform.database.read() as session:
        return session.get_one(CaptureRow, capture_id).original_at is not None


def _check_offset(row: UploadRow, offset: int) -> None:
    if row.offset != offset:
        headers = {"Upload-Offset": str(row.offset)}
        raise Refusal("wrong-offset", f"the upload stands at {row.offset}, not {offset}", headers, offset=row.offset)


def _row(platform: Platform, station_id: str, upload_id: str) -> UploadRow:
    with platform.database.read() as session:
        row = session.get(UploadRow, upload_id)
    if row is None:
        raise Refusal("unknown-upload", f"no upload {upload_id} is here; begin it again")
    if row.station_id != station_id:
        raise Refusal("not-yours", f"upload {upload_id} belongs to another station")
    return row


def _state(row: UploadRow) -> UploadState:
    return UploadState(row.upload_id, row.offset, row.length, row.metadata_text)


def _pieces(session: Session, upload_id: str) -> list[ChunkRow]:
    return list(session.exec(select(ChunkRow).where(ChunkRow.upload_id == upload_id).order_by(col(ChunkRow.offset))))


def _read(platform: Platform, keys: list[str]) -> Iterator[bytes]:
    for key in keys:
        yield platform.objects.get(key)


def _drop(platform: Platform, row: UploadRow) -> None:
    _forget_pieces(platform, row)
    with platform.database.write(f"upload/{row.capture_id}") as session:
        current = session.get(UploadRow, row.upload_id)
        if current is not None:
            session.delete(current)


def _forget_pieces(platform: Platform, row: UploadRow) -> None:
    with platform.database.write(f"upload/{row.capture_id}") as session:
        pieces = _pieces(session, row.upload_id)
        for piece in pieces:
            session.delete(piece)
    for piece in pieces:
        platform.objects.delete(piece.key)
