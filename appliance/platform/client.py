"""The station's side of the contract, one method a call; sync, signed, one connection kept open.

Methods raise `PlatformError` (see `errors`) and nothing else; none of them tries again: when to is the outbox's business.
"""

from __future__ import annotations

import base64
import hashlib
import ssl
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey

from . import contract
from .answers import check, check_digest, read, statement_in, verified_receipt
from .bounded import ask
from .clock import PlatformClock
from .digests import canonical_json
from .documents import KEY_CHANGE_TYPE, public_jwk, sign_document
from .errors import OffsetMismatch, PlatformBusy, PlatformUnreachable, ReceiptMismatch, UploadLost
from .identity import StationIdentity, key_as_jwk
from .signing import StationSignature

TIMEOUT = httpx2.Timeout(30.0, connect=10.0)
# Shorter than any server's: one that is closed at the very moment it is used again would count as a broken link.
_LIMITS = httpx2.Limits(keepalive_expiry=2.5)
_TUS = {"Tus-Resumable": "1.0.0"}
_NOT_MODIFIED = 304


class PlatformClient:
    """Calls to the platform this station is enrolled at. Use from one thread; `close` when done."""

    def __init__(
        self,
        identity: StationIdentity,
        *,
        clock: PlatformClock | None = None,
        timeout: httpx2.Timeout = TIMEOUT,
        verify: ssl.SSLContext | bool = True,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.identity = identity
        self.revocation: str | None = None  # the signed word of a refusal, not yet verified
        self.hold: str | None = None  # likewise; the last one
        self.is_welcome = False  # whether the last answer that said anything about it was a good one
        self.clock = clock or PlatformClock()
        self._http = httpx2.Client(
            base_url=f"{identity.base_url}/",
            auth=StationSignature(identity.key, identity.station_id, self.clock),
            timeout=timeout,
            verify=verify,
            transport=transport,
            limits=_LIMITS,
        )

    def __enter__(self) -> PlatformClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    # --- captures ----------------------------------------------------------------------------------------------------

    def put_record(self, capture_id: str, record: bytes) -> contract.CaptureState:
        """Send a record, byte for byte as kept."""
        return read(self._send_json("PUT", f"v1/captures/{capture_id}", record), contract.CaptureState)

    def put_photo(self, capture_id: str, jpeg: bytes) -> contract.CaptureState:
        """Send the standard photo."""
        response = self._request(
            "PUT", f"v1/captures/{capture_id}/photo", content=jpeg, headers={"content-type": "image/jpeg"}
        )
        return read(response, contract.CaptureState)

    def capture(self, capture_id: str) -> contract.CaptureState:
        """What the platform holds of a capture."""
        return read(self._request("GET", f"v1/captures/{capture_id}"), contract.CaptureState)

    def receipt(self, capture_id: str) -> contract.SignedReceipt:
        """The receipt, its signature verified. `PartsMissing` while there is none; one that is forged counts as no answer."""
        signed = read(self._request("GET", f"v1/captures/{capture_id}/receipt"), contract.SignedReceipt)
        receipt = verified_receipt(signed.jws, self.identity.signing_keys, self.identity.station_id)
        if str(receipt.capture_id) != capture_id:
            raise ReceiptMismatch(f"the receipt is of {receipt.capture_id}, not of {capture_id}")
        return receipt

    # --- originals (tus 1.0) -----------------------------------------------------------------------------------------

    def create_upload(self, capture_id: str, length: int, sha256: str) -> str:
        """Begin, or find again, the upload of an original; its address, as a path of the platform."""
        metadata = {"capture_id": capture_id, "sha256": sha256}
        pairs = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in metadata.items())
        headers = {**_TUS, "upload-length": str(length), "upload-metadata": pairs}
        response = self._request("POST", "v1/uploads", headers=headers)
        check(response)
        location = response.headers.get("location")
        if not location:
            raise PlatformUnreachable("the answer to the begin of an upload carries no Location")
        return self._path_of(location)

    def upload_offset(self, path: str) -> int:
        """How many bytes of the upload are durable at the platform. `UploadLost` when it forgot it."""
        return self._offset(self._tus("HEAD", path))

    def append(self, path: str, offset: int, piece: bytes) -> int:
        """Send a piece; the offset after it. Raises `OffsetMismatch`, `UploadLost`."""
        # SHA-1 is the one checksum every tus server must know; the signature covers SHA-256 in Content-Digest.
        checksum = base64.b64encode(hashlib.sha1(piece, usedforsecurity=False).digest()).decode()
        headers = {
            "content-type": "application/offset+octet-stream",
            "upload-offset": str(offset),
            "upload-checksum": f"sha1 {checksum}",
        }
        return self._offset(self._tus("PATCH", path, content=piece, headers=headers))

    def end_upload(self, path: str) -> None:
        """Forget an upload at the platform."""
        check(self._tus("DELETE", path))

    # --- fee, review, reports ----------------------------------------------------------------------------------------

    def create_order(self, request: contract.OrderRequest, key: str) -> contract.Order:
        """Ask for a student's fee. `key` stands for one order for good; after it expired or was cancelled, take a new one."""
        body = canonical_json(request.model_dump(mode="json"))
        return read(self._send_json("POST", "v1/orders", body, {"idempotency-key": key}), contract.Order)

    def order(self, order_id: str) -> contract.Order:
        """How an order stands."""
        return read(self._request("GET", f"v1/orders/{order_id}"), contract.Order)

    def cancel_order(self, order_id: str) -> contract.Order:
        """End an open order. `PlatformRefused` with code `paid` when somebody paid it a moment before."""
        return read(self._request("POST", f"v1/orders/{order_id}/cancel"), contract.Order)

    def review(self, capture_id: str) -> contract.Review:
        """How the review of a capture stands."""
        return read(self._request("GET", f"v1/captures/{capture_id}/review"), contract.Review)

    def withdraw(self, capture_id: str, reason: contract.WithdrawalReason) -> contract.Review:
        """Take a capture back. `PlatformRefused` with code `locked` once accepted, `already-refused` after a refusal."""
        body = canonical_json(contract.Withdrawal(reason=reason).model_dump(mode="json"))
        return read(self._send_json("POST", f"v1/captures/{capture_id}/withdrawal", body), contract.Review)

    def report(self, report: contract.ProblemReport) -> contract.ReportReceived:
        """Report a problem."""
        body = canonical_json(report.model_dump(mode="json"))
        return read(self._send_json("PUT", f"v1/reports/{report.report_id}", body), contract.ReportReceived)

    # --- station -----------------------------------------------------------------------------------------------------

    def rosters(self, cursor: str = "") -> contract.RosterPage | None:
        """Signed rosters changed since `cursor`; None when nothing changed."""
        headers = {"if-none-match": f'"{cursor}"'} if cursor else {}
        response = self._request("GET", "v1/roster", params={"cursor": cursor}, headers=headers)
        return None if response.status_code == _NOT_MODIFIED else read(response, contract.RosterPage)

    def events(self, after: str = "", wait_s: float = 0.0) -> contract.EventPage:
        """Events after a cursor; waits up to `wait_s` seconds for one."""
        timeout = httpx2.Timeout(TIMEOUT.read or 0.0, read=wait_s + 15.0)
        response = self._request(
            "GET", "v1/station/events", params={"after": after, "wait": f"{wait_s:g}"}, timeout=timeout
        )
        return read(response, contract.EventPage)

    def heartbeat(self, heartbeat: contract.Heartbeat) -> contract.HeartbeatAnswer:
        """Say how the station is doing."""
        body = canonical_json(heartbeat.model_dump(mode="json"))
        return read(self._send_json("POST", "v1/station/heartbeat", body), contract.HeartbeatAnswer)

    def announce_key(self, change: contract.KeyChange) -> contract.KeyAnnounced:
        """Announce the station's next key (`key_change`). Both sign until the next one has."""
        body = canonical_json(change.model_dump(mode="json"))
        return read(self._send_json("PUT", "v1/station/key", body), contract.KeyAnnounced)

    # -----------------------------------------------------------------------------------------------------------------

    def _send_json(self, method: str, path: str, body: bytes, headers: dict[str, str] | None = None) -> httpx2.Response:
        return self._request(
            method, path, content=body, headers={"content-type": "application/json", **(headers or {})}
        )

    def _tus(self, method: str, path: str, *, content: bytes = b"", headers: dict[str, str] | None = None) -> Any:
        url = self._http.base_url.copy_with(raw_path=path.encode())
        return self._request(method, str(url), content=content, headers={**_TUS, **(headers or {})})

    def _request(self, method: str, url: str, **options: Any) -> httpx2.Response:
        try:
            response = ask(self._http, method, url, **options)
        except httpx2.HTTPError as error:
            raise PlatformUnreachable(f"{type(error).__name__}: {error or 'no answer'}") from error
        check_digest(response)
        if response.status_code == httpx2.codes.FORBIDDEN:
            self.revocation = statement_in(response) or self.revocation
            self.hold = statement_in(response, "hold")
            self.is_welcome = self.is_welcome and self.hold is None
        elif response.is_success:
            self.is_welcome = True
        return response

    def _offset(self, response: httpx2.Response) -> int:
        """The offset an answer names; tus gives its status codes their meaning, whoever the server is."""
        match response.status_code:
            case 404 | 410:
                raise UploadLost(f"the platform answers {response.status_code}: the upload is begun again")
            case 409:
                raise OffsetMismatch("the upload stands elsewhere: its offset is asked for again")
            case 423 | 460:
                raise PlatformBusy(f"the platform answers {response.status_code}: the piece is sent again")
        check(response)
        offset = response.headers.get("upload-offset", "")
        if not offset.isdecimal():
            raise PlatformUnreachable("the answer carries no Upload-Offset: is something between station and platform?")
        return int(offset)

    def _path_of(self, location: str) -> str:
        """Only the path is kept, so that an upload survives a change of the platform's address; other hosts get no signature."""
        own, found = urlsplit(str(self._http.base_url)), urlsplit(location)
        if found.netloc and (found.scheme, found.netloc) != (own.scheme, own.netloc):
            raise PlatformUnreachable(f"the upload is to go to {found.netloc}, which is not the platform {own.netloc}")
        return found.path + (f"?{found.query}" if found.query else "")


