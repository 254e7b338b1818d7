"""An answer without end, packed or not, is let go of before it fills the memory."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterable, Iterator

import httpx2
import pytest

from appliance.platform.bounded import LONGEST, ask
from appliance.platform.errors import PlatformUnreachable

PIECE = bytes(65_536)


class Sent(httpx2.SyncByteStream):
    """`pieces`, counted as they go, until it is closed."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces, self.sent, self.closed = pieces, 0, False

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.sent += len(piece)
            yield piece

    def close(self) -> None:
        self.closed = True


def answering(response: httpx2.Response) -> httpx2.Client:
    return httpx2.Client(base_url="https://platform", transport=httpx2.MockTransport(lambda _request: response))


@pytest.mark.parametrize(
    ("pieces", "headers"),
    [(itertools.repeat(PIECE), {}), ([gzip.compress(bytes(2 * LONGEST))], {"content-encoding": "gzip"})],
    ids=["without end", "packed"],
)
def test_one_that_is_too_long_is_no_answer(pieces: Iterable[bytes], headers: dict[str, str]) -> None:
    stream = Sent(pieces)
    too_long = pytest.raises(PlatformUnreachable, match="longer than 24 MB")
    with answering(httpx2.Response(200, headers=headers, stream=stream)) as http, too_long:
        ask(http, "GET", "v1/roster")
    assert stream.closed
    assert stream.sent < LONGEST + 2 * len(PIECE)


def test_others_come_as_they_were_sent() -> None:
    headers = {"etag": '"7"', "content-digest": "sha-256=:x:"}
    with answering(httpx2.Response(404, headers=headers, content=b"[1]")) as http:
        answer = ask(http, "PUT", "v1/x", content=b"y")
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (404, b"[1]", '"7"')
    assert answer.headers["content-digest"] == "sha-256=:x:"
    assert str(answer.request.url) == "https://platform/v1/x"
    packed_up = httpx2.Response(200, headers={**headers, "content-encoding": "gzip"}, content=gzip.compress(b"[2]"))
    with answering(packed_up) as http:
        answer = ask(http, "GET", "v1/x")
    assert (answer.content, "content-digest" in answer.headers) == (b"[2]", False)
