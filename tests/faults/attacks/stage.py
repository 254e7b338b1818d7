"""What is attacked: a real station over TLS with its platform, a tablet that is paired, and a visit in progress."""

from __future__ import annotations

import json
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from laptop import Laptop

from appliance.certificates import tls_files
from appliance.rehearsal.bench import Bench
from appliance.rehearsal.door import StationDoor
from appliance.web.access import SECURE_COOKIE

TABLET = "127.0.0.10"
ANSWER_WITHIN = 10.0  # seconds for the tablet's request under attack; the machine may be busy besides


@dataclass
class Stage:
    """The scene of the attacks."""

    bench: Bench
    door: StationDoor
    laptop: Laptop
    cookie: str
    visit_id: str = ""
    slowest: float = 0.0

    @classmethod
    def set(cls, bench: Bench, door: StationDoor) -> Stage:
        """With a tablet paired from an address of its own."""
        trust = ssl.create_default_context(cafile=tls_files(bench.data_dir / "keys").authority)
        laptop = Laptop(bench.url, trust)
        with laptop.http(address=TABLET) as tablet:
            answer = tablet.post("/api/pairing", json={"code": bench.new_pairing_code()})
            assert answer.status_code == 204, answer.text
            cookie = f"{SECURE_COOKIE}={tablet.cookies[SECURE_COOKIE]}"
        return cls(bench, door, laptop, cookie)

    def tablet(self) -> httpx2.Client:
        """The paired tablet, where it belongs."""
        return self.laptop.http(self.cookie, TABLET)

    def the_visit_goes_on(self) -> None:
        """The tablet is answered, and shows the same visit where it was."""
        begun = time.monotonic()
        with self.tablet() as tablet:
            answer = tablet.get("/api/visit")
        took = time.monotonic() - begun
        self.slowest = max(self.slowest, took)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        assert (shown["id"], shown["state"]) == (self.visit_id, "framing"), shown
        assert took < ANSWER_WITHIN, f"the tablet waited {took:.1f} s"

    def document(self) -> dict[str, Any]:
        """The station's own OpenAPI document."""
        found: dict[str, Any] = self.door.get("/api/openapi.json")
        return found

    def setup_code(self) -> str:
        """The console's code for the first technician."""
        return str(json.loads((self.bench.folder / "station.ready").read_text())["setup_code"])

    @property
    def agent(self) -> str:
        """How the tablet's browser names itself."""
        with self.tablet() as tablet:
            return tablet.headers["user-agent"]

    def open_connections(self) -> int:
        """Connections that the station's side holds open, from the kernel's table."""
        wanted = f"{self.laptop.port:04X}"
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(row[1].endswith(f":{wanted}") and row[3] in {"01", "08"} for row in rows)

    def memory(self) -> int:
        """Most bytes the station's process ever held (VmHWM)."""
        lines = Path(f"/proc/{self.bench.station.pid}/status").read_text().splitlines()
        [line] = [line for line in lines if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024
