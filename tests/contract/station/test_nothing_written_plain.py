"""Names, numbers and codes go through a whole visit and through every refusal; afterwards nothing the station wrote holds them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from appliance.rehearsal.bench import Bench
from appliance.rehearsal.door import StationDoor
from appliance.rehearsal.visitor import Subject, Visitor

PLANTED = {
    "name": "欧阳晓明",
    "document": "44010619990312453X",
    "student": "201930420117",
    "phone": "13812345678",
    "mail": "xiaoming.ouyang@example.edu.cn",
    "code": "GRAD-7788-PLANTED-CODE",
}
STUDENT = 17  # of the bench's roster; other tests of this room use those below 15
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def written_by(bench: Bench) -> Iterator[tuple[Path, bytes]]:
    """Every file of data and run folders, and what both processes said; not the cast, the test's own list of students."""
    for path in sorted(bench.data_dir.rglob("*")):
        if path.is_file() and path.name != "stand-in.json":
            yield path, path.read_bytes()
    for path in bench.folder.glob("*.log"):
        yield path, path.read_bytes()


def said_everywhere(http: httpx2.Client, door: StationDoor) -> None:
    """Each planted text in every place that takes one: fields, codes, search, paths, headers, wrong forms."""
    token = {"Authorization": str(door._http.headers["authorization"])}
    for text in PLANTED.values():
        http.post("/api/visit/code", json={"payload": text}, headers=token)
        http.post("/api/visit/verify", json={"answer": text}, headers=token)
        http.post("/api/visit/verify", json={"answer": {text: text}}, headers=token)
        http.post("/api/visit/verify", content=f'{{"answer": "{text}'.encode(), headers=token)
        http.post("/api/visit/details", json={"fields": {text: text}, "phone": text, "x": text}, headers=token)
        http.post("/api/visit/confirm", json={"record_confirmed": text, "consent_version": text}, headers=token)
        http.post("/api/records/lookup", json={"payload": text}, headers=token)
        http.get("/api/records", params={"query": text, "state": text, "limit": text}, headers=token)
        http.get(f"/api/records/{text}", headers=token)
        http.get(f"/api/captures/{text}", headers=token)
        http.post("/api/reports", json={"category": "other", "text": text}, headers=token)
        http.post("/api/reports", json={"category": text, "text": text}, headers=token)
        http.post("/api/pairing", json={"code": text[:20]})
        http.get(
            "/api/state", headers={"Cookie": f"station_tablet={text.encode().hex()}", "User-Agent": text.encode().hex()}
        )
        http.put("/api/plans/current", json={"id": text}, headers=token)
        http.put("/api/stand-in/person", json={"id": text}, headers=token)
        http.put("/api/stand-in/person", json={"name": text}, headers=token)


def test_nothing_the_station_writes_holds_a_name_a_number_or_a_code(
    bench: Bench, door: StationDoor, visitor: Visitor, subject: Subject
) -> None:
    credentials = bench.credentials(STUDENT)
    with httpx2.Client(base_url=bench.url, trust_env=False, timeout=30) as http:
        said_everywhere(http, door)
        visitor.identify(credentials)
        said_everywhere(http, door)
        shot = visitor.shoot(subject)["shot"]
        if shot["verdict"]["verdict"] != "pass":
            door.post(
                "/api/visit/accept",
                {
                    "shot": shot["id"],
                    "exception": {"reason": "rehearsal", "note": f"{PLANTED['name']} {PLANTED['phone']}"},
                },
            )
        else:
            door.post("/api/visit/accept", {"shot": shot["id"], "exception": None})
        visitor.receipt(door.visit()["capture_id"])
        said_everywhere(http, door)
    wanted = {**PLANTED, "the student's code": credentials.payload}
    found = [
        f"{name} in {path.name} ({encoding})"
        for path, content in written_by(bench)
        for name, text in wanted.items()
        for encoding in ENCODINGS
        if text.encode(encoding) in content
    ]
    assert found == []


def test_the_search_finds_what_is_planted(bench: Bench) -> None:
    """It would be worth nothing if it could not fail."""
    planted = bench.data_dir / "planted.txt"
    planted.write_bytes(os.urandom(100) + PLANTED["name"].encode("utf-16-le") + os.urandom(100))
    try:
        content = dict(written_by(bench))[planted]
        assert PLANTED["name"].encode("utf-16-le") in content
        assert any(path.name == "station.log" for path, _ in written_by(bench))
        assert any(path.name == "ledger.db" for path, _ in written_by(bench))
    finally:
        planted.unlink()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_planted_text_can_be_told_from_noise(encoding: str) -> None:
    assert all(len(text.encode(encoding)) >= 8 for text in PLANTED.values())
