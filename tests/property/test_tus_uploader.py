"""The tus client against a platform that forgets, disagrees, refuses and breaks off: always the same bytes in the end."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx2
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.outbox.tus import FIRST_PIECE, LARGEST_PIECE, SMALLEST_PIECE, Original, PieceSize, TusUploader
from appliance.platform.answers import _own_problem
from appliance.platform.errors import (
    OffsetMismatch,
    PlatformBusy,
    PlatformError,
    PlatformRefused,
    PlatformUnreachable,
    UploadLost,
)

DATA = bytes(range(256)) * 5000  # 1.28 MB

MISHAPS = st.sampled_from(
    [
        "ok",
        "ok",
        "ok",
        "lose request",
        "lose answer",
        "forget",
        "partial",
        "busy",
        "too large",
        "offset back",
        "nonsense",
    ]
)


@dataclass
class Server:
    """A tus server in memory; each call meets the next mishap of the list."""

    mishaps: list[str]
    uploads: dict[str, bytearray] = field(default_factory=dict)
    whole: list[bytes] = field(default_factory=list)
    made: int = 0

    def mishap(self) -> str:
        return self.mishaps.pop(0) if self.mishaps else "ok"

    def create_upload(self, capture_id: str, length: int, sha256: str) -> str:
        what = self.mishap()
        if what == "lose request":
            raise PlatformUnreachable("no answer")
        self.made += 1
        path = f"/uploads/{self.made}"
        self.uploads[path] = bytearray()
        if what == "lose answer":
            raise PlatformUnreachable("no answer")
        return path

    def upload_offset(self, path: str) -> int:
        what = self.mishap()
        if what == "busy":
            raise PlatformBusy("503")
        if what in {"lose request", "lose answer"}:
            raise PlatformUnreachable("no answer")
        if what == "forget":
            self.uploads.pop(path, None)
        if path not in self.uploads:
            raise UploadLost("404")
        return len(self.uploads[path])

    def append(self, path: str, offset: int, piece: bytes) -> int:
        what = self.mishap()
        if what == "lose request":
            raise PlatformUnreachable("no answer")
        if what == "busy":
            raise PlatformBusy("503", 1.0)
        if what == "too large":
            raise PlatformRefused(_own_problem(httpx2.Response(413), "too-large"))
        if what == "forget":
            self.uploads.pop(path, None)
        kept = self.uploads.get(path)
        if kept is None:
            raise UploadLost("404")
        if what == "offset back":
            del kept[len(kept) // 2 :]  # a server that lost a part of what it had confirmed
        if offset != len(kept):
            raise OffsetMismatch("409")
        if what == "partial":
            piece = piece[: max(1, len(piece) // 3)]
        kept += piece
        if len(kept) == len(DATA):
            self.whole.append(bytes(kept))
        if what == "lose answer":
            raise PlatformUnreachable("no answer")
        return 0 if what == "nonsense" else len(kept)


@settings(max_examples=150, deadline=None)
@given(mishaps=st.lists(MISHAPS, max_size=40), cut=st.integers(min_value=1, max_value=len(DATA)))
def test_every_sequence_of_mishaps_ends_with_the_same_bytes(mishaps: list[str], cut: int) -> None:
    server = Server(list(mishaps))
    kept: list[str] = []
    arrived: list[int] = []
    uploader = TusUploader(
        server, kept.append, lambda _, count: arrived.append(count), PieceSize(max(SMALLEST_PIECE, cut))
    )
    original = Original("capture", DATA, "sha256")
    tries = 0
    while True:
        tries += 1
        assert tries <= len(mishaps) + 2, "every try after the last mishap succeeds"
        try:
            uploader.upload(original, kept[-1] if kept else None)
            break
        except PlatformError:
            continue
    assert server.whole
    assert set(server.whole) == {DATA}
    assert SMALLEST_PIECE <= uploader.size.bytes <= LARGEST_PIECE
    assert all(count > 0 for count in arrived)


@given(steps=st.lists(st.booleans(), max_size=60))
def test_pieces_grow_and_shrink_within_their_bounds(steps: list[bool]) -> None:
    size = PieceSize()
    assert size.bytes == FIRST_PIECE
    for arrived in steps:
        before = size.bytes
        size.arrived() if arrived else size.broke()
        assert SMALLEST_PIECE <= size.bytes <= LARGEST_PIECE
        assert size.bytes >= before if arrived else size.bytes <= before


@given(pieces=st.integers(min_value=1, max_value=6))
def test_without_mishaps_every_byte_goes_out_once(pieces: int) -> None:
    server, arrived = Server([]), list[int]()
    uploader = TusUploader(
        server,
        lambda _: None,
        lambda _, count: arrived.append(count),
        PieceSize(max(SMALLEST_PIECE, len(DATA) // pieces)),
    )
    uploader.upload(Original("capture", DATA, "sha256"), None)
    assert sum(arrived) == len(DATA)
    assert server.made == 1