def key_change(station_id: str, present: Ed25519PrivateKey, following: Ed25519PrivateKey) -> contract.KeyChange:
    """The announcement of `following`, with the proof that it is held."""
    jwk, before = key_as_jwk(following), key_as_jwk(present).thumbprint()
    proof = contract.KeyChangeProof(station_id=station_id, previous=before, next=jwk.thumbprint())
    signed = sign_document(canonical_json(proof.model_dump(mode="json")), jwk, KEY_CHANGE_TYPE)
    return contract.KeyChange(public_key=_bare(jwk), proof=signed)


def _bare(jwk: OKPKey) -> contract.StationJwk:
    only = {name: value for name, value in public_jwk(jwk).items() if name != "kid"}
    return contract.StationJwk.model_validate(only)


def enrol(
    base_url: str,
    token: str,
    *,
    name: str,
    key: Ed25519PrivateKey,
    clock: PlatformClock | None = None,
    verify: ssl.SSLContext | bool = True,
    transport: httpx2.BaseTransport | None = None,
) -> StationIdentity:
    """Present a one-time token and the station's key to a platform. May be repeated with the same key. Raises `PlatformError`."""
    jwk = key_as_jwk(key)
    request = contract.EnrolmentRequest(token=token, name=name, public_key=_bare(jwk))
    auth = StationSignature(key, jwk.thumbprint(), clock or PlatformClock())
    body = canonical_json(request.model_dump(mode="json", exclude_none=True))
    with httpx2.Client(auth=auth, timeout=TIMEOUT, verify=verify, transport=transport) as http:
        try:
            address, headers = f"{base_url.rstrip('/')}/v1/enrolments", {"content-type": "application/json"}
            response = ask(http, "POST", address, content=body, headers=headers)
        except httpx2.HTTPError as error:
            raise PlatformUnreachable(f"{base_url}: {type(error).__name__}: {error or 'no answer'}") from error
    check_digest(response)
    answer = read(response, contract.Enrolment)
    try:
        return StationIdentity.from_enrolment(answer, name=name, base_url=base_url, key=key)
    except ValueError as error:
        raise PlatformUnreachable(f"{base_url} answered the enrolment with unusable keys: {error}") from error
