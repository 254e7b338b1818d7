"""Notices of the payment gateway: "this order was paid", sent to the platform with an HMAC under a secret of the two.

One try each: a notice that is lost is found by the platform's own question (`jobs`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from dataclasses import dataclass
from datetime import datetime

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from .gateway import Payment
from .problems import Refusal

log = logging.getLogger(__name__)

FIELD = "Gateway-Signature"
_WINDOW_S = 300
_TIMEOUT_S = 5.0


class Notice(BaseModel):
    """What a notice says. It is a hint only: the platform asks the gateway itself before it believes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    order_id: str
    transaction_id: str


@dataclass(frozen=True, slots=True)
class SignedNotice:
    """A notice as it travels: its body, and the value of `Gateway-Signature`."""

    body: bytes
    signature: str


def signed(payment: Payment, secret: bytes, at: datetime) -> SignedNotice:
    """The notice of a payment that was made."""
    body = json.dumps({"order_id": payment.order_id, "transaction_id": payment.transaction_id}).encode()
    stamp = str(int(at.timestamp()))
    return SignedNotice(body, f"t={stamp},v1={_mac(secret, stamp, body)}")


def opened(body: bytes, signature: str, secret: bytes, now: datetime) -> Notice:
    """A notice whose HMAC holds and which is not older than five minutes. Refuses `unsigned`, `body-unreadable`."""
    parts = dict(part.split("=", 1) for part in signature.split(",") if "=" in part)
    stamp = parts.get("t", "")
    if not hmac.compare_digest(parts.get("v1", "").encode(), _mac(secret, stamp, body).encode()):
        raise Refusal("unsigned", "the notice is not signed with the gateway's secret")
    if not stamp.isascii() or not stamp.isdecimal() or abs(int(stamp) - now.timestamp()) > _WINDOW_S:
        raise Refusal("unsigned", "the notice was not signed within the last five minutes")
    try:
        return Notice.model_validate_json(body)
    except ValidationError as error:
        raise Refusal("body-unreadable", f"notice: {error.errors()[0]['msg']}") from error


def send(payment: Payment, secret: bytes, at: datetime) -> bool:
    """Tell the platform, once; whether it heard."""
    notice = signed(payment, secret, at)
    headers = {"content-type": "application/json", FIELD: notice.signature}
    try:
        with httpx2.Client(timeout=_TIMEOUT_S, trust_env=False) as http:
            answer = http.post(payment.notify_url, content=notice.body, headers=headers)
    except httpx2.HTTPError as error:
        log.warning("notice of order %s was lost: %s", payment.order_id, error)
        return False
    if not answer.is_success:
        log.warning("notice of order %s was answered %d", payment.order_id, answer.status_code)
    return answer.is_success


def _mac(secret: bytes, stamp: str, body: bytes) -> str:
    return hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
