"""What lists show of a capture, kept beside its record so that a day's list does not open thousands of records."""

from __future__ import annotations

import json

_SHOWN = ("identity", "source", "exception", "operator", "payment", "replaces", "unresolved")


def summary_of(record: bytes) -> str:
    """JSON of the shown keys of a record (masked identity, source, exception, payment); `{}` for bytes that are no record."""
    try:
        document = json.loads(record)
    except ValueError:
        return "{}"
    if not isinstance(document, dict):
        return "{}"
    shown = {key: document[key] for key in _SHOWN if document.get(key) is not None}
    return json.dumps(shown, ensure_ascii=False, sort_keys=True)
