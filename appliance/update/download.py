"""A bundle from the network: over TLS, in pieces, going on where an earlier try ended."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2

from appliance.release.errors import BundleRefused
from appliance.release.manifest import LARGEST_BUNDLE

TIMEOUT = httpx2.Timeout(30.0, connect=10.0)
_LARGEST_INDEX = 100_000
_PARTIAL, _OK, _NOT_SATISFIABLE = 206, 200, 416
_VERSION = re.compile(r"\d+(\.\d+){1,3}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Offered:
    """What the publisher's page names: `{"version", "file", "size_bytes"}`; nothing of it is believed but as a hint."""

    version: str
    url: str
    size: int


def latest(client: httpx2.Client, index: str) -> Offered:
    """What the document at `index` offers. Raises `BundleRefused`, `httpx2.HTTPError`."""
    must_be_tls(index)
    with client.stream("GET", index) as answer:
        answer.raise_for_status()
        body = b""
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > _LARGEST_INDEX:
                raise _no_index(index)
    try:
        told = json.loads(body)
        version, url, size = str(told["version"]), urljoin(index, str(told["file"])), int(told["size_bytes"])
    except (KeyError, TypeError, ValueError) as error:
        raise _no_index(index) from error
    must_be_tls(url)
    if not _VERSION.fullmatch(version) or not 0 < size <= LARGEST_BUNDLE + 10_000_000:
        raise _no_index(index)
    return Offered(version, url, size)


def fetch(client: httpx2.Client, offered: Offered, part: Path, progress: Callable[[float], None]) -> None:
    """Bring `offered` to `part`, from where it ends now. Raises `BundleRefused`, `httpx2.HTTPError`, `OSError`."""
    done = part.stat().st_size if part.exists() else 0
    if done >= offered.size:
        part.unlink()
        done = 0
    headers = {"Range": f"bytes={done}-"} if done else {}
    with client.stream("GET", offered.url, headers=headers) as answer:
        if answer.status_code == _NOT_SATISFIABLE:
            part.unlink()
            raise _wrong_size(offered)
        answer.raise_for_status()
        if answer.status_code != _PARTIAL:
            done = 0  # the server begins anew
        with part.open("r+b" if done else "wb") as file:
            file.seek(done)
            for piece in answer.iter_bytes(1 << 18):
                done += len(piece)
                if done > offered.size:
                    raise _wrong_size(offered)
                file.write(piece)
                progress(done / offered.size)
    if done != offered.size:
        raise httpx2.ReadError(f"{done} of {offered.size} bytes came")


def must_be_tls(url: str) -> None:
    """Raises `BundleRefused` for anything but https."""
    if urlsplit(url).scheme != "https":
        raise BundleRefused(f"更新地址必须是 https：{url[:100]}", f"the update's address must be https: {url[:100]}")


def _no_index(index: str) -> BundleRefused:
    return BundleRefused(
        f"更新地址给出的内容不对：{index[:100]}", f"what stands at {index[:100]} names no release: check `update.url`"
    )


def _wrong_size(offered: Offered) -> BundleRefused:
    return BundleRefused(
        f"下载的更新包大小不符（应为 {offered.size} 字节），已丢弃，请重试",
        f"the download is not the {offered.size} bytes it was said to be; it was thrown away: try again",
    )
