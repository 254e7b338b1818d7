"""The visit as data: which event leads from which states to which. Screens, lights and the ledger are listeners to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a visit stands."""

    IDLE = "idle"
    IDENTIFIED = "identified"
    VERIFIED = "verified"
    CONFIRMED = "confirmed"
    PAYING = "paying"
    FRAMING = "framing"
    JUDGED = "judged"
    REFUSED = "refused"
    RETAKE = "retake"
    ACCEPTED = "accepted"
    QUEUED = "queued"
    ABANDONED = "abandoned"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow. `action` is what a person asks for to follow it; `None` where the station follows it by itself."""

    event: str
    sources: frozenset[State]
    target: State
    action: str | None = None


def _arrow(event: str, sources: set[State], target: State, action: str | None = None) -> Transition:
    return Transition(event, frozenset(sources), target, action)


_S = State
OPEN = frozenset(set(_S) - {_S.IDLE, _S.ACCEPTED, _S.QUEUED, _S.ABANDONED})
"""States in which a student stands before the station: no second visit may begin."""

TRANSITIONS: tuple[Transition, ...] = (
    _arrow("code.identified", {_S.IDLE, _S.QUEUED}, _S.IDENTIFIED, "scan"),
    _arrow("answer.wrong", {_S.IDENTIFIED}, _S.IDENTIFIED),
    _arrow("answer.right", {_S.IDENTIFIED}, _S.VERIFIED, "verify"),
    _arrow("details.given", {_S.VERIFIED}, _S.VERIFIED),
    _arrow("record.confirmed", {_S.VERIFIED}, _S.CONFIRMED, "confirm"),
    _arrow("payment.due", {_S.CONFIRMED, _S.JUDGED, _S.REFUSED}, _S.PAYING),
    _arrow("payment.changed", {_S.PAYING}, _S.PAYING),
    _arrow("payment.settled", {_S.PAYING}, _S.PAYING, "pay"),
    _arrow("framing.begun", {_S.CONFIRMED, _S.RETAKE, _S.PAYING}, _S.FRAMING),
    _arrow("photo.shown", {_S.PAYING}, _S.JUDGED),
    _arrow("refusal.shown", {_S.PAYING}, _S.REFUSED),
    _arrow("shot.passed", {_S.FRAMING}, _S.JUDGED, "shoot"),
    _arrow("shot.refused", {_S.FRAMING}, _S.REFUSED, "shoot"),
    _arrow("retake.asked", {_S.JUDGED, _S.REFUSED}, _S.RETAKE, "retake"),
    _arrow("photo.accepted", {_S.JUDGED, _S.REFUSED}, _S.ACCEPTED, "accept"),
    _arrow("capture.queued", {_S.ACCEPTED}, _S.QUEUED),
    _arrow("device.failed", {_S.FRAMING}, _S.FAULT),
    _arrow("device.recovered", {_S.FAULT}, _S.FRAMING, "resume"),
    _arrow("station.restarted", {_S.FRAMING, _S.PAYING, _S.JUDGED, _S.REFUSED, _S.RETAKE, _S.FAULT}, _S.FRAMING),
    _arrow("visit.abandoned", set(OPEN), _S.ABANDONED, "abandon"),
    _arrow("visit.ended", {_S.QUEUED, _S.ABANDONED}, _S.IDLE, "next"),
)


def follow(state: State, event: str) -> State:
    """The state that `event` leads to from `state`. Raises `LookupError` when no arrow does."""
    for arrow in TRANSITIONS:
        if arrow.event == event and state in arrow.sources:
            return arrow.target
    msg = f"no arrow {event!r} from {state.value!r}"
    raise LookupError(msg)


def actions(state: State) -> tuple[str, ...]:
    """What a person may ask for in `state`, in the order of the visit."""
    found = [arrow.action for arrow in TRANSITIONS if arrow.action and state in arrow.sources]
    return tuple(dict.fromkeys(found))


def mermaid() -> str:
    """The machine drawn from its own data, as a Mermaid state diagram for the README."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.IDLE}"]
    lines += [
        f"    {source} --> {arrow.target}: {arrow.event}" for arrow in TRANSITIONS for source in sorted(arrow.sources)
    ]
    return "\n".join(lines)
