"""A scanner and the foot switch act in the name of whoever drives the station from a tablet."""

from __future__ import annotations

import time

from web_station import OTHER_PIN, SETUP_CODE, WebStation, made, sign_in

from firmware.ports import CodeScan, TriggerEvent


def asked(station: WebStation, steps: int) -> list[tuple[str, str]]:
    """Step and operator of what the devices asked for, once there are so many."""
    end = time.monotonic() + 10
    while len(station.conductor.asked) < steps:
        assert time.monotonic() < end
        time.sleep(0.005)
    return [(step, named["operator"]) for step, _, named in station.conductor.asked]


def test_devices_act_for_who_drives_else_for_the_only_one_who_is_there(web_station: WebStation) -> None:
    assert web_station.reflexes is not None
    scan = CodeScan("CHSI-0001", "serial", 0.0)
    web_station.reflexes.scanned(scan)
    assert asked(web_station, 1) == [("scan", "local")]
    first, second = web_station.tablet(), web_station.tablet()
    chief = made(first, "王工", "technician", OTHER_PIN, setup_code=SETUP_CODE)
    assert sign_in(first, chief, OTHER_PIN) == 204
    web_station.reflexes.scanned(scan)
    assert asked(web_station, 2)[-1] == ("scan", chief)
    helper = made(first, "小李", "operator", "402817")
    assert sign_in(second, helper) == 204
    web_station.reflexes.scanned(scan)
    assert asked(web_station, 3)[-1] == ("scan", "local")  # two are there and neither drives
    assert second.post("/api/drive", json={"take_over": True}).status_code == 200
    web_station.reflexes.scanned(scan)
    web_station.reflexes.pressed(TriggerEvent.PRESS)
    assert asked(web_station, 5)[-2:] == [("scan", helper), ("shoot", helper)]
    assert second.delete("/api/session").status_code == 204
    web_station.reflexes.scanned(scan)
    assert asked(web_station, 6)[-1] == ("scan", chief)
