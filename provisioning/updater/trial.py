"""A release on trial: written down before anything is switched, so that a power cut at any moment ends on a release that works."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from appliance.release.documents import read_document, remove_document, write_document
from appliance.release.places import Places

MOST_BOOTS = 2  # a release that takes the machine down with it gets this many more starts


@dataclass(frozen=True, slots=True)
class Trial:
    """`version` must prove itself, else `previous` takes over again. `failing` names what was not well before it.

    `boots` counts starts of the machine since; `undo` says that going back has begun, `number` which question led here.
    """

    version: str
    previous: str
    number: int
    failing: tuple[str, ...] = ()
    boots: int = 0
    undo: bool = False


def read_trial(places: Places) -> Trial | None:
    """The trial under way."""
    body = read_document(places.trial)
    try:
        return Trial(**{**body, "failing": tuple(body["failing"])}) if body else None
    except (KeyError, TypeError):
        return None


def write_trial(places: Places, trial: Trial) -> Trial:
    """Write it down, durably."""
    write_document(places.trial, asdict(trial))
    return trial


def end_trial(places: Places) -> None:
    """It is over."""
    remove_document(places.trial)


def after_boot(trial: Trial, current: str | None) -> Trial:
    """The trial as it stands at a start of the machine: a switch cut in its middle, or one boot too many, is taken back."""
    if trial.undo or current != trial.version or trial.boots >= MOST_BOOTS:
        return replace(trial, undo=True)
    return replace(trial, boots=trial.boots + 1)
