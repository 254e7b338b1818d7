"""Who is asking: every request of the contract is signed by a station (RFC 9421), its body covered by a digest (RFC 9530)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)
from http_message_signatures.algorithms import ED25519
from http_message_signatures.digests import ContentDigest
from joserfc.jwk import OKPKey

from appliance.platform.signing import REQUIRED_COMPONENTS, SIGNATURE_TAG, STEERING_FIELDS

from .composition import Platform
from .problems import Refusal
from .stations import is_revoked, station_public_key, words_for
from .succession import next_key, take_over


@dataclass(frozen=True, slots=True)
class Message:
    """A request as a signature sees it; `headers` in order, repeated fields kept."""

    method: str
    url: str
    headers: Any
    body: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature held: who sent it, and its body as sent."""

    station_id: str
    body: bytes


class OutsideWindow(InvalidSignature):
    """The signature was made too long ago or in the future, by the platform's clock."""


class KeyUnknown(InvalidSignature):
    """No enrolled station has this key id."""


def platform_of(request: Request) -> Platform:
    """The platform the application was made with."""
    return cast("Platform", request.app.state.platform)


async def message_of(request: Request) -> Message:
    """Read the whole request. Its address is taken from the request line and Host, as the client signed them."""
    raw_path = request.scope.get("raw_path") or request.scope["path"].encode()
    query = request.scope.get("query_string", b"")
    target = raw_path.decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")
    return Message(
        method=request.method,
        url=f"{request.url.scheme}://{request.headers.get('host', '')}{target}",
        headers=request.headers,
        body=await request.body(),
    )


PlatformPart = Annotated[Platform, Depends(platform_of)]
MessagePart = Annotated[Message, Depends(message_of)]


def signed_station(platform: PlatformPart, message: MessagePart) -> Signed:
    """The station that signed this request. Refuses 401 `unsigned`, `clock-skew`, `unknown-station`; 403 `revoked`."""
    station_id = _verify_enrolled(platform, message)
    if is_revoked(platform, station_id):
        text = f"station {station_id} was revoked; nothing more is taken from it"
        raise Refusal("revoked", text, **words_for(platform, station_id))
    return Signed(station_id, message.body)


def _verify_enrolled(platform: Platform, message: Message) -> str:
    """Hold a request against its station's key, then against the one that was announced, which so takes over."""
    keys, window_s = _EnrolledKeys(platform), platform.settings.signature_window_s
    try:
        return verify(message, keys, window_s, platform)
    except Refusal as refused:
        announced = None if refused.code != "unsigned" or keys.asked is None else next_key(platform, keys.asked)
        if announced is None or keys.asked is None:
            raise
        station_id = verify(message, _OneKey(announced, keys.asked), window_s, platform)
        take_over(platform, station_id, announced)
        return station_id


SignedPart = Annotated[Signed, Depends(signed_station)]


def verify_with_key(platform: Platform, message: Message, key: OKPKey) -> None:
    """Hold a request against one given key (enrolment: the key it brings itself)."""
    verify(message, _OneKey(key), platform.settings.signature_window_s, platform)


def verify(message: Message, resolver: HTTPSignatureKeyResolver, window_s: int, platform: Platform) -> str:
    """The key id whose signature covers this message. Raises `Refusal`."""
    covered = [*REQUIRED_COMPONENTS, *(name for name in STEERING_FIELDS if name in message.headers)]
    if message.body and "content-digest" not in message.headers:
        raise Refusal("unsigned", "a request with a body needs a Content-Digest field, and its signature must cover it")
    verifier = _WindowVerifier(signature_algorithm=ED25519, key_resolver=resolver)
    verifier.window_s, verifier.platform = window_s, platform
    try:
        [result] = verifier.verify(message, max_age=None, expect_tag=SIGNATURE_TAG, require_components=covered)
    except OutsideWindow as error:
        raise Refusal("clock-skew", f"{error}; take the time from this answer's Date field and sign again") from error
    except KeyUnknown as error:
        raise Refusal("unknown-station", f"{error}; enrol the station again with a new token") from error
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise Refusal("unsigned", f"the signature does not hold: {error}") from error
    if message.body:
        _check_digest(message)
    return str(result.parameters["keyid"])


def _check_digest(message: Message) -> None:
    try:
        ContentDigest.verify(message.headers["content-digest"], message.body)
    except HTTPMessageSignaturesException as error:
        raise Refusal("wrong-digest", f"{error}; the body was changed on the way, send it again") from error


class _WindowVerifier(HTTPMessageVerifier):
    window_s: int
    platform: Platform

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """Accept only signatures made within the window around the platform's time."""
        if "created" not in sig_input.params:
            raise InvalidSignature("the signature says not when it was made")
        apart_s = int(sig_input.params["created"]) - self.platform.now().timestamp()
        if abs(apart_s) > self.window_s:
            raise OutsideWindow(f"the signature was made {apart_s:+.0f} s from the platform's time")


class _EnrolledKeys(HTTPSignatureKeyResolver):
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.asked: str | None = None  # the station that the request names

    def resolve_public_key(self, key_id: str) -> Any:
        """The Ed25519 key of an enrolled station."""
        self.asked = key_id
        key = station_public_key(self._platform, key_id)
        if key is None:
            raise KeyUnknown(f"no station {key_id!r} is enrolled here")
        return key.public_key


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: OKPKey, key_id: str | None = None) -> None:
        self._key = key
        self._key_id = key_id or key.thumbprint()

    def resolve_public_key(self, key_id: str) -> Any:
        """The key, when it is called so: by its thumbprint, unless said otherwise."""
        return self._key.public_key if key_id == self._key_id else None
