"""The committed contract is the one the code speaks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from platform_fixtures import Counterpart, plain

from appliance.platform.contract import CONTRACT_VERSION
from appliance.platform.reference.app import contract_app
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


def test_the_running_platform_serves_the_same_document(counterpart: Counterpart, document: dict[str, Any]) -> None:
    with plain(counterpart.address) as http:
        assert http.get("/v1/openapi.json").json() == document
