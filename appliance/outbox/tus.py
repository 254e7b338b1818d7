"""Sending an original by tus 1.0 so that any interruption costs at most one piece.

The upload's address is kept in the ledger before the first byte goes out; after a restart of either side the platform is
asked where it stands. A platform that forgot the upload gets it again from the beginning. Pieces grow while they arrive
and shrink when they break, so that a bad network gets small ones and a good one few round trips. The digest at the end is
the platform's to compute and the receipt's to prove.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from appliance.platform.errors import OffsetMismatch, PlatformBusy, PlatformRefused, PlatformUnreachable, UploadLost

SMALLEST_PIECE = 64 * 1024
FIRST_PIECE = 512 * 1024
LARGEST_PIECE = 4 * 1024 * 1024
_BEGINNINGS = 3  # in one go; then the row waits its turn again
_DISAGREEMENTS = 8  # a piece refused as too large counts as one, and is halved each time
_TOO_LARGE = 413


class UploadCalls(Protocol):
    """The tus calls of a platform client."""

    def create_upload(self, capture_id: str, length: int, sha256: str) -> str:
        """Begin an upload; its address."""

    def upload_offset(self, path: str) -> int:
        """Bytes durable at the platform."""

    def append(self, path: str, offset: int, piece: bytes) -> int:
        """Send a piece; the offset after it."""


@dataclass(slots=True)
class PieceSize:
    """How much to send at once, learnt from what arrives; never more than `ceiling`, whatever was learnt."""

    bytes: int = FIRST_PIECE
    ceiling: int = LARGEST_PIECE

    @property
    def now(self) -> int:
        """Bytes of the next piece."""
        return min(self.bytes, self.ceiling)

    def arrived(self) -> None:
        """Twice as much next time."""
        self.bytes = min(self.bytes * 2, LARGEST_PIECE)

    def broke(self) -> None:
        """Half as much next time."""
        self.bytes = max(self.bytes // 2, SMALLEST_PIECE)


@dataclass(frozen=True, slots=True)
class Original:
    """What to upload."""

    capture_id: str
    data: bytes
    sha256: str


@dataclass(slots=True)
class TusUploader:
    """Uploads one original after another. `began` keeps an upload's address; `moved` hears offset and count of what arrived.

    Both may raise to break off (the lease was lost, the process stops).
    """

    calls: UploadCalls
    began: Callable[[str], None]
    moved: Callable[[int, int], None]
    size: PieceSize = field(default_factory=PieceSize)

    def upload(self, original: Original, path: str | None) -> None:
        """Until every byte is at the platform. Raises `PlatformError`; calling again goes on where it broke off."""
        for _ in range(_BEGINNINGS):
            fresh = path is None
            if path is None:
                path = self.calls.create_upload(original.capture_id, len(original.data), original.sha256)
                self.began(path)
            try:
                self._send(original, path, fresh=fresh)
            except UploadLost:
                path = None
            else:
                return
        raise PlatformBusy(f"the platform lost the upload of {original.capture_id} {_BEGINNINGS} times in a row")

    def _send(self, original: Original, path: str, *, fresh: bool) -> None:
        length = len(original.data)
        # An upload just begun is empty; one that was found again instead says so at the first piece. A round trip less.
        offset = 0 if fresh else self._agreed(self.calls.upload_offset(path), length)
        disagreements = 0
        while offset < length:
            try:
                after = self._append(original, path, offset)
            except OffsetMismatch:
                disagreements += 1
                if disagreements > _DISAGREEMENTS:
                    raise
                offset = self._agreed(self.calls.upload_offset(path), length)
                continue
            if not offset < after <= length:
                raise PlatformUnreachable(f"the platform says {after} after a piece sent at {offset} of {length}")
            self.size.arrived()
            count, offset = after - offset, after
            self.moved(offset, count)

    def _append(self, original: Original, path: str, offset: int) -> int:
        piece = original.data[offset : offset + self.size.now]
        try:
            return self.calls.append(path, offset, piece)
        except (PlatformUnreachable, PlatformBusy):
            self.size.broke()
            raise
        except PlatformRefused as refusal:
            if refusal.problem.status != _TOO_LARGE or self.size.now <= SMALLEST_PIECE:
                raise
            self.size.broke()  # something on the way takes smaller requests only
            raise OffsetMismatch("the piece was too large for the way; asking where the upload stands") from refusal

    def _agreed(self, offset: int, length: int) -> int:
        if offset > length:
            raise UploadLost(f"the platform holds {offset} bytes of an upload of {length}: it is another one")
        return offset
