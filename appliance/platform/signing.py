"""Every request signed with the station's key (RFC 9421), its body digested (RFC 9530), at the moment it is sent.

Covered are method, authority, path and query, and, where present, the digest and type of the body and the fields that
steer an upload. `created` is the platform's time as `PlatformClock` knows it. When the platform refuses the time, its
`Date` is learnt and the same request is signed and sent once more: a station without a clock needs one extra round trip.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ED25519
from http_message_signatures.httpx2 import adapt_message

from .clock import PlatformClock

SIGNATURE_LABEL = "station"
SIGNATURE_TAG = "capture-station"
REQUIRED_COMPONENTS = ("@method", "@authority", "@path", "@query")
STEERING_FIELDS = (
    "content-digest",
    "content-type",
    "upload-offset",
    "upload-length",
    "upload-metadata",
    "idempotency-key",
)


class StationSignature(httpx2.Auth):
    """Signs each request anew; `key_id` is the station's id (its key's thumbprint while it enrols)."""

    requires_request_body = True

    def __init__(self, key: Ed25519PrivateKey, key_id: str, clock: PlatformClock) -> None:
        self._key_id = key_id
        self._clock = clock
        self._signer = HTTPMessageSigner(
            signature_algorithm=ED25519,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={key_id: key}),
        )

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Sign, send; on a refusal of the time learn it, and sign and send once more."""
        self._sign(request)
        response = yield request
        learnt = self._clock.learn(response.headers.get("date"))
        if learnt and response.status_code == httpx2.codes.UNAUTHORIZED:
            self._sign(request)
            response = yield request
            self._clock.learn(response.headers.get("date"))

    def _sign(self, request: httpx2.Request) -> None:
        for field in ("signature", "signature-input", "content-digest"):
            request.headers.pop(field, None)
        self._signer.sign(
            adapt_message(request),
            key_id=self._key_id,
            created=self._clock.now(),
            nonce=secrets.token_urlsafe(12),
            label=SIGNATURE_LABEL,
            tag=SIGNATURE_TAG,
            body=request.content or None,  # its digest is added as a field, and covered
            covered_component_ids=[*REQUIRED_COMPONENTS, *(f for f in STEERING_FIELDS if f in request.headers)],
        )
