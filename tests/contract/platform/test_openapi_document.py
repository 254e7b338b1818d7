"""The committed contract is the one the code speaks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from platform_fixtures import Counterpart, plain
from pydantic import BaseModel

from appliance.platform import contract
from appliance.platform.contract import CONTRACT_VERSION, Sent
from appliance.platform.reference.app import contract_app
from appliance.platform.reference.examples import FILE
from appliance.platform.reference.openapi import COMMITTED, text

COMMAND = "station platform openapi --out appliance/platform/openapi.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(COMMITTED.read_text())
    return document


def test_the_committed_document_is_what_the_code_generates() -> None:
    assert COMMITTED.read_text() == text(contract_app()), f"the contract changed; review, then type: {COMMAND}"


def test_it_is_openapi_3_1_of_the_contracts_version(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == CONTRACT_VERSION


def test_every_reference_in_it_leads_somewhere(document: dict[str, Any]) -> None:
    references: list[str] = []

    def collect(part: Any) -> None:
        if isinstance(part, dict):
            references.extend(value for key, value in part.items() if key == "$ref")
            for value in part.values():
                collect(value)
        elif isinstance(part, list):
            for value in part:
                collect(value)

    collect(document)
    assert references
    for reference in references:
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def test_every_call_names_its_problems_and_has_its_own_operation_id(document: dict[str, Any]) -> None:
    operations = [call for path in document["paths"].values() for call in path.values()]
    identifiers = [call["operationId"] for call in operations]
    assert len(identifiers) == len(set(identifiers))
    for call in operations:
        if call["operationId"] != "upload_options":
            assert any("application/problem+json" in found.get("content", {}) for found in call["responses"].values())


def test_every_call_has_examples_of_all_that_it_takes_and_answers(document: dict[str, Any]) -> None:
    for path in document["paths"].values():
        for call in path.values():
            for parameter in call.get("parameters", []):
                assert "example" in parameter, f"{call['operationId']}: {parameter['name']}"
            for response in (call.get("requestBody", {}), *call["responses"].values()):
                for content in response.get("content", {}).values():
                    binary = content["schema"].get("format") == "binary"
                    assert binary or "example" in content or content.get("examples"), call["operationId"]


def test_every_example_is_a_document_the_models_read() -> None:
    for name, example in json.loads(FILE.read_text())["documents"].items():
        model: type[BaseModel] = getattr(contract, name)
        read = model.model_validate_json(json.dumps(example), strict=issubclass(model, Sent))
        assert set(example) <= set(model.model_fields), f"{name}: a field nobody reads"
        assert read == model.model_validate_json(read.model_dump_json())


def test_the_running_platform_serves_the_same_document(counterpart: Counterpart, document: dict[str, Any]) -> None:
    with plain(counterpart.address) as http:
        assert http.get("/v1/openapi.json").json() == document
