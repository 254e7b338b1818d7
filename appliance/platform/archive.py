"""Captures on a USB stick: one file, encrypted to the platform, signed by the station, read piece by piece.

Form: a first line, a header line, then frames. The header is a JWS by the station's key naming every capture with its
digests and carrying the content key sealed to the platform (JWE). Each frame is a 4-byte big-endian length and that many bytes
of ChaCha20-Poly1305 (RFC 8439); its nonce is its number, and the header's digest, capture, part and whether it is the part's last
are authenticated with it. So nothing can be changed, reordered, dropped or taken from another archive unnoticed.

ArchiveError(ValueError)
├── ArchiveForged      signed by another station, or changed
└── ArchiveCut         it ends early: what came before is whole
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, get_args

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from joserfc.jwk import OKPKey
from pydantic import AwareDatetime, ValidationError

from .contract import Answered, Part
from .contract.base import Identifier, Sha256
from .digests import sha256_hex
from .documents import DocumentForged, sign_document, verify_document
from .sealing import SealBroken, seal, unseal

FIRST_LINE = b"capture-station archive 1\n"
EXPORT_TYPE = "station-export+json"
SUFFIX = ".station"
RECEIPTS_PATTERN = "receipts-*.json"
PARTS: tuple[Part, ...] = get_args(Part)
_FRAME = 1024 * 1024
_TAG = 16
_LONGEST_HEADER = 32 * 1024 * 1024


class ArchiveError(ValueError):
    """An archive cannot be used; the message says why and what to do."""


class ArchiveForged(ArchiveError):
    """Signed by another station, or changed after it was written."""


class ArchiveCut(ArchiveError):
    """It ends before its last capture."""


class ListedCapture(Answered):
    """One capture of an archive: its id and the digests of its parts."""

    capture_id: str
    record: Sha256
    photo: Sha256
    original: Sha256


class ArchiveHeader(Answered):
    """What an archive says of itself."""

    station_id: Identifier
    made_at: AwareDatetime
    content_key: str
    captures: list[ListedCapture]


@dataclass(frozen=True, slots=True)
class ArchivedCapture:
    """One capture taken out of an archive, its digests checked against the signed header."""

    capture_id: str
    record: bytes
    photo: bytes
    original: bytes


def write_archive(
    file: BinaryIO,
    captures: Iterable[ListedCapture],
    read: Callable[[str, Part], bytes],
    *,
    station_id: str,
    signing_key: OKPKey,
    platform_key: OKPKey,
    made_at: datetime,
) -> int:
    """Write captures one after another (`read` brings a part's bytes); how many. Raises what `read` raises, `OSError`."""
    key = ChaCha20Poly1305.generate_key()
    header = ArchiveHeader(
        station_id=station_id, made_at=made_at, content_key=seal(key.hex(), platform_key), captures=list(captures)
    )
    line = sign_document(header.model_dump_json().encode(), signing_key, EXPORT_TYPE).encode()
    file.write(FIRST_LINE + line + b"\n")
    cipher, bound, number = ChaCha20Poly1305(key), hashlib.sha256(line).digest(), 0
    for listed in header.captures:
        for part in PARTS:
            data = read(listed.capture_id, part)
            if sha256_hex(data) != getattr(listed, part):
                raise ArchiveError(f"the {part} of {listed.capture_id} is not what its record says: check the disk")
            frames = [data[at : at + _FRAME] for at in range(0, len(data), _FRAME)] or [b""]
            for index, frame in enumerate(frames):
                aad = _aad(bound, listed.capture_id, part, last=index == len(frames) - 1)
                sealed = cipher.encrypt(number.to_bytes(12), frame, aad)
                file.write(len(sealed).to_bytes(4) + sealed)
                number += 1
    return len(header.captures)


def read_header(file: BinaryIO, keys_of: Callable[[str], Sequence[OKPKey]]) -> tuple[ArchiveHeader, bytes]:
    """The verified header and the digest that frames are bound to; `keys_of` gives the public keys of a station, past ones too.

    Raises `ArchiveForged`, `ArchiveError`.
    """
    if file.readline(len(FIRST_LINE) + 1) != FIRST_LINE:
        raise ArchiveError("this is no archive of a capture station")
    line = file.readline(_LONGEST_HEADER)
    if not line.endswith(b"\n"):
        raise ArchiveCut("the archive ends within its header: copy it again")
    token = line.rstrip(b"\n").decode("ascii", "replace")
    keys = keys_of(_claimed_station(token))
    if not keys:
        raise ArchiveForged("no station that is enrolled here made this archive")
    try:
        header = ArchiveHeader.model_validate_json(verify_document(token, keys, EXPORT_TYPE))
    except (DocumentForged, ValidationError) as error:
        raise ArchiveForged(f"the archive's header does not hold: {error}") from error
    return header, hashlib.sha256(line.rstrip(b"\n")).digest()


def read_captures(
    file: BinaryIO, header: ArchiveHeader, bound: bytes, platform_key: OKPKey
) -> Iterator[ArchivedCapture]:
    """Captures in order, each whole and checked. Raises `ArchiveForged`, `ArchiveCut`; what came before stays good."""
    try:
        cipher = ChaCha20Poly1305(bytes.fromhex(unseal(header.content_key, platform_key)))
    except (SealBroken, ValueError) as error:
        raise ArchiveForged(f"the archive is not for this platform: {error}") from error
    numbers = iter(range(2**63))
    for listed in header.captures:
        parts = {part: b"".join(_part(file, cipher, bound, listed.capture_id, part, numbers)) for part in PARTS}
        for part, data in parts.items():
            if sha256_hex(data) != getattr(listed, part):
                raise ArchiveForged(f"the {part} of {listed.capture_id} is not what the header says")
        yield ArchivedCapture(listed.capture_id, **parts)


def _part(
    file: BinaryIO, cipher: ChaCha20Poly1305, bound: bytes, capture_id: str, part: Part, numbers: Iterator[int]
) -> Iterator[bytes]:
    while True:
        length = int.from_bytes(_exactly(file, 4))
        if not _TAG <= length <= _FRAME + _TAG:
            raise ArchiveForged(f"a frame of {length} bytes is none of ours")
        sealed, nonce = _exactly(file, length), next(numbers).to_bytes(12)
        for last in (False, True):
            try:
                yield cipher.decrypt(nonce, sealed, _aad(bound, capture_id, part, last=last))
            except InvalidTag:
                continue
            if last:
                return
            break
        else:
            raise ArchiveForged(f"the {part} of {capture_id} was changed: copy the archive again, or export anew")


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise ArchiveCut("the archive ends early: copy it again, or export anew (what came before is imported)")
    return data


def _aad(bound: bytes, capture_id: str, part: Part, *, last: bool) -> bytes:
    return bound + f"/{capture_id}/{part}/{'last' if last else 'more'}".encode()


def _claimed_station(token: str) -> str:
    """The station a header names, before its signature is checked: only to look up the key it must be signed with."""
    try:
        payload = token.split(".")[1]
        claimed = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["station_id"]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise ArchiveForged("the archive's header cannot be read") from error
    return str(claimed)
