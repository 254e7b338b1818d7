"""Who stands around a station in a demonstration, and only has a browser: the friend who pays, the reviewer at the desk."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType

import httpx2

from appliance.rehearsal.door import StationDoor

_SEE_OTHER = 303


class PageRefused(RuntimeError):
    """A page of the platform did not take what was done on it."""


class Friend:
    """Opens the address of a payment QR on a phone of their own, and pays."""

    def pay(self, pay_url: str) -> None:
        """Look at the page, confirm. Raises `PageRefused`, `OSError` when nobody answers there."""
        with httpx2.Client(timeout=30.0, trust_env=False) as phone:
            try:
                _expect(phone.get(pay_url), httpx2.codes.OK)
                _expect(phone.post(pay_url), _SEE_OTHER)
            except httpx2.TransportError as error:
                raise ConnectionError(f"{pay_url} does not answer: {error}") from error


class PatientFriend:
    """Somebody who pays in the end, so that no visit of a demonstration waits for ever: `look` now and then."""

    def __init__(self, door: StationDoor, say: Callable[[str], None], patience_s: float) -> None:
        self._door = door
        self._say = say
        self._patience_s = patience_s
        self._seen: tuple[str, float] = ("", 0.0)

    def look(self) -> None:
        """Say where an open fee can be paid; pay it once `patience_s` seconds are over. Raises as `Friend.pay`, and the door."""
        payment = self._door.visit().get("payment") or {}
        address = payment.get("pay_url") if payment.get("state") == "pending" else None
        if address is None:
            return
        if address != self._seen[0]:
            self._seen = (address, time.monotonic())
            self._say(
                f"a fee is due; pay as a friend would, within {self._patience_s:g} s or it is paid for you: {address}"
            )
        elif time.monotonic() - self._seen[1] > self._patience_s:
            Friend().pay(address)


class Reviewer:
    """Signs in at the review desk and decides, form by form."""

    def __init__(self, platform_url: str, token: str) -> None:
        self._token = token
        self._http = httpx2.Client(base_url=platform_url, timeout=30.0, trust_env=False)

    def __enter__(self) -> Reviewer:
        """Sign in. Raises `PageRefused`."""
        answer = self._http.post("/desk/sign-in", data={"token": self._token})
        if answer.headers.get("location") != "/desk":
            self._http.close()
            raise PageRefused("the review desk does not know this token")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def accept(self, capture_id: str) -> None:
        """Accept a capture. Raises `PageRefused`."""
        _expect(self._http.post(f"/desk/{capture_id}/accept"), _SEE_OTHER)

    def refuse(self, capture_id: str, rules: Sequence[str]) -> None:
        """Refuse a capture for standard reasons, named by their rules. Raises `PageRefused` when none of them is one."""
        answer = self._http.post(f"/desk/{capture_id}/refuse", data={"rule": list(rules)})
        _expect(answer, _SEE_OTHER)
        if "error=" in answer.headers["location"]:
            raise PageRefused(f"the desk has no such reason: {', '.join(rules)}")


def _expect(answer: httpx2.Response, status: int) -> None:
    if answer.status_code != status:
        raise PageRefused(f"{answer.request.method} {answer.request.url} answered {answer.status_code}")
