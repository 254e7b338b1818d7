"""What the plain-HTTP service of the hotspot answers: a connectivity check's own word, one page, one certificate, nothing else."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

_HERE = Path(__file__).parent
CERTIFICATE = "/site-ca.crt"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `body` is bytes, `kind` a media type."""

    status: int
    body: bytes = b""
    kind: str = "text/plain"

    def wire(self, *, head: bool) -> bytes:
        """As HTTP/1.1 sends it; the connection ends after it."""
        reasons = {200: "OK", 204: "No Content", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}
        lines = [
            f"HTTP/1.1 {self.status} {reasons[self.status]}",
            "Connection: close",
            "Cache-Control: no-store",
            "X-Content-Type-Options: nosniff",
            "Content-Security-Policy: default-src 'none'",
        ]
        if self.status != 204:
            lines += [f"Content-Type: {self.kind}", f"Content-Length: {len(self.body)}"]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if head else self.body)


@dataclass(frozen=True, slots=True)
class Probe:
    """A connectivity check: the end of host and path that it asks for, and its answer."""

    host: str
    path: str
    answer: Answer


class Answers:
    """Looks up the answer to a request line and host. `authority` is the PEM that tablets are to trust."""

    def __init__(self, authority: bytes) -> None:
        certificate = x509.load_pem_x509_certificate(authority)
        shown = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
        page = (_HERE / "portal.html").read_text(encoding="utf-8").replace("{{fingerprint}}", shown)
        self._page = Answer(200, page.encode(), "text/html; charset=utf-8")
        # The media type by which Android and iPadOS offer to install it.
        self._certificate = Answer(200, certificate.public_bytes(Encoding.DER), "application/x-x509-ca-cert")
        self._probes = probes()

    def to(self, method: str, path: str, host: str) -> Answer:
        """The answer. `host` without port."""
        if method not in {"GET", "HEAD"}:
            return Answer(405, b"GET only\n")
        asked = path.split("?", maxsplit=1)[0]
        for probe in self._probes:
            if asked.endswith(f"/{probe.path}") and f".{host.lower()}".endswith(f".{probe.host}" if probe.host else ""):
                return probe.answer
        if asked == CERTIFICATE:
            return self._certificate
        # Any name a person types leads here; but what an app asks of its own server must not get our page for an answer.
        return self._page if asked == "/" else Answer(404, b"nothing here\n")


def probes() -> tuple[Probe, ...]:
    """The known connectivity checks, from `portal.toml`."""
    rows = tomllib.loads((_HERE / "portal.toml").read_text(encoding="utf-8"))["probe"]
    return tuple(
        Probe(
            row.get("host", ""),
            row["path"],
            Answer(row.get("status", 200), row.get("body", "").encode(), row.get("type", "text/plain")),
        )
        for row in rows
    )
