"""Wi-Fi keys: the derived key in place of a password, and passphrases that people can read off a label."""

from __future__ import annotations

import hashlib
import secrets

# No 0 O o, no 1 l I i, no upper case: read from paper, typed on a tablet. 31 letters; 16 of them are 79 bits.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 4, 4
PSK_ROUNDS, PSK_BYTES = 4096, 32


def new_passphrase() -> str:
    """A hotspot's passphrase such as `k7mw-92tq-...`: WPA takes 8 to 63 characters, this has 19."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def psk(password: str, ssid: str) -> str:
    """The 256-bit key that WPA derives from password and network name, as 64 hex digits (IEEE 802.11-2020, J.4.1).

    Whoever finds it can join this one network, but does not learn the password, which may open other things too.
    """
    return hashlib.pbkdf2_hmac("sha1", password.encode(), ssid.encode(), PSK_ROUNDS, PSK_BYTES).hex()
