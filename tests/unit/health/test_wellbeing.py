"""What the running station does when a device is lost for good or the battery is empty: tell, record, end; once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from appliance import wellbeing
from appliance.health.policy import Ending
from appliance.visit.notices import Notice
from appliance.wellbeing import Wellbeing
from firmware.clock import SystemClock
from firmware.ports import DeviceState, DeviceStatus
from firmware.power.standin import StandInPower


class Camera:
    """A camera that says how it is."""

    def __init__(self) -> None:
        self.now = DeviceStatus("camera", DeviceState.READY)

    def status(self) -> DeviceStatus:
        return self.now


@dataclass
class Body:
    """What of the devices is looked at."""

    power: StandInPower = field(default_factory=StandInPower)
    clock: SystemClock = field(default_factory=SystemClock)
    camera: Camera = field(default_factory=Camera)

    def statuses(self) -> list[DeviceStatus]:
        return [self.camera.status()]


class Watched:
    """A station's wellbeing, and what it told."""

    def __init__(self, folder: Path) -> None:
        self.body, self.frame_at = Body(), 1.0
        self.notices: list[Notice] = []
        self.lists: list[list[dict[str, Any]]] = []
        self.journal: list[tuple[str, dict[str, object]]] = []
        self.ended = 0
        self.being = Wellbeing(
            self.body,  # type: ignore[arg-type]
            folder,
            8.0,
            last_frame_at=lambda: self.frame_at,
            lamp_missing=lambda: False,
            calibration_age_d=lambda: None,
            stopped=lambda: False,
            tell=self.notices.append,
            publish=self.lists.append,
            record=lambda event, **body: self.journal.append((event, body)),
        )
        self.being.ends_with(self._end)

    def _end(self) -> None:
        self.ended += 1


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr(wellbeing, "TOLD_FOR", 0.0)
    monkeypatch.setattr("appliance.health.gather.EVERY", 0.0)
    return Watched(tmp_path)


def test_a_lost_camera_asks_for_a_restart_once_and_says_so(watched: Watched) -> None:
    watched.being.look()
    assert watched.being.ending is Ending.STOPPED
    watched.body.camera.now = DeviceStatus("camera", DeviceState.FAILING, "unplugged", failures=3)
    watched.being.look()
    watched.being.look()
    assert watched.being.ending is Ending.RESTART
    assert int(watched.being.ending) == 75
    assert watched.ended == 1
    assert [notice.code for notice in watched.notices] == ["ending-restart"]
    assert watched.notices[0].message.zh
    assert watched.journal == [("station.ending", {"ending": "restart", "why": "camera: unplugged"})]


def test_an_empty_battery_switches_off_in_good_order(watched: Watched) -> None:
    watched.body.power.become(battery_percent=7.0, on_battery=True)
    for _ in range(2):
        watched.being.look()
        assert watched.ended == 0
    watched.being.look()
    assert watched.being.ending is Ending.POWER_OFF
    assert int(watched.being.ending) == 76
    assert (watched.ended, watched.notices[0].code) == (1, "ending-power-off")


def test_the_list_is_sent_only_when_it_changed(watched: Watched) -> None:
    watched.frame_at = watched.body.clock.monotonic() + 1e6  # a frame age of 0, whatever the time
    watched.being.look()
    first = len(watched.lists)
    watched.being.look()
    watched.body.power.become(temperature_c=81.0)
    watched.being.look()
    heat = next(item for item in watched.lists[-1] if item["name"] == "heat")
    assert (heat["state"], heat["limit"], heat["value"]) == ("bad", 80.0, 81.0)
    assert len(watched.lists) <= first + 2  # the disk may have changed by a tenth of a gigabyte meanwhile
    assert watched.being.health.newest == watched.lists[-1]
