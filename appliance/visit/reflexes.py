"""What devices tell while a visit goes on, and what is done about it without a tap: a code begins it, a press or the judge shoots.

Each is done in the name of whoever drives the station from a tablet.
"""

from __future__ import annotations

from collections.abc import Callable

from appliance.portrait.pipeline import LiveView
from appliance.visit.conductor import Conductor
from appliance.visit.errors import VisitError
from appliance.visit.inbox import Inbox
from appliance.visit.light_loop import LightLoop
from appliance.visit.state import LOCAL
from firmware.ports import CodeScan, Frame, TriggerEvent


class Reflexes:
    """Listeners for scanners, trigger and live loop; they return at once, the acting happens in `inbox`.

    `operator` says who drives; the web room, which knows, puts its answer in the place of nobody's.
    """

    def __init__(
        self, conductor: Conductor, inbox: Inbox, lights: LightLoop | None, long_press: Callable[[], None]
    ) -> None:
        self._conductor, self._inbox, self._lights, self._long_press = conductor, inbox, lights, long_press
        self.operator: Callable[[], str] = lambda: LOCAL

    def scanned(self, scan: CodeScan) -> None:
        """A code was read, or seen and not read."""
        self._inbox.put(lambda: self._act(scan))

    def pressed(self, event: TriggerEvent) -> None:
        """The foot switch or the button: short shoots, long asks for the technician's pages."""
        if event is TriggerEvent.PRESS:
            self._inbox.put(lambda: self._release(automatic=False))
        else:
            self._long_press()

    def saw(self, frame: Frame, view: LiveView) -> None:
        """A frame was judged."""
        if self._lights is not None:
            self._lights.saw(frame, view)
        if self._conductor.saw(frame, view):
            self._inbox.put(lambda: self._release(automatic=True))

    def _act(self, scan: CodeScan) -> None:
        if scan.payload is None:
            self._conductor.unreadable()
            return
        try:
            self._conductor.scan(scan.payload, operator=self.operator())
        except VisitError as error:
            self._conductor.tell(error)

    def _release(self, *, automatic: bool) -> None:
        try:
            self._conductor.shoot(automatic=automatic, operator=self.operator())
        except VisitError as error:
            if not automatic:
                self._conductor.tell(error)
