"""Who may talk to the station: tablets paired by a one-time code, and programs on the station itself.

A paired tablet holds a random token in an HttpOnly cookie; the ledger keeps only its sha256. The token opens from where the tablet
was paired; from another address or browser it opens nothing until the tablet has proved that it is itself (`tablet_key.py`), and
then it gets another token. Local programs (`station rehearse`) read a token from a file that only the station's user can read.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from appliance.ledger.files import write_durably
from appliance.ledger.store import Ledger
from appliance.portrait.measurement import Message
from appliance.web.pairing_codes import PairingCodes
from appliance.web.problems import ProblemError
from appliance.web.tablet_key import KeyUnusable, Questions, checked, proves
from appliance.web.tablets import Screen, Tablet, Tablets, seat_of
from appliance.web.throttle import Throttle

COOKIE = "station_tablet"
SECURE_COOKIE = f"__Host-{COOKIE}"  # over TLS: browsers then hold it to this very host, path / and TLS
CONTROL_FILE = "control.token"
_SHORTEST_TOKEN = 43  # 32 bytes in base64 without padding
_ANYWHERE_TRIES = 20  # wrong codes from everywhere together


def control_token(data_dir: Path) -> str:
    """The token of programs on this machine, made at the first call and kept in a file of mode 0600.

    One that is too short, as a damaged file system leaves it, is made anew: an empty token would be everybody's.
    """
    path = data_dir / CONTROL_FILE
    kept = path.read_bytes().decode("ascii", "replace").strip("\0\n ") if path.exists() else ""
    if len(kept) >= _SHORTEST_TOKEN:
        return kept
    write_durably(path, secrets.token_urlsafe(32).encode())
    return path.read_text().strip()


class Access:
    """Checks and grants. `monotonic` is the clock that slows guessing down; `seen` is told of each address a tablet comes from."""

    def __init__(
        self,
        ledger: Ledger,
        pairing_code: str,
        monotonic: Callable[[], float],
        seen: Callable[[str], None] = lambda _address: None,
    ) -> None:
        self.codes = PairingCodes(ledger, pairing_code, monotonic)
        self.tablets = Tablets(ledger)
        self._seen = seen
        self._questions = Questions(monotonic)
        self._guessing = threading.Lock()
        self._control = control_token(ledger.data_dir)
        self._here = Throttle(ledger, "pairing-tries", monotonic)
        # Six digits against many addresses: together they may not guess much faster than one.
        self._anywhere = Throttle(ledger, "pairing-tries-anywhere", monotonic, tries=_ANYWHERE_TRIES)

    def pair(
        self, connection: HTTPConnection, code: str, screen: Screen = "operator", key: dict[str, str] | None = None
    ) -> str:
        """The token for a new tablet. Raises `ProblemError` 403 for a wrong code, 422 for a bad key, 429 when guessing."""
        try:
            kept = None if key is None else checked(key)
        except KeyUnusable as error:
            raise ProblemError(422, "bad-key", Message(zh="平板的密钥无法使用", en=str(error))) from error
        address = _address(connection)
        with self._guessing:  # else many at once would all be asked before the first was counted
            self._here.check(address)
            if not self._here.fresh(address):
                # Who keeps guessing closes the door for all who guessed, not for the tablet that is paired for the first time.
                self._anywhere.check("all")
            if not self.codes.take(code):
                self._anywhere.wrong("all")
                raise _wrong_code(self._here.wrong(address))
            self._here.right(address)
            self._anywhere.right("all")
        return self.tablets.add(screen, seat_of(connection), kept)

    def question(self, connection: HTTPConnection) -> str | None:
        """What a tablet that moved is asked to sign; `None` for one that need not or cannot."""
        tablet = self._holder(connection)
        if tablet is None or tablet.key is None or self._sits(tablet, connection):
            return None
        return self._questions.ask(tablet.id)

    def prove(self, connection: HTTPConnection, question: str, signature: str) -> tuple[Tablet, str]:
        """The tablet and the token that replaces the one it holds. Raises `ProblemError` 403, 429."""
        tablet = self._holder(connection)
        self._here.check(_address(connection))
        asked = tablet is not None and self._questions.take(tablet.id, question)
        if tablet is None or tablet.key is None or not asked or not proves(tablet.key, question, signature):
            self._here.wrong(_address(connection))
            message = Message(
                zh="无法确认是同一台平板，请重新配对", en="this is not the tablet that was paired: pair it anew"
            )
            raise ProblemError(403, "not-the-tablet", message)
        self._here.right(_address(connection))
        return tablet, self.tablets.renew(tablet, seat_of(connection))

    def allowed(self, connection: HTTPConnection) -> bool:
        """Whether a request or websocket comes from a paired tablet or a local program."""
        return self.local(connection) or self.tablet(connection) is not None

    def local(self, connection: HTTPConnection) -> bool:
        """Whether it comes from a program on this machine."""
        bearer = connection.headers.get("authorization", "")
        return bearer.startswith("Bearer ") and hmac.compare_digest(
            bearer.removeprefix("Bearer ").encode(), self._control.encode()
        )

    def tablet(self, connection: HTTPConnection) -> str | None:
        """The id of the paired tablet it comes from; `None` for anybody else, a program included."""
        found = self.paired(connection)
        return None if found is None else found.id

    def paired(self, connection: HTTPConnection) -> Tablet | None:
        """The paired tablet it comes from, when it sits where it did."""
        tablet = self._holder(connection)
        if tablet is None or not self._sits(tablet, connection):
            return None
        self._seen(_address(connection))
        return tablet

    def moved(self, connection: HTTPConnection) -> bool:
        """Whether the token is a tablet's, but comes from elsewhere: the tablet itself, or whoever copied its cookie."""
        tablet = self._holder(connection)
        return tablet is not None and not self._sits(tablet, connection)

    def number_of(self, tablet: str) -> str:
        """What people call the tablet: `1` for the first that was paired, and so on."""
        found = self.tablets.of_id(tablet)
        return "?" if found is None else str(found.number)

    def _holder(self, connection: HTTPConnection) -> Tablet | None:
        token = connection.cookies.get(SECURE_COOKIE if secure(connection) else COOKIE)
        if token is None or "authorization" in connection.headers:
            return None
        return self.tablets.holding(token)

    def _sits(self, tablet: Tablet, connection: HTTPConnection) -> bool:
        if not tablet.seats:  # paired by a version that did not ask where from
            self.tablets.seat(tablet, seat_of(connection))
            return True
        return seat_of(connection) in tablet.seats


def secure(connection: HTTPConnection) -> bool:
    """Whether it comes over TLS."""
    return connection.scope.get("scheme") in {"https", "wss"}


def same_origin(connection: HTTPConnection) -> bool:
    """Whether the page that asks came from this station (browsers say so; programs send neither header)."""
    if connection.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    try:
        given = urlsplit(origin)
    except ValueError:  # what no browser sends, such as `https://[evil]`
        return False
    expected = "https" if secure(connection) else "http"
    return given.scheme == expected and given.netloc == connection.headers.get("host")


def _address(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


def _wrong_code(left: int) -> ProblemError:
    return ProblemError(
        403,
        "wrong-pairing-code",
        Message(
            zh=f"配对码不对、已用过或已过期，还可以试 {left} 次；新的配对码可由技术员在平板上生成",
            en=f"this pairing code is wrong, used or expired; {left} tries left. A technician can make a new one on a tablet",
        ),
        tries_left=left,
    )
