"""Asks the platform about orders while a visit waits for its fee: one thread, one connection, closed when nobody waits.

It asks every `POLL_S`, and at once when the platform's own event says that the order has ended; the event alone settles nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from appliance.platform.errors import PlatformError
from appliance.platform.identity import NotEnrolled
from appliance.visit.cashier import Cashier, Connect, Orders, Wanted

log = structlog.get_logger(__name__)

POLL_S = 1.5  # somebody holds a phone and waits
LONGEST_S = 5.0  # between two tries while nobody answers
LOOK_S = 0.2  # for the platform's event, which the delivery process writes into the ledger


class OrderDesk:
    """Between the visit and the platform. `connect` opens a client; its answers must come within seconds.

    `has_ended` says whether an event told of an order's end.
    """

    def __init__(
        self,
        cashier: Cashier,
        connect: Connect,
        poll_s: float = POLL_S,
        has_ended: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._cashier = cashier
        self._connect = connect
        self._poll_s = poll_s
        self._has_ended = has_ended
        self._heard: str | None = None
        self._failures = 0
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; does nothing when running."""
        if self._thread is None or not self._thread.is_alive():
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="orders", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after the question at hand."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=5.0)

    def __call__(self, _topic: object = None) -> None:
        """The visit changed: perhaps somebody waits now."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait()
            self._wake.clear()
            try:
                self._serve()
            except Exception:
                log.exception("orders.failed")
                self._stop.wait(LONGEST_S)

    def _serve(self) -> None:
        """Ask until nobody waits any more."""
        while not self._stop.is_set() and (wanted := self._cashier.order_wanted()) is not None:
            visit_id = wanted.visit_id
            try:
                with self._connect() as orders:
                    while not self._stop.is_set() and wanted is not None:
                        visit_id = wanted.visit_id
                        ask(self._cashier, orders, wanted)
                        self._failures = 0
                        self._wait()
                        wanted = self._cashier.order_wanted()
            except (PlatformError, NotEnrolled) as error:
                self._failures += 1
                self._cashier.order_failed(visit_id, error)
                self._stop.wait(min(self._poll_s * 2 ** min(self._failures, 5), LONGEST_S))

    def _wait(self) -> None:
        """Until it is time to ask again, or nobody waits; an order whose end was told is asked about at once, and once."""
        until = time.monotonic() + self._poll_s
        while (left := until - time.monotonic()) > 0 and not self._stop.wait(min(LOOK_S, left)):
            wanted = self._cashier.order_wanted()
            if wanted is None:
                return
            if wanted.order_id not in (None, self._heard) and self._has_ended(wanted.order_id):
                self._heard = wanted.order_id
                return


def ask(cashier: Cashier, orders: Orders, wanted: Wanted) -> None:
    """Ask for the order, or how it stands, and tell the visit. Raises `PlatformError`."""
    known = wanted.order_id
    order = orders.create_order(wanted.request, wanted.key) if known is None else orders.order(known)
    cashier.order_answered(wanted.visit_id, order)
