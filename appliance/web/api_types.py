"""The page's types of the station's interface, written from its OpenAPI document: `ui/station.d.ts`.

Type `python -m appliance.web.api_types` after a change of routes or bodies; a test holds the file equal.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from dataclasses import MISSING, fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pydantic import BaseModel

from appliance.ledger.store import Ledger
from appliance.visit.feed import LiveFeed
from appliance.web.answers.visit import FrameHeader
from appliance.web.app import UI, create_app
from appliance.web.hub import Hub
from appliance.web.parts import Parts, StandIn
from firmware.clock import SystemClock

COMMITTED = UI / "station.d.ts"
COMMAND = "python -m appliance.web.api_types"
_HEAD = f"// Written by `{COMMAND}` from the station's OpenAPI document. Do not edit.\n"
_NAMES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def document() -> dict[str, Any]:
    """The OpenAPI document of a station without a body: routes and models are the same as of one that runs."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder))
        nobody: Any = SimpleNamespace()
        given: dict[str, Any] = {
            "name": "",
            "version": "",
            "ledger": ledger,
            "clock": SystemClock(),
            "feed": LiveFeed(),
            "pairing_code": "",
            "stand_in": StandIn(stage=nobody, press=lambda: None),
        }
        needed = [f.name for f in fields(Parts) if f.default is MISSING and f.default_factory is MISSING]
        parts = Parts(**{name: SimpleNamespace() for name in needed} | given)
        try:
            return _with(create_app(parts, Hub()).openapi(), FrameHeader)
        finally:
            ledger.close()


def _with(openapi: dict[str, Any], *models: type[BaseModel]) -> dict[str, Any]:
    """With models that no route of it names: what goes over the websocket."""
    schemas = openapi["components"]["schemas"]
    for model in models:
        schema = model.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[model.__name__] = schema
    return openapi


def typescript(openapi: dict[str, Any]) -> str:
    """Interfaces of every model, and which body belongs to which path of each method."""
    models = {name: model for name, model in sorted(openapi["components"]["schemas"].items()) if not _of_fastapi(name)}
    parts = [_HEAD, *(_interface(name, model) for name, model in models.items())]
    for method in ("post", "put"):
        parts.append(_bodies(method, openapi["paths"]))
    return "\n".join(parts)


def _of_fastapi(name: str) -> bool:
    return name in {"HTTPValidationError", "ValidationError"}


def _interface(name: str, model: dict[str, Any]) -> str:
    if not model.get("properties"):
        return f"{_comment(model)}export type {name} = {_type(model)};\n"
    required = set(model.get("required", ()))
    rows = "".join(
        f"{_comment(schema, '  ')}  {key}{'' if key in required else '?'}: {_type(schema)};\n"
        for key, schema in model["properties"].items()
    )
    return f"{_comment(model)}export interface {name} {{\n{rows}}}\n"


def _bodies(method: str, paths: dict[str, Any]) -> str:
    rows = []
    for path, operations in sorted(paths.items()):
        operation = operations.get(method)
        if operation is None:
            continue
        key = f'"{path}"' if "{" not in path else "[path: `" + re.sub(r"\{\w+\}", "${string}", path) + "`]"
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        rows.append(f"  {key}: {_type(content['schema']) if content else 'Record<string, never>'};\n")
    note = f"/** What a {method.upper()} to each path takes as JSON. */\n"
    return f"{note}export interface {method.title()}Bodies {{\n{''.join(rows)}}}\n"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1])
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(_type(one) for one in schema[several]))
    if "prefixItems" in schema:
        return f"[{', '.join(_type(one) for one in schema['prefixItems'])}]"
    if schema.get("type") == "array":
        return f"Array<{_type(schema.get('items', {}))}>"
    if schema.get("type") == "object":
        inside = schema.get("additionalProperties", True)
        return f"Record<string, {_type(inside) if isinstance(inside, dict) else 'unknown'}>"
    return _NAMES.get(schema.get("type", ""), "unknown")


def _comment(schema: dict[str, Any], indent: str = "") -> str:
    said = " ".join(str(schema.get("description", "")).split())
    return f"{indent}/** {said} */\n" if said else ""


def main() -> None:
    """Write the file, or its text with `-`."""
    text = typescript(document())
    if sys.argv[1:] == ["-"]:
        sys.stdout.write(text)
    else:
        COMMITTED.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
