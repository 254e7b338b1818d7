"""Examples in the contract: one of every document, parameter, field and problem, out of `appliance/platform/examples.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .problems import CATALOGUE, MEDIA_TYPE, Refusal

FILE = Path(__file__).resolve().parent.parent / "examples.json"
_DESCRIPTION_PREFIX = "Problem: "


def add_examples(made: dict[str, Any]) -> None:
    """Put an example beside every parameter, header field and JSON body of an OpenAPI document.

    Raises KeyError, with its name, for one that has none.
    """
    told = json.loads(FILE.read_text())
    for call in _calls(made):
        for parameter in call.get("parameters", []):
            parameter["example"] = told["parameters"][parameter["name"]]
        for response in (call.get("requestBody", {}), *call["responses"].values()):
            for media_type, content in response.get("content", {}).items():
                if media_type == MEDIA_TYPE:
                    content["examples"] = _problems(response["description"])
                elif "$ref" in content["schema"]:
                    content["example"] = told["documents"][content["schema"]["$ref"].rsplit("/", 1)[1]]
            for name, field in response.get("headers", {}).items():
                field["example"] = told["headers"][name]


def _calls(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in made["paths"].values():
        yield from path.values()


def _problems(description: str) -> dict[str, Any]:
    """One problem document for each code that a description names."""
    codes = description.removeprefix(_DESCRIPTION_PREFIX).split(", ")
    return {code: {"value": json.loads(bytes(Refusal(code, CATALOGUE[code][3]).response().body))} for code in codes}
