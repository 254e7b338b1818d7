"""Whoever may open backups: an X25519 key of the site. Stations carry its public half only, so a thief's stick tells nothing."""

from __future__ import annotations

import json
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from appliance.backup.errors import BackupRefused
from appliance.platform.documents import public_jwk
from appliance.platform.identity import write_private


def make_identity(path: Path) -> Path:
    """Write a new key pair: `path`, private (0600), and `path`.pub; the public file. `FileExistsError` rather than overwrite."""
    if path.exists():
        raise FileExistsError(f"{path} is there already: a backup made for it could never be opened again")
    key = OKPKey.generate_key("X25519")
    write_private(path, json.dumps(key.as_dict(private=True)).encode())
    public = path.with_name(f"{path.name}.pub")
    public.write_text(json.dumps(public_jwk(key)) + "\n", encoding="utf-8")
    return public


def read_key(path: Path, *, private: bool) -> OKPKey:
    """The key in a file that `make_identity` wrote. Raises `BackupRefused`."""
    try:
        key = OKPKey.import_key(json.loads(path.read_text(encoding="utf-8")))
        if key.as_dict(private=False).get("crv") != "X25519" or (private and "d" not in key.as_dict(private=True)):
            raise ValueError("another kind of key")
    except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
        kind = ("私钥", "private") if private else ("公钥", "public")
        raise BackupRefused(
            f"{path} 不是备份{kind[0]}：{error}；可用 station backup key 生成",
            f"{path} is no {kind[1]} key of backups ({error}); station backup key makes a pair",
        ) from error
    return key
