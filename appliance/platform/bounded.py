"""An answer is read up to a bound: what is longer is no answer, and never fills the memory of a small machine."""

from __future__ import annotations

from typing import Any

import httpx2

from .errors import PlatformUnreachable

LONGEST = 24_000_000  # bytes, unpacked: two rosters of 20,000 students; the delivery's unit may hold 256 MB in all
_UNPACKED = frozenset(
    {"content-encoding", "content-length", "content-digest"}
)  # what no longer tells of an unpacked body


def ask(http: httpx2.Client, method: str, url: str, **options: Any) -> httpx2.Response:
    """As `http.request`, its body read whole. Raises `PlatformUnreachable` for one beyond `LONGEST`, `httpx2.HTTPError`."""
    parts, length = [], 0
    with http.stream(method, url, **options) as response:
        for piece in response.iter_bytes():
            length += len(piece)
            if length > LONGEST:
                raise PlatformUnreachable(f"the answer is longer than {LONGEST / 1e6:.0f} MB: it was not read on")
            parts.append(piece)
    headers = response.headers.multi_items()
    if "content-encoding" in response.headers:
        headers = [(name, value) for name, value in headers if name.lower() not in _UNPACKED]
    return httpx2.Response(response.status_code, headers=headers, content=b"".join(parts), request=response.request)
