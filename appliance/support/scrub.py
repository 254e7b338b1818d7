"""Texts without what belongs to people: names, codes, numbers, addresses, secrets are masked, whatever program wrote them."""

from __future__ import annotations

import re

HIDDEN = "[…]"
# Settings, log fields and options whose value is somebody's or a secret, in the spellings of TOML, JSON, key=value and Python.
_KEYS = (
    "code|pin|token|secret|payload|answer|password|passphrase|psk|name|phone|address|email|operator|"
    "setup_code|pairing_code|key|cookie|authorization|identity|student|class_name|ssid|reason"
)
_FIELD = re.compile(
    rf"""(?P<key>["']?\b[\w.-]*(?:{_KEYS})\b["']?\s*[:=]\s*)(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;}}\]]+)""",
    re.IGNORECASE,
)
_PATTERNS = (
    re.compile(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", re.DOTALL),
    re.compile(r"\beyJ[\w-]+(?:\.[\w-]*){1,4}"),  # JWS and JWE
    re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])"),  # document numbers
    re.compile(r"(?<![0-9A-Za-z.:-])\+?[0-9][0-9 -]{5,}[0-9Xx*](?![0-9A-Za-z:-])"),  # phone and student numbers, codes
    re.compile(r"[\u3400-\u9fff][*＊○]+[\u3400-\u9fff]?"),  # names as they are masked on rosters
    re.compile(r"[0-9]{2,}\*{2,}[0-9Xx]*"),  # numbers as they are masked there
)
_LONG = re.compile(r"(?<![\w/+=-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[A-Za-z0-9+/_=-]{24,}(?![\w+/=-])")
_KNOWN_LONG = re.compile(
    r"[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}"
)  # digests, ids of things
_CHINESE = re.compile(r"[\u3400-\u9fff]{2,4}")


def scrubbed(text: str, *, names: bool = False) -> str:
    """`text` with everything hidden that may be a person's or a secret. With `names`, short runs of Chinese go too (free text)."""
    for pattern in _PATTERNS:
        text = pattern.sub(HIDDEN, text)
    text = _FIELD.sub(lambda found: f"{found['key']}{HIDDEN}", text)
    text = _LONG.sub(lambda found: found[0] if _KNOWN_LONG.fullmatch(found[0]) else HIDDEN, text)
    return _CHINESE.sub(HIDDEN, text) if names else text
