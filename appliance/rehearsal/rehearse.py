"""The technician's dry run: subjects are tried in order until one photo reaches the platform's receipt."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from appliance.rehearsal.door import StationRefused, StationSilent
from appliance.rehearsal.steps import Report, Step, SubjectReport
from appliance.rehearsal.visitor import Credentials, Subject, Visitor


class Rehearsal:
    """One dry run over an open door; `credentials` gives the n-th student's code and answer."""

    def __init__(
        self,
        visitor_of: Callable[[Callable[[Step], None]], Visitor],
        credentials: Callable[[int], Credentials],
        *,
        photos: Path,
        exception: str | None = None,
        on_step: Callable[[Step], None] = lambda _step: None,
    ) -> None:
        self._steps: list[Step] = []
        self._subjects: list[SubjectReport] = []
        self._credentials = credentials
        self._photos = photos
        self._exception = exception
        self._on_step = on_step
        self._visitor_of = visitor_of

    def run(self, subjects: Sequence[Subject]) -> Report:
        """Try `subjects`; never raises for what a station may answer: the report says what happened."""
        started = time.monotonic()

        def report(outcome: Any, **more: Any) -> Report:
            total = round((time.monotonic() - started) * 1000, 1)
            return Report(outcome, total, tuple(self._steps), tuple(self._subjects), **more)

        try:
            visitor = self._visitor_of(self._note)
            visitor.clear()
            for number, subject in enumerate(subjects):
                exception = self._exception if number == len(subjects) - 1 else None
                accepted = self._try(visitor, subject, self._credentials(number), exception)
                if accepted is not None:
                    capture_id, photo = accepted
                    receipt = visitor.receipt(capture_id)
                    return report("receipt", capture_id=capture_id, receipt_id=receipt["receipt_id"], photo=str(photo))
            return report("refused")
        except (StationRefused, StationSilent) as error:
            return report("failed", error=str(error))

    def _try(
        self, visitor: Visitor, subject: Subject, credentials: Credentials, exception: str | None
    ) -> tuple[str, Path] | None:
        try:
            visitor.identify(credentials)
            visit = visitor.shoot(subject)
            shot = visit["shot"]
            passed = visit["state"] == "judged"
            if passed or (exception is not None and shot["after"] is not None):
                photo = visitor.photo(shot["id"], self._photos / f"photo-{shot['id']}.jpg")
                capture_id = visitor.accept(shot["id"], None if passed else exception)
                self._subjects.append(
                    SubjectReport(subject.title, "accepted" if passed else "exception", shot["verdict"])
                )
                return capture_id, photo
            visitor.abandon("refused")
            self._subjects.append(SubjectReport(subject.title, "refused", shot["verdict"]))
            return None
        finally:
            visitor.leave()

    def _note(self, step: Step) -> None:
        self._steps.append(step)
        self._on_step(step)
