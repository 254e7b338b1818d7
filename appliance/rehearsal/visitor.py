"""Plays one visit through the station's own interface: student, operator and foot switch in one, headless."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from appliance.rehearsal.door import StationDoor, StationRefused, StationSilent
from appliance.rehearsal.steps import Step

T = TypeVar("T")

CODE_SECONDS = 10.0  # a code held up by hand may take a moment
PATIENCE = 2.5  # seconds for a photograph, which follows no guidance, before the shutter is pressed by hand
SITTER_PATIENCE = 45.0  # seconds for a person, who does
SHOT_SECONDS = 15.0
RECEIPT_SECONDS = 60.0
ORDER_SECONDS = 30.0
FEE_SECONDS = 120.0  # somebody takes out a phone


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody to photograph: a picture file for the stand-in camera, or `None` for who really sits there."""

    title: str
    picture: Path | None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a student brings: the code, and the answer that only they know."""

    payload: str
    answer: str


class Visitor:
    """Takes visits step by step; every step is reported through `on_step` as it ends."""

    def __init__(
        self,
        door: StationDoor,
        on_step: Callable[[Step], None],
        patience: float | None = None,
        payer: Callable[[str], None] | None = None,
    ) -> None:
        """`payer` gets the address of each payment page; without one, somebody pays by the code on the screen."""
        self._door = door
        self._on_step = on_step
        self._payer = payer
        station = door.get("/api/state")
        self.stand_in: bool = station["station"]["stand_in"]
        self._patience = patience if patience is not None else PATIENCE if self.stand_in else SITTER_PATIENCE
        self.plan: dict[str, Any] | None = station["plan"]

    def identify(self, credentials: Credentials) -> None:
        """From the code to the confirmed record, and the fee where one is due: show, verify, confirm and consent, pay."""
        self._code(credentials)
        self._timed("verify", lambda: self._verify(credentials.answer))
        self._timed("confirm", self._confirm)
        if self._door.visit()["state"] == "paying":
            self._timed("pay", self._pay)

    def shoot(self, subject: Subject) -> dict[str, Any]:
        """From framing to the judged shot; the visit as it stands then."""
        if self.stand_in and subject.picture is not None:
            data = subject.picture.read_bytes()
            self._timed("sit down", lambda: self._door.put_picture("/api/stand-in/person", data), subject.title)
        started = time.monotonic()
        automatic = self._wait_for_shutter()
        name = "guidance green, automatic shutter" if automatic else "no green in time, shutter by hand"
        self._report(name, started, "" if automatic else self._guidance())
        started = time.monotonic()
        if not automatic:
            self._press()
        visit = self._door.wait("judged", lambda v: v["state"] in ("judged", "refused", "fault"), SHOT_SECONDS)
        if visit["shot"] is None:
            fault = visit["fault"] or {}
            raise StationSilent(f"no shot: {fault.get('en', 'the station reports a fault')}")
        timings = ", ".join(f"{key} {value:.0f} ms" for key, value in visit["shot"]["timings_ms"].items())
        self._report(f"judged: {visit['shot']['verdict']['verdict']}", started, timings)
        return visit

    def accept(self, shot_id: str, exception: str | None) -> str:
        """Accept; the capture id, durable on the station."""
        body: dict[str, Any] = {"shot": shot_id, "exception": None}
        if exception is not None:
            body["exception"] = {"reason": exception, "note": ""}
        return self._timed("accept", lambda: str(self._door.post("/api/visit/accept", body)["capture_id"]))

    def receipt(self, capture_id: str, seconds: float = RECEIPT_SECONDS) -> dict[str, Any]:
        """The platform's receipt for a capture. Raises `StationSilent` with the queue's last error."""
        started = time.monotonic()
        while True:
            capture: dict[str, Any] = self._door.get(f"/api/captures/{capture_id}")
            if capture["receipt"] is not None:
                self._report("receipt", started, capture["receipt"]["receipt_id"])
                return dict(capture["receipt"])
            if time.monotonic() - started > seconds:
                queue = self._door.get("/api/queue")
                parked = "; ".join(str(item["error"]) for item in queue["parked_items"])
                why = parked or queue["last_error"] or "the delivery process reports nothing: is it running?"
                raise StationSilent(f"no receipt within {seconds:g} s: {why}")
            time.sleep(0.05)

    def photo(self, shot_id: str, to: Path) -> Path:
        """Save the finished photo of a judged shot."""
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(self._door.content(f"/api/shots/{shot_id}/after.jpg"))
        return to

    def abandon(self, reason: str) -> None:
        """End the visit without a photo."""
        self._door.post("/api/visit/abandon", {"reason": reason})

    def leave(self) -> None:
        """The subject stands up."""
        if self.stand_in:
            self._door.delete("/api/stand-in/person")
            self._door.delete("/api/stand-in/code")

    def clear(self) -> None:
        """End whatever visit an earlier run left behind."""
        visit = self._door.visit()
        if "abandon" in visit["actions"]:
            self.abandon("rehearsal")
        elif "next" in visit["actions"]:
            self._door.post("/api/visit/next")

    # --- inside -------------------------------------------------------------------------------------------------------

    def _code(self, credentials: Credentials) -> None:
        started = time.monotonic()
        if self.stand_in:
            self._door.put("/api/stand-in/code", {"payload": credentials.payload})
        self._door.wait(
            "the code was not read by any scanner",
            lambda v: v["state"] in ("identified", "verified"),
            CODE_SECONDS if self.stand_in else 6 * CODE_SECONDS,
        )
        self._report("code read by the scanner", started)
        if self.stand_in:
            self._door.delete("/api/stand-in/code")

    def _verify(self, answer: str) -> None:
        if "verify" in self._door.visit()["actions"]:
            self._door.post("/api/visit/verify", {"answer": answer})

    def _confirm(self) -> None:
        version = "" if self.plan is None else self.plan["consent"]["version"]
        self._door.post("/api/visit/confirm", {"record_confirmed": True, "consent_version": version})

    def _pay(self) -> None:
        if self._payer is not None:
            wanted = self._door.wait("no order to pay", lambda v: bool(v["payment"]["pay_url"]), ORDER_SECONDS)
            self._payer(wanted["payment"]["pay_url"])
        self._door.wait("the fee was not paid", lambda v: v["state"] != "paying", FEE_SECONDS)

    def _wait_for_shutter(self) -> bool:
        end = time.monotonic() + self._patience
        while time.monotonic() < end:
            if self._door.visit()["state"] != "framing":
                return True
            time.sleep(0.03)
        return False

    def _press(self) -> None:
        """Press the shutter; when the station is just releasing it by itself, that shot is as good."""
        try:
            self._door.post("/api/visit/shoot")
        except StationRefused as error:
            if error.problem.get("code") not in ("shutter-busy", "not-now"):
                raise

    def _guidance(self) -> str:
        found = self._door.get("/api/state")["guidance"]
        return "" if found is None else f"{found['rule']}: {found['message']['en']}"

    def _timed(self, name: str, work: Callable[[], T], detail: str = "") -> T:
        started = time.monotonic()
        result = work()
        self._report(name, started, detail)
        return result

    def _report(self, name: str, started: float, detail: str = "") -> None:
        self._on_step(Step(name, round((time.monotonic() - started) * 1000, 1), detail))
