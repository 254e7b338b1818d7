"""One running station: devices, judge, visit and web wired together; started in order, stopped in reverse.

It sees devices only through their ports; which drivers stand behind them was chosen in `main.py`.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI

from appliance.calibration.apply import Calibrated
from appliance.calibration.desk import CalibrationDesk
from appliance.calibration.store import CalibrationStore
from appliance.devices import Devices
from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.ledger.wiping import is_revoked
from appliance.outbox import order_news
from appliance.outbox.status import queue_status, retry_parked
from appliance.outbox.wishes import retry_wish
from appliance.platform.contract import Plan, StationFacts
from appliance.portrait.pipeline import Portrait
from appliance.settings import Settings
from appliance.standing import StandingWatch
from appliance.stopping import stop_together
from appliance.supervision import Pulse
from appliance.updating import Updating
from appliance.visit.album import Album
from appliance.visit.conductor import Conductor
from appliance.visit.day_plan import DayPlan, trusted_time
from appliance.visit.face_match import FaceComparer
from appliance.visit.feed import LiveFeed
from appliance.visit.id_card.desk import CardDesk
from appliance.visit.id_card.reader import ChildReader
from appliance.visit.identification import Identification
from appliance.visit.inbox import Inbox
from appliance.visit.light_loop import LightLoop
from appliance.visit.listeners import Lighting, NewSitter, StatusLight
from appliance.visit.live import LiveLoop
from appliance.visit.machine import State
from appliance.visit.order_desk import OrderDesk
from appliance.visit.plan_check import Abilities
from appliance.visit.plans import PlanBook
from appliance.visit.records import Records
from appliance.visit.reflexes import Reflexes
from appliance.visit.reports import Fact, Reports, facts_of
from appliance.visit.shutter import Shutter
from appliance.visit.withdrawals import Withdrawals, quick_client
from appliance.web import snapshot
from appliance.web.app import create_app
from appliance.web.hub import Hub
from appliance.web.pairing_codes import unspent
from appliance.web.parts import Parts
from appliance.web.people import new_setup_code
from appliance.web.watches import LedgerWatch, RosterWatch, Watch
from appliance.wellbeing import Wellbeing
from firmware.ports import DeviceStatus, FrameScanner

log = structlog.get_logger(__name__)

LIVE_LIMIT = 15.0  # seconds; opening a camera anew takes the longest, about 5


class Station:
    """Composes in the constructor, touches devices only between `start` and `stop`."""

    def __init__(
        self,
        settings: Settings,
        devices: Devices,
        portrait: Portrait,
        *,
        version: str,
        networks: Mapping[str, str],
        pairing_code: str,
        setup_code: str | None = None,
        doctor: Callable[[], dict[str, Any]] = dict,
        abilities: Abilities,
        face_network: Path,
        own_plan: Plan | None = None,
    ) -> None:
        self._devices = devices
        self._portrait = portrait
        self.ledger = Ledger(settings.data_dir)
        self.ledger.maker = replace(self.ledger.maker, version=version, networks=dict(networks))
        self.feed = LiveFeed()
        self.hub = Hub()
        self._inbox = Inbox("visit")
        self._shutter = Shutter(devices.camera, devices.lamps, portrait, lambda: devices.clock.monotonic() * 1000)
        self.plans = PlanBook(self.ledger, abilities, lambda: trusted_time(devices.clock), own_plan)
        self._identification = Identification(self.ledger, self.plans)
        day = DayPlan(
            self.plans, self._identification, portrait, lambda: self.hub.publish("plan", snapshot.plan(self.parts))
        )
        self._rosters = RosterWatch(settings.data_dir / "keys", settings.data_dir / "rosters", day.take)

        def facts() -> StationFacts:
            return StationFacts(
                station_id=self._rosters.station_id or "unenrolled",
                name=settings.name,
                version=version,
                stand_in=devices.stand_in is not None,
                networks=dict(networks),
            )

        self._card_reader = ChildReader()
        self.conductor = Conductor(
            ledger=self.ledger,
            identification=self._identification,
            shutter=self._shutter,
            clock=devices.clock,
            station=facts,
            orders=lambda: quick_client(settings.data_dir / "keys"),
            album=Album(portrait),
            cards=CardDesk(self._card_reader, FaceComparer(face_network, portrait.face_points)),
        )
        self._orders = OrderDesk(
            self.conductor,
            lambda: quick_client(settings.data_dir / "keys"),
            has_ended=lambda order_id: order_news.has_ended(self.ledger, order_id),
        )
        self._lights: LightLoop | None = None
        if devices.lamps_driven:
            self._lights = LightLoop(devices.lamps, portrait.profile, devices.clock, lambda: self._shutter.busy)
        self.reflexes = Reflexes(
            self.conductor, self._inbox, self._lights, lambda: self.hub.publish("technician", {"asked": True})
        )
        self._calibrated = Calibrated(
            CalibrationStore(settings.data_dir), devices.camera, devices.clock, lambda: self._live.last_frame_at
        )
        self._calibration = CalibrationDesk(self._calibrated, portrait, devices.lamps, self.conductor)
        self._live = LiveLoop(
            camera=devices.camera,
            scanners=[scanner for scanner in devices.scanners if isinstance(scanner, FrameScanner)],
            portrait=portrait,
            clock=devices.clock,
            feed=self.feed,
            wants_codes=lambda: self.conductor.state in (State.IDLE, State.QUEUED) and not self._calibration.busy,
            wants_judgement=lambda: self.conductor.state is State.FRAMING and not self._shutter.busy,
            on_view=self.reflexes.saw,
            on_failure=self.conductor.device_failed,
            on_frames=self.conductor.device_recovered,
        )
        records = Records(self.ledger)
        self.updating = Updating(
            settings,
            self.ledger,
            self.conductor,
            version=version,
            doctor=doctor,
            busy=lambda: self._shutter.busy,
            record=self._record,
        )
        self.parts = Parts(
            name=settings.name,
            version=version,
            instance=str(uuid.uuid4()),
            ledger=self.ledger,
            conductor=self.conductor,
            identification=self._identification,
            plans=self.plans,
            choose_plan=lambda plan_id: self.conductor.between_visits(lambda: day.choose(plan_id)),
            feed=self.feed,
            clock=devices.clock,
            devices=devices.statuses,
            lamps=devices.lamps,
            updates=self.updating.desk,
            calibration=self._calibration,
            reflexes=self.reflexes,
            health=lambda: self.wellbeing.health.newest,
            doctor=doctor,
            queue=lambda: queue_status(self.ledger),
            retry=lambda row: retry_parked(self.ledger, row),
            retry_wish=lambda begins: retry_wish(self.ledger, begins),
            read_codes=devices.read_codes,
            pairing_code=unspent(self.ledger, pairing_code),
            setup_code=setup_code or new_setup_code(),
            records=records,
            withdrawals=Withdrawals(self.ledger, devices.clock, lambda: quick_client(settings.data_dir / "keys")),
            reports=Reports(self.ledger, devices.clock, lambda: self._identification.sealing_key, self._facts),
            counters=lambda: records.today(devices.clock.read().utc, self._identification.plan_id),
            stand_in=devices.stand_in,
        )
        figures = {"queue": self.parts.queue, "counters": self.parts.counters}
        self._figures = LedgerWatch(self.ledger, figures, self.hub.publish)
        self.wellbeing = Wellbeing(
            devices,
            settings.data_dir,
            settings.devices.power.shutdown_percent,
            last_frame_at=lambda: self._live.last_frame_at,
            lamp_missing=lambda: None if self._lights is None else self._lights.controller.lamp_missing,
            calibration_age_d=self._calibrated.age_days,
            stopped=lambda: self._standing.stopped,
            tell=self.conductor.announce,
            publish=lambda items: self.hub.publish("health", items),
            record=self._record,
        )
        self._standing = StandingWatch(self.ledger, self.conductor)
        self._watches = (
            Watch("wellbeing", self.wellbeing.look),
            Watch("calibration", self._calibrated.look),
            Watch("rosters", self._rosters.look),
            Watch("figures", self._figures.look),
            Watch("devices", self._look_at_devices),
            Watch("revocation", lambda: self.wellbeing.revoked() if is_revoked(settings.data_dir) else None),
            Watch("standing", self._standing.look),
            *self.updating.watches(),
        )
        self._shown: list[DeviceStatus] = []

    def app(self) -> FastAPI:
        """The web application over this station."""
        return create_app(self.parts, self.hub)

    def pulses(self) -> tuple[Pulse, ...]:
        """What must keep going round while the station runs; the watchdog asks."""
        return (Pulse("live loop", lambda: self._live.beat, LIVE_LIMIT),)

    def start(self) -> None:
        """Ledger first, then devices, then the loops. A device that fails is reported; the rest goes on."""
        swept = self.ledger.sweep_orphans()
        self._record("station.started", version=self.parts.version, swept=len(swept))
        self._rosters.look()
        self._standing.look()
        lamps_taken = (lambda: self._shutter.busy, lambda: self._calibration.busy)
        self.conductor.listen(Lighting(self._devices.lamps, lambda: self.conductor.state, *lamps_taken))
        self.conductor.listen(StatusLight(self._devices.indicator, lambda: self.conductor.state))
        if self._lights is not None:
            self.conductor.listen(NewSitter(lambda: self.conductor.state, self._lights.begin))
        self.conductor.listen(self._publish)
        self.conductor.listen(self._orders)
        self._orders.start()
        self._inbox.start()
        self._devices.start(self.reflexes.scanned, self.reflexes.pressed)
        self.conductor.restore()
        self._live.start()
        for watch in self._watches:
            watch.start()

    def stop(self) -> None:
        """In reverse: first all that asks the devices, then the devices; each part has its own short time to end."""
        self.hub.close()
        self.feed.close()
        asking = (self._calibration.stop, *(watch.stop for watch in self._watches))
        stop_together((*asking, self._live.stop, self._orders.stop, self._inbox.stop, self._card_reader.close))
        self._figures.close()
        self._devices.stop()
        self._shutter.close()
        self._record("station.stopped")
        self.ledger.close()

    # --- what pages are told ------------------------------------------------------------------------------------------

    def _publish(self, topic: str) -> None:
        body = {"visit": snapshot.visit, "guidance": snapshot.guidance, "notice": snapshot.notice}[topic](self.parts)
        self.hub.publish(topic, body)
        if topic == "visit" and self.conductor.state in (State.IDLE, State.QUEUED):
            for scanner in self._devices.scanners:
                scanner.forget()

    def _facts(self) -> dict[str, Fact]:
        clock = self._devices.clock.read()
        facts: dict[str, Fact] = {"station.version": self.parts.version, "station.plan": self._identification.plan_id}
        facts |= {"station.clock_trusted": clock.trusted, "visit.state": self.conductor.state.value}
        return facts | facts_of(self.parts.queue(), self._devices.statuses())

    def _look_at_devices(self) -> None:
        found = self._devices.statuses()
        if found != self._shown:
            self._shown = found
            self.hub.publish("devices", snapshot.devices(self.parts))

    def _record(self, event: str, **body: object) -> None:
        reading = self._devices.clock.read()
        moment = Moment(at=reading.utc.isoformat(), clock_trusted=reading.trusted, boot_id=reading.boot_id)
        with contextlib.suppress(OSError):
            self.ledger.record(moment, event, body=body)
