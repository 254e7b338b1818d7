"""JSON bodies that were read byte for byte (their digest is signed), made into documents of the contract."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from .problems import Refusal

Read = TypeVar("Read", bound=BaseModel)


def read_body(model: type[Read], body: bytes) -> Read:
    """The document in a body. Refuses 422 `body-unreadable` with the first place that is wrong."""
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refusal("body-unreadable", f"{where}: {first['msg']}") from error
