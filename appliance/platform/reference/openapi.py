"""The contract as OpenAPI 3.1, generated from routes and models; `appliance/platform/openapi.json` is its committed copy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from appliance.platform.contract import (
    CONTRACT_VERSION,
    CaptureRecord,
    EnrolmentRequest,
    Heartbeat,
    KeyChange,
    KeyChangeProof,
    OrderRequest,
    Problem,
    ProblemReport,
    Receipt,
    RosterDocument,
    Withdrawal,
)

from .examples import add_examples
from .problems import CATALOGUE, MEDIA_TYPE

COMMITTED = Path(__file__).resolve().parent.parent / "openapi.json"
_REFERENCE = "#/components/schemas/{model}"
_SIGNED_DOCUMENTS = (RosterDocument, Receipt, KeyChangeProof)  # travel inside a JWS, so no route names them
_READ_BY_HAND = (
    CaptureRecord, EnrolmentRequest, Heartbeat, KeyChange, OrderRequest, Problem, ProblemReport, Withdrawal,
)  # fmt: skip
_SCHEME = "station-signature"
_SIGNED = {  # OpenAPI has no word for message signatures; this is the nearest
    "type": "apiKey",
    "in": "header",
    "name": "Signature",
    "description": "RFC 9421 HTTP Message Signature with the station's Ed25519 key; Signature-Input goes with it",
}
_DESCRIPTION = """\
Every request under `/v1` is signed by the station: RFC 9421 HTTP Message Signatures, Ed25519, tag `capture-station`,
key id the station's id, covering `@method`, `@authority`, `@path`, `@query` and, where present, `content-digest`,
`content-type`, `upload-offset`, `upload-length`, `upload-metadata` and `idempotency-key`. A body needs `Content-Digest`
(RFC 9530, sha-256). `created` may be five minutes from the platform's time; a 401 `clock-skew` carries the time in `Date`.
Answers carry `Content-Digest` too: a body that is not the one it names counts as no answer.
A key announced by `PUT /v1/station/key` may sign too, and ends the present one's time with its first request.
Refusals are RFC 9457 problem details with a stable `code`. Every request may be repeated without harm.
"""


def described_body(model: type[BaseModel]) -> dict[str, Any]:
    """Describe a JSON body that a route reads byte for byte (it is digested and kept as sent)."""
    schema = {"$ref": _REFERENCE.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def binary_body(media_type: str) -> dict[str, Any]:
    """Describe a body of plain bytes."""
    return {
        "requestBody": {"required": True, "content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}
    }


def refusals(*codes: str, signed: bool = False) -> dict[int | str, dict[str, Any]]:
    """Describe the problems a route may answer with; `signed` adds those of every signed request."""
    every = [*codes, *(("unsigned", "clock-skew", "unknown-station", "revoked") if signed else ())]
    every += ["bad-request", "body-unreadable", "too-large"]
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(every):
        by_status.setdefault(CATALOGUE[code][0], []).append(code)
    schema = {"$ref": _REFERENCE.format(model="Problem")}
    return {
        status: {"description": "Problem: " + ", ".join(codes_), "content": {MEDIA_TYPE: {"schema": schema}}}
        for status, codes_ in sorted(by_status.items())
    }


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of `app`, with the models that routes read by hand."""
    made = get_openapi(
        title="Capture station to central platform",
        version=CONTRACT_VERSION,
        description=_DESCRIPTION,
        routes=app.routes,
        openapi_version="3.1.0",
    )
    _, definitions = models_json_schema(
        [(model, "validation") for model in (*_READ_BY_HAND, *_SIGNED_DOCUMENTS)], ref_template=_REFERENCE
    )
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(definitions["$defs"])
    _say_tus_is_required(made)
    add_examples(made)
    made["components"]["schemas"] = dict(sorted(schemas.items()))
    made["components"]["securitySchemes"] = {_SCHEME: _SIGNED}
    made["security"] = [{_SCHEME: []}]
    return made


def text(app: FastAPI) -> str:
    """The document as it is committed: indented, stable, ending in a newline."""
    return json.dumps(document(app), ensure_ascii=False, indent=2) + "\n"


def _say_tus_is_required(made: dict[str, Any]) -> None:
    """The code answers a missing `Tus-Resumable` itself, with 412 as tus wants, so FastAPI takes the field for optional."""
    for calls in made["paths"].values():
        for call in calls.values():
            for parameter in call.get("parameters", []):
                if parameter["name"] == "tus-resumable":
                    parameter.update(required=True, schema={"type": "string", "const": "1.0.0"})
