"""A request for another host, or without bounds, is refused before any route sees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from appliance.web.bounds import FILE_LIMIT, HEAD_LIMIT, JSON_LIMIT, Bounds
from appliance.web.problems import ProblemError


async def echo(request: Request) -> PlainTextResponse:
    try:
        return PlainTextResponse(str(len(await request.body())))
    except ProblemError as error:
        return PlainTextResponse(error.code, error.status)


@pytest.fixture
def http() -> TestClient:
    return TestClient(Bounds(Starlette(routes=[Route("/", echo, methods=["GET", "POST"])])))


@pytest.mark.parametrize(
    "host",
    [
        "10.42.0.1:8443",
        "192.168.1.7",
        "station-7.local:8443",
        "STATION-7.LOCAL.",
        "localhost:1",
        "[::1]:8443",
        "127.0.0.1",
    ],
)
def test_the_stations_own_names_are_served(http: TestClient, host: str) -> None:
    assert http.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "station.local.evil.example",
        "",
        "10.42.0.1.evil.example:8443",
        "[evil]",
        "[::1]evil",
        "evil.example#.local",
        "evil.example/.local",
        "somebody@station.local",
        "station.local:evil",
    ],
)
def test_a_name_of_the_internet_is_not(http: TestClient, host: str) -> None:
    answer = http.get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["code"] == "other-host"


def test_a_request_says_its_length_once(http: TestClient) -> None:
    both = {"Host": "localhost", "Content-Length": "4", "Transfer-Encoding": "chunked"}
    answer = http.post("/", content=b"4321", headers=both)
    assert (answer.status_code, answer.json()["code"]) == (400, "two-lengths")


def test_a_head_beyond_the_limit_is_refused(http: TestClient) -> None:
    local = {"Host": "localhost"}
    assert http.get("/", headers=local | {"X": "a" * (HEAD_LIMIT - 1000)}).status_code == 200
    answer = http.get("/", headers=local | {"X": "a" * HEAD_LIMIT})
    assert (answer.status_code, answer.json()["code"]) == (431, "head-too-large")
    assert http.get(f"/?{'a' * HEAD_LIMIT}", headers=local).status_code == 431


def test_a_body_beyond_the_limit_is_refused_by_its_length_and_while_it_comes(http: TestClient) -> None:
    local = {"Host": "localhost", "Content-Type": "application/json"}
    assert http.post("/", content=b"x" * JSON_LIMIT, headers=local).text == str(JSON_LIMIT)
    assert http.post("/", content=b"x" * (JSON_LIMIT + 1), headers=local).status_code == 413

    def endless() -> Iterator[bytes]:
        for _ in range(JSON_LIMIT // 1000 + 2):
            yield b"x" * 1000

    assert http.post("/", content=endless(), headers=local).status_code == 413


@pytest.mark.parametrize("kind", ["image/jpeg", "application/pdf"])
def test_files_reach_their_route_which_says_what_is_wrong_with_them(http: TestClient, kind: str) -> None:
    headers = {"Host": "localhost", "Content-Type": kind}
    assert http.post("/", content=b"x" * (JSON_LIMIT + 1), headers=headers).status_code == 200
    assert http.post("/", headers=headers | {"Content-Length": str(FILE_LIMIT + 1)}).status_code == 413
