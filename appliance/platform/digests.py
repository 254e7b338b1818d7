"""Digests and canonical bytes: how codes, answers, files and documents are compared without being known.

A roster holds `code_digest`, keyed with the roster's salt, and `answer_digest`, keyed with the code itself: whoever finds
a roster but no student's code can search neither, although an answer has only four characters.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import unicodedata
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_ANSWER_KEY_BYTES = 32


def sha256_hex(data: bytes) -> str:
    """SHA-256 of `data`, lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def canonical_json(document: Any) -> bytes:
    """One byte string for one document: UTF-8, keys sorted, no spaces, shortest floats. ValueError on NaN or infinity."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def code_digest(salt: bytes, payload: str) -> str:
    """HMAC-SHA256 of a capture code's payload under a roster's salt, hex."""
    return hmac.new(salt, payload.encode(), hashlib.sha256).hexdigest()


def answer_digest(payload: str, kind: str, value: str) -> str:
    """HMAC-SHA256 of `kind:value` under HKDF-SHA256(payload, info="answer"), hex.

    `value` is normalised first (`normal_answer`), so that what a student types in any width or case meets the roster's.
    """
    key = HKDF(SHA256(), _ANSWER_KEY_BYTES, salt=None, info=b"answer").derive(payload.encode())
    return hmac.new(key, f"{kind}:{normal_answer(value)}".encode(), hashlib.sha256).hexdigest()


def normal_answer(value: str) -> str:
    """NFKC (full-width digits become plain), without spaces, upper case: document numbers may end in x or X."""
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()


def same_digest(left: str, right: str) -> bool:
    """Compare two hex digests in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def content_digest(body: bytes) -> str:
    """The `Content-Digest` field value of RFC 9530 for `body`, algorithm sha-256."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def salt_text(salt: bytes) -> str:
    """A salt as it travels in a roster: base64url without padding."""
    return base64.urlsafe_b64encode(salt).rstrip(b"=").decode()


def salt_bytes(text: str) -> bytes:
    """The reverse of `salt_text`. ValueError when it is no base64url."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
