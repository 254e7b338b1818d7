"""Students as the platform names them in its own tables, and which captures are whose."""

from __future__ import annotations

from appliance.platform.digests import sha256_hex


def student_key(payload: str) -> str:
    """SHA-256 of a capture code's payload, hex: the same student at every station, in every plan."""
    return sha256_hex(payload.encode())
