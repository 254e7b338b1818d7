"""A whole collection on one machine: reference platform, enrolled station and delivery process, in one folder."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.platform.client import PlatformClient, enrol
from appliance.platform.contract import Fee
from appliance.platform.identity import station_key
from appliance.platform.reference.composition import Platform, PlatformSettings
from appliance.platform.reference.seed import DemoRoster, demo_roster, plant
from appliance.platform.reference.serving import PlatformServer
from appliance.platform.reference.stations import allow_token
from appliance.platform.roster_store import RosterStore
from appliance.rehearsal.children import Child, ChildFailed
from appliance.rehearsal.door import StationDoor
from appliance.rehearsal.visitor import Credentials

STAND_IN_CAST = "stand-in.json"
_ROSTER_SECONDS = 10.0


class Bench:
    """Platform in a thread, station and delivery as processes of their own; ends with the block."""

    def __init__(
        self,
        folder: Path,
        *,
        camera: str = "replay",
        port: int = 0,
        platform_port: int = 0,
        students: int = 24,
        people: Sequence[dict[str, Any]] = (),
        fee: Fee | None = None,
    ) -> None:
        self.folder = folder
        self.data_dir = folder / "station"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.roster: DemoRoster = _charging(demo_roster(students), fee)
        self._announced = folder / "station.ready"
        self._platform_port = platform_port
        self._server: PlatformServer | None = None
        self._write_cast(people)
        data = ["--data", str(self.data_dir)]
        self.station = Child(
            "station",
            ["run", *data, "--port", str(port), "--camera", camera, "--announce", str(self._announced)],
            folder / "station.log",
        )
        self.delivery = Child("delivery", ["queue", "deliver", *data], folder / "delivery.log")
        self.url = ""
        self.pairing_code = ""

    @property
    def platform_url(self) -> str:
        """Where the reference platform answers."""
        return self._running.address

    @property
    def platform(self) -> Platform:
        """The reference platform itself."""
        return self._running.platform

    @property
    def _running(self) -> PlatformServer:
        if self._server is None:
            msg = "the bench is not started"
            raise RuntimeError(msg)
        return self._server

    def __enter__(self) -> Bench:
        """Start everything; returns when the station answers and has its roster.

        The station's process takes longest, so it starts first and is enrolled while it loads its networks.
        Raises `ChildFailed`, `PlatformError`, `OSError`.
        """
        key = station_key(self.data_dir / "keys")
        try:
            self.station.start()
            self._start_platform()
            self._enrol(key)
            self.delivery.start()
            self._wait_for_station()
            self._wait_for_roster()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start_station(self) -> None:
        """Start the station again and wait until it answers."""
        self._announced.unlink(missing_ok=True)
        self.station.start()
        self._wait_for_station()

    def stop(self) -> None:
        """End all three."""
        for child in (self.station, self.delivery):
            child.ask_to_stop()
        for child in (self.station, self.delivery):
            child.stop()
        if self._server is not None:
            self._server.stop()

    def door(self) -> StationDoor:
        """The station's interface, for programs."""
        return StationDoor.of_data_dir(self.url, self.data_dir)

    def new_pairing_code(self) -> str:
        """A code that pairs one more tablet; the one the station showed when it started is good for the first."""
        with self.door() as door:
            return str(door.post("/api/pairing/code")["code"])

    def credentials(self, number: int) -> Credentials:
        """Code and answer of the made-up student `number`, counted round."""
        student = self.roster.students[number % len(self.roster.students)]
        return Credentials(student.payload, student.answer(self.roster.plan.verification))

    def _start_platform(self) -> None:
        platform = Platform.at(PlatformSettings(self.folder / "platform"))
        plant(platform, self.roster)
        self._server = PlatformServer(platform, port=self._platform_port)
        self._server.start()

    def _wait_for_station(self) -> None:
        ready = self.station.wait_for(self._announced)
        self.url, self.pairing_code = ready["url"], ready["pairing_code"]

    def _wait_for_roster(self) -> None:
        end = time.monotonic() + _ROSTER_SECONDS
        with self.door() as door:
            while door.get("/api/state")["plan"] is None:
                if time.monotonic() > end:
                    raise ChildFailed(
                        f"the station took no roster within {_ROSTER_SECONDS:g} s:\n{self.station.tail()}"
                    )
                time.sleep(0.05)

    def _enrol(self, key: Ed25519PrivateKey) -> None:
        keys = self.data_dir / "keys"
        token = secrets.token_urlsafe(16)
        allow_token(self.platform, token)
        identity = enrol(self.platform_url, token, name="rehearsal", key=key)
        with PlatformClient(identity) as client:
            page = client.rosters()
        if page is not None:
            RosterStore(self.data_dir / "rosters", identity).take(page, datetime.now(UTC))
        identity.save(keys)  # last: whoever finds it finds the roster too

    def _write_cast(self, people: Sequence[dict[str, Any]]) -> None:
        students = [
            {"payload": s.payload, "label": s.label, "answer": s.answer(self.roster.plan.verification)}
            for s in self.roster.students
        ]
        body = json.dumps({"people": list(people), "students": students}, ensure_ascii=False)
        (self.data_dir / STAND_IN_CAST).write_text(body, encoding="utf-8")


def _charging(roster: DemoRoster, fee: Fee | None) -> DemoRoster:
    return replace(roster, plan=roster.plan.model_copy(update={"fee": fee}))
