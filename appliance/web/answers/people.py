"""Who is there: people, sessions, the wheel, pairing."""

from __future__ import annotations

from appliance.web.answers.base import Answer
from appliance.web.people import Role


class Operator(Answer):
    """Somebody who may sign in."""

    id: str
    name: str
    role: Role


class People(Answer):
    """Names for the sign-in screen; `setup` while the first technician is still to be made."""

    people: list[Operator]
    setup: bool


class Session(Answer):
    """Who is signed in at the tablet that asks; `needed` once people are listed."""

    operator: Operator | None
    idle_s: float
    needed: bool


class Driving(Answer):
    """Who drives the visit, as the tablet that asks sees it."""

    mine: bool
    tablet: str | None
    operator: str | None


class Pairing(Answer):
    """Whether the one who asks is paired, and with which station."""

    paired: bool
    station: str
