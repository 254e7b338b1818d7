"""Names of folders and files: from masked records and the plan's pattern, to what every file system takes and no path can abuse."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from string import Formatter
from typing import Any

from appliance.archive.errors import ArchiveFailed

UNKNOWN = "未填写"
MOST_BYTES = 120  # of a name, UTF-8; ext4 and exFAT take 255, and a folder's path must fit into 260 for Windows
_FORBIDDEN = dict(zip('<>:"/\\|?*', "＜＞：＂／＼｜？＊", strict=True))  # the full-width ones are allowed everywhere
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
PATTERN_KEYS = frozenset({"student_number", "name", "capture_id"})


def clean(text: str) -> str:
    """`text` as the name of one file or folder: no separators, nothing invisible, no dots or spaces at its ends."""
    shown = "".join(_FORBIDDEN.get(char, char) for char in unicodedata.normalize("NFC", text) if _is_visible(char))
    name = " ".join(shown.split()).strip(". ")
    name = name.encode()[:MOST_BYTES].decode(errors="ignore").strip(". ")
    if not name:
        return UNKNOWN
    return f"_{name}" if _RESERVED.match(name) else name


def photo_name(pattern: str, identity: Mapping[str, Any], capture_id: str) -> str:
    """The file name, without its ending, that a plan's `archive_name` asks for. Raises `ArchiveFailed` for unknown keys."""
    keys = {key for _, key, _, _ in _parsed(pattern) if key is not None}
    if keys - PATTERN_KEYS:
        wrong = ", ".join(sorted(keys - PATTERN_KEYS))
        raise ArchiveFailed(
            f"文件名规则“{pattern}”里的 {wrong} 不认识，可用：{', '.join(sorted(PATTERN_KEYS))}",
            f"the name pattern {pattern!r} asks for {wrong}; there are {', '.join(sorted(PATTERN_KEYS))}",
        )
    values = {"capture_id": capture_id} | {key: str(identity.get(key) or "") for key in PATTERN_KEYS - {"capture_id"}}
    return clean("".join(text + (values[key] if key is not None else "") for text, key, _, _ in _parsed(pattern)))


def _parsed(pattern: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(Formatter().parse(pattern))
    except ValueError as error:
        raise ArchiveFailed(
            f"文件名规则“{pattern}”写得不对：{error}", f"the name pattern {pattern!r} cannot be read: {error}"
        ) from error


def _is_visible(char: str) -> bool:
    """Spaces count; controls, line ends, and marks that turn the direction of writing do not."""
    return char == " " or not unicodedata.category(char).startswith(("C", "Zl", "Zp"))
