"""F01: the operator's tablet comes in with the code shown by the station; a student comes in with their own."""

from __future__ import annotations

from web_station import PAIRING_CODE, WebStation


def test_f01_a_tablet_enters_with_the_stations_code_and_a_student_with_their_own(web_station: WebStation) -> None:
    stranger = web_station.stranger()
    assert stranger.post("/api/visit/code", json={"payload": "CHSI:1"}).status_code == 401
    assert stranger.post("/api/pairing", json={"code": "000000"}).status_code in (401, 403)
    assert stranger.post("/api/pairing", json={"code": PAIRING_CODE}).status_code == 204
    assert stranger.post("/api/visit/code", json={"payload": "CHSI:1"}).status_code == 200
    assert ("scan", ("CHSI:1",)) in [(step, arguments) for step, arguments, _ in web_station.conductor.asked]
