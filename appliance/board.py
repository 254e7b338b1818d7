"""Key files bound to the board they were made on: a card read elsewhere gives nothing away.

A bound file is encrypted (ChaCha20-Poly1305) with a key that scrypt (RFC 7914) makes of a secret that is not on the card. From
where that comes, best first, and what it is worth to somebody who has the card alone:

`credential`    `station-seal`, 32 random bytes that systemd-creds sealed (`station-seal.service`): to the TPM where there is one,
                whatever system that machine was started with (no PCR of the firmware: updates of Secure Boot change them);
                on a machine with neither TPM nor board number to systemd's own key, which lies on the system's disk, so that the
                data folder alone opens nowhere, but the whole disk does.
`device-tree`   the serial number of a Raspberry Pi's chip. It is never on the card, but it is a number of 32 to 64 bits and no
                secret to whoever held the board: scrypt makes each guess cost 0.1 s and 32 MiB, 2^32 of them some ten years of
                one core. It stops who finds or copies a card, not a laboratory; against somebody with card and board only
                revocation helps.

Units are handed the credential by systemd; who works at the console as the station's user reads the one that a running unit was
handed.

A machine that has neither keeps plain files of mode 0600, and says so.

WrongBoard(ValueError)   the file was bound on another board, or its secret is not there
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_MAGIC = b"capture-station bound key 1 "
_SALT, _NONCE, _KEY = 16, 12, 32
_COST = {"n": 1 << 15, "r": 8, "p": 1}  # 32 MiB and about 0.1 s
CREDENTIAL = "station-seal"
BY_CREDENTIAL, BY_NUMBER = "credential", "device-tree"
SERIAL = Path("/sys/firmware/devicetree/base/serial-number")
HANDED = tuple(Path("/run/credentials", f"{unit}.service", CREDENTIAL) for unit in ("station-firstboot", "station"))


class WrongBoard(ValueError):
    """Bound on another board, or by a secret that is not there now."""


class BoardSecret(Protocol):
    """Something the board has and the card has not."""

    @property
    def name(self) -> str:
        """What a bound file calls it; no spaces."""
        ...

    def read(self) -> bytes | None:
        """The secret; `None` where this machine has none of this kind."""
        ...


@dataclass(frozen=True, slots=True)
class FileSecret:
    """A secret that a file shows: a credential that systemd decrypted, a number that the kernel tells."""

    name: str
    path: Path | None

    def read(self) -> bytes | None:
        """The file's content without padding; `None` when there is none, or it says nothing (zeros)."""
        try:
            found = b"" if self.path is None else self.path.read_bytes().strip(b"\0\n ")
        except OSError:
            return None
        return found if found.strip(b"0") else None


def secrets_here() -> tuple[BoardSecret, ...]:
    """What this machine may have, best first."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    handed = ((Path(folder, CREDENTIAL),) if folder else ()) + HANDED
    return (
        *(FileSecret(BY_CREDENTIAL, path) for path in handed),
        FileSecret(BY_NUMBER, SERIAL),
    )


def is_bound(content: bytes) -> bool:
    """Whether these bytes are of a bound file."""
    return content.startswith(_MAGIC)


def bound_by(content: bytes) -> str | None:
    """The name of the secret that these bytes are bound by; `None` for a plain file."""
    return content.partition(b"\n")[0].removeprefix(_MAGIC).decode(errors="replace") if is_bound(content) else None


def bind(content: bytes, name: str, sources: Iterable[BoardSecret]) -> bytes | None:
    """`content` of the key file `name`, bound to the first of `sources` that is there; `None` where none is."""
    for source in sources:
        secret = source.read()
        if secret is not None:
            head = _MAGIC + source.name.encode() + b"\n"
            salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
            sealed = ChaCha20Poly1305(_key(secret, salt)).encrypt(nonce, content, head + name.encode())
            return head + salt + nonce + sealed
    return None


def unbound(content: bytes, name: str, sources: Iterable[BoardSecret]) -> bytes:
    """What was bound; bytes that never were come back as they are. Raises `WrongBoard`."""
    if not is_bound(content):
        return content
    head, _, rest = content.partition(b"\n")
    named = head.removeprefix(_MAGIC).decode(errors="replace")
    secret = next((found for source in sources if source.name == named and (found := source.read()) is not None), None)
    if secret is None:
        raise WrongBoard(
            f"{name} 与另一台机器绑定（{named}），本机没有能打开它的凭据：{_ADVICE_ZH} · "
            f"{name} is bound to a board's {named}, and this machine has none: {_ADVICE}"
        )
    salt, nonce, sealed = rest[:_SALT], rest[_SALT : _SALT + _NONCE], rest[_SALT + _NONCE :]
    try:
        return ChaCha20Poly1305(_key(secret, salt)).decrypt(nonce, sealed, head + b"\n" + name.encode())
    except (InvalidTag, ValueError) as error:
        raise WrongBoard(
            f"{name} 与另一台机器绑定（{named}），或者已损坏：{_ADVICE_ZH} · "
            f"{name} is bound to another board ({named}), or damaged: {_ADVICE}"
        ) from error


_ADVICE_ZH = "把存储卡插回它自己的机器，或在这里恢复备份：station restore（注册随备份一起回来）"
_ADVICE = "put the card back into its own station, or restore the backup here: station restore (station enrolment goes on with it)"


@lru_cache(maxsize=8)  # asked for at every signature; the keys themselves are in this process's memory all the time
def _key(secret: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=_KEY, **_COST).derive(secret)
