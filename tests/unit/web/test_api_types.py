"""The page's types follow the station's interface."""

from __future__ import annotations

from appliance.web.api_types import COMMAND, COMMITTED, document, typescript


def test_the_committed_types_are_the_interfaces() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == typescript(document()), f"type: {COMMAND}"


def test_what_json_schema_says_is_said_in_typescript() -> None:
    kinds = {
        "when": {"enum": ["before", "after"]},
        "who": {"anyOf": [{"$ref": "#/components/schemas/Person"}, {"type": "null"}]},
        "many": {"type": "array", "items": {"type": "integer"}},
        "by_name": {"type": "object", "additionalProperties": {"type": "string"}},
        "anything": {},
        "fixed": {"const": "CNY"},
    }
    schemas = {"Thing": {"properties": kinds, "required": ["when"], "description": "A\n thing."}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    paths = {"/api/things/{thing_id}": {"put": {"requestBody": body}}, "/api/go": {"post": {}}}
    text = typescript({"components": {"schemas": schemas}, "paths": paths})
    for line in (
        "/** A thing. */",
        '  when: "before" | "after";',
        "  who?: Person | null;",
        "  many?: Array<number>;",
        "  by_name?: Record<string, string>;",
        "  anything?: unknown;",
        '  fixed?: "CNY";',
        "  [path: `/api/things/${string}`]: Thing;",
        '  "/api/go": Record<string, never>;',
    ):
        assert line in text.splitlines(), line
