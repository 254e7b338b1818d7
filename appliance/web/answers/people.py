"""Who is there: people, sessions, the wheel, pairing."""

from __future__ import annotations

from appliance.web.answers.base import Answer
from appliance.web.people import Role
from appliance.web.tablets import Screen


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
    """Whether the one who asks is paired, and with which station; `question`: what a tablet that moved has to sign."""

    paired: bool
    station: str
    question: str | None


class PairingCode(Answer):
    """A code for one more tablet, good for `lasts_s` seconds."""

    code: str
    lasts_s: float


class PairedTablet(Answer):
    """A tablet by what people call it; `mine`: the one that asks."""

    number: int
    screen: Screen
    mine: bool


class PairedTablets(Answer):
    """In the order of pairing."""

    tablets: list[PairedTablet]
