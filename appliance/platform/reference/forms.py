"""What a page's form sends: `application/x-www-form-urlencoded`, small, UTF-8."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request

from .problems import Refusal

_LONGEST = 16 * 1024
_FIELDS = 200


async def form_of(request: Request) -> Mapping[str, Sequence[str]]:
    """The fields of a form, each with its values. Refuses `too-large`, `body-unreadable`."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LONGEST:
            raise Refusal("too-large", f"a form may have {_LONGEST} bytes")
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict")
    except ValueError as error:
        raise Refusal("body-unreadable", f"the form cannot be read: {error}") from error


Form = Annotated[Mapping[str, Sequence[str]], Depends(form_of)]
