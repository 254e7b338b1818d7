"""The station's HTTP interface as a program sees it: calls, problem details turned into exceptions, waiting for a state."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2

from appliance.certificates import tls_files
from appliance.serve import ADDRESS_FILE
from appliance.web.access import CONTROL_FILE

_POLL = 0.03  # seconds between two looks at the visit


class StationRefused(RuntimeError):
    """The station answered with a problem; `problem` is its body (RFC 9457)."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem.get('code', problem.get('status'))}: {problem.get('detail', '')}")
        self.problem = problem


class StationSilent(RuntimeError):
    """No answer, or not the expected state in time."""


def running_station(data_dir: Path) -> str | None:
    """The address of the station that runs on `data_dir` now, `None` when none answers (a killed one leaves its file)."""
    try:
        url = (data_dir / ADDRESS_FILE).read_text().strip()
        trust = _trust(url, data_dir)
        return url if httpx2.get(f"{url}/api/health", timeout=2.0, trust_env=False, verify=trust).is_success else None
    except (OSError, httpx2.HTTPError):
        return None


def _trust(url: str, data_dir: Path) -> ssl.SSLContext | bool:
    """The station's own authority, for a station that serves over TLS."""
    if not url.startswith("https:"):
        return True
    return ssl.create_default_context(cafile=tls_files(data_dir / "keys").authority)


class StationDoor:
    """Speaks to one station at `url` with the token of programs on its machine."""

    def __init__(self, url: str, token: str, trust: ssl.SSLContext | bool = True) -> None:
        self.url = url.rstrip("/")
        self._http = httpx2.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=15.0,
            trust_env=False,
            verify=trust,
        )

    @classmethod
    def of_data_dir(cls, url: str, data_dir: Path) -> StationDoor:
        """The door of the station that keeps its data in `data_dir`. Raises `StationSilent` when there is no token."""
        try:
            token = (data_dir / CONTROL_FILE).read_text().strip()
        except OSError as error:
            msg = (
                f"cannot read the station's token ({error}): run this as the station's user, or name its --data folder"
            )
            raise StationSilent(msg) from error
        return cls(url, token, _trust(url, data_dir))

    def __enter__(self) -> StationDoor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the connection."""
        self._http.close()

    def move(self, url: str) -> None:
        """The same station answers elsewhere now (a restart took another port)."""
        self.url = url.rstrip("/")
        self._http.base_url = httpx2.URL(self.url)

    def get(self, path: str) -> Any:
        """The JSON at `path`. Raises `StationRefused`, `StationSilent`."""
        return self._answer("GET", path).json()

    def content(self, path: str) -> bytes:
        """The bytes at `path`."""
        return self._answer("GET", path).content

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Post `body`; the JSON answer, `None` when there is none."""
        answer = self._answer("POST", path, json=body or {})
        return answer.json() if answer.content else None

    def put(self, path: str, body: dict[str, Any]) -> None:
        """Put a JSON body."""
        self._answer("PUT", path, json=body)

    def put_picture(self, path: str, data: bytes) -> None:
        """Put a picture file."""
        self._answer("PUT", path, content=data, headers={"Content-Type": "application/octet-stream"})

    def delete(self, path: str) -> None:
        """Delete."""
        self._answer("DELETE", path)

    def visit(self) -> dict[str, Any]:
        """The visit in progress."""
        found: dict[str, Any] = self.get("/api/visit")
        return found

    def wait(self, what: str, ready: Callable[[dict[str, Any]], bool], seconds: float) -> dict[str, Any]:
        """The visit as soon as `ready` holds. Raises `StationSilent` after `seconds`."""
        end = time.monotonic() + seconds
        while True:
            visit = self.visit()
            if ready(visit):
                return visit
            if time.monotonic() >= end:
                msg = f"{what}: not within {seconds:g} s (the visit stands at {visit['state']!r})"
                raise StationSilent(msg)
            time.sleep(_POLL)

    def _answer(self, method: str, path: str, **arguments: Any) -> httpx2.Response:
        try:
            answer = self._http.request(method, path, **arguments)
        except httpx2.TransportError as error:
            msg = f"{self.url} does not answer ({error}): is the station running?"
            raise StationSilent(msg) from error
        if answer.is_error:
            try:
                problem = answer.json()
            except ValueError:
                problem = {"status": answer.status_code, "detail": answer.text[:200]}
            raise StationRefused(problem)
        return answer
