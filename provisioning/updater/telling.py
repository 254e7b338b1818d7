"""What everybody is told of an update: one small document, in both languages."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from appliance.release.documents import read_document, write_document
from appliance.release.places import Places


@dataclass(frozen=True, slots=True)
class Told:
    """`state`: applying, prepared, applied, rolled-back or failed; `number` of the question this answers."""

    state: str
    number: int
    version: str | None = None
    previous: str | None = None
    progress: float | None = None
    message: dict[str, str] | None = None
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))


def tell(places: Places, told: Told) -> None:
    """Replace what was told before; the journal of the machine gets a line."""
    before = last_told(places)
    write_document(places.progress, asdict(told))
    if told.message is not None and told.message != before.message:
        print(f"update: {told.state}: {told.message['en']}", flush=True)


def last_told(places: Places) -> Told:
    """What was told last; `idle` before the first update."""
    body = read_document(places.progress)
    try:
        return Told(**body)
    except TypeError:
        return Told("idle", int(body.get("number", 0)))


def both(zh: str, en: str) -> dict[str, str]:
    """A message."""
    return {"zh": zh, "en": en}
