"""Conducts one visit at a time: every step checked against the machine, written to the ledger, then told to the listeners.

All methods may be called from any thread. Raises the errors of the package's docstring.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from appliance.ledger.store import Ledger
from appliance.platform.contract import StationFacts
from appliance.portrait.measurement import Message
from appliance.portrait.pipeline import LiveView
from appliance.visit import exemptions
from appliance.visit.album import Album
from appliance.visit.cashier import Cashier, Connect
from appliance.visit.errors import AlbumNotAllowed, NotNow, ShotMissing, StorageFailed, VisitError
from appliance.visit.exemptions import Exemption
from appliance.visit.face_match import compared, decided
from appliance.visit.id_card.desk import CardDesk
from appliance.visit.identification import Identification
from appliance.visit.keeper import moment_of
from appliance.visit.machine import OPEN, State, follow
from appliance.visit.record import Circumstances, accepted_capture
from appliance.visit.shutter import Shot, Shutter
from appliance.visit.state import LOCAL, Visit
from firmware.ports import Clock, DeviceError, Frame


@dataclass(frozen=True, slots=True)
class Tapped:
    """The acceptance that a student tapped, and that waits for the fee."""

    shot_id: str
    exemption: Exemption | None
    operator: str
    face_confirmed: bool


class Conductor(Cashier):
    """The visit in progress, and everything that may be done to it. `operator` is who is signed in at the tablet."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        identification: Identification,
        shutter: Shutter,
        clock: Clock,
        station: Callable[[], StationFacts],
        orders: Connect,
        album: Album,
        cards: CardDesk,
    ) -> None:
        super().__init__(ledger, clock, lambda: shutter.busy, identification)
        self._shutter = shutter
        self._station = station
        self._connect = orders
        self._album = album
        self._cards = cards
        self._judged_sequence = 0
        self._tapped: Tapped | None = None

    # --- beginning ----------------------------------------------------------------------------------------------------

    def restore(self) -> None:
        """Take up the visit that a restart interrupted. Shots that nobody had accepted are gone; they are taken again."""
        row = self._ledger.open_visit()
        if row is None:
            return
        with self.lock:
            visit = Visit.from_row(row)
            self.visit = visit
            if visit.state in (State.QUEUED, State.ABANDONED):
                self.end()
            elif visit.state is State.CONFIRMED:
                self._begin(LOCAL)
            elif visit.state is State.PAYING and visit.payment.when == "before":
                if visit.payment.settled:
                    self._fee_settled()
            elif visit.state in OPEN - {State.IDENTIFIED, State.VERIFIED}:
                self.step("station.restarted", was=visit.state)

    # --- the shot -----------------------------------------------------------------------------------------------------

    def saw(self, frame: Frame, view: LiveView) -> bool:
        """A preview frame was judged; returns whether the automatic shutter should release now."""
        if self.state is not State.FRAMING:
            return False
        self._judged_sequence = frame.sequence
        before, self.guidance = self.guidance, view.guidance
        changed = before is None or (before.rule, before.ready) != (view.guidance.rule, view.guidance.ready)
        if changed:
            self.tell_listeners("guidance")
        return view.guidance.shoot and not self._shutter.busy

    def shoot(self, *, automatic: bool, operator: str = LOCAL) -> Shot:
        """Take and judge a still. Raises `NotNow`, `ShutterBusy`; a failing camera leads to the fault state."""
        with self.lock:
            visit = self.expect("shot.passed")
            not_before = self._judged_sequence
        try:
            shot = self._shutter.shoot(not_before, automatic=automatic)
        except DeviceError as error:
            self.device_failed(str(error))
            raise NotNow(
                f"相机没有给出照片：{error}", f"the camera gave no picture: {error}", state=self.state
            ) from error
        return self._judged(visit, shot, operator)

    def import_photo(self, data: bytes, *, operator: str = LOCAL) -> Shot:
        """A picture file instead of a still, judged harder. Raises `AlbumNotAllowed`, `PictureUnsupported`,
        `PictureUnreadable`."""
        with self.lock:
            visit = self.expect("shot.passed")
            plan = self._identification.plan_of(visit.plan_id)
        if plan is None or not plan.album:
            raise AlbumNotAllowed(
                "本次采集计划只收现场拍摄的照片", "this plan takes photos made here only, none from the album"
            )
        return self._judged(visit, self._album.shot(data), operator)

    def retake(self, *, operator: str = LOCAL) -> Visit:
        """Discard the shot and frame again."""
        with self.lock:
            self.expect("retake.asked")
            self.shot = None
            self.step("retake.asked", operator=operator)
            return self.step("framing.begun")

    def accept(
        self,
        shot_id: str,
        exemption: Exemption | None,
        *,
        operator: str = LOCAL,
        face_confirmed: bool = False,
    ) -> str | None:
        """Accept the judged shot: durable when this returns. The same shot again answers with the same capture id.

        None when the fee comes after the preview and is not settled: the visit waits for it, and is accepted then.
        `face_confirmed`: the operator compared the student with the ID card where the likeness alone does not decide.
        """
        with self.lock:
            if self.visit is not None and self.visit.state is State.QUEUED and self._accepted_shot(shot_id):
                return self.visit.capture_id
            visit = self.expect("photo.accepted")
            shot = self._acceptable(shot_id, exemption, face_confirmed=face_confirmed)
            if visit.payment.due("after"):
                self._tapped = Tapped(shot_id, exemption, operator, face_confirmed)
                self._ask_fee(operator)
                return None
            self._store(visit, shot, exemption, operator)
            return self.now().capture_id

    # --- ending -------------------------------------------------------------------------------------------------------

    def abandon(self, reason: str, *, operator: str = LOCAL) -> None:
        """End the visit without a photo; `reason` is a short word such as `student-left`, never free text about a person."""
        with self.lock:
            self.expect("visit.abandoned")
            self.step("visit.abandoned", reason=reason, operator=operator)
            self.end()

    def next(self) -> None:
        """The finished visit leaves the screen."""
        with self.lock:
            self.expect("visit.ended")
            self.end()

    def device_failed(self, what: str) -> None:
        """A device that the present step needs stopped working."""
        with self.lock:
            self.fault = Message(zh=f"设备故障：{what}", en=f"device failure: {what}")
            if self.state is State.FRAMING:
                self.step("device.failed", what=what)
            else:
                self.tell_listeners("visit")

    def device_recovered(self) -> None:
        """It works again; a visit that waited for it goes on."""
        with self.lock:
            self.fault = None
            if self.state is State.FAULT:
                self.step("device.recovered")
            else:
                self.tell_listeners("visit")

    # --- inside -------------------------------------------------------------------------------------------------------

    def _with_face(self, shot: Shot) -> Shot:
        """Compared with the portrait on the ID card, where one was seen. A still without a face is refused by the rules."""
        card = self.card_face
        if card is None:
            return shot
        pixels = cv2.imdecode(np.frombuffer(shot.original, np.uint8), cv2.IMREAD_REDUCED_COLOR_2)
        face = None if pixels is None else self._cards.face_of(np.asarray(pixels, np.uint8))
        return shot if face is None else replace(shot, face_match=compared(card, face))

    def _judged(self, visit: Visit, shot: Shot, operator: str) -> Shot:
        """Compare and show a judged shot, unless its visit ended meanwhile."""
        shot = self._with_face(shot)
        with self.lock:
            if self.visit is None or self.visit.visit_id != visit.visit_id or self.visit.state is not State.FRAMING:
                raise NotNow("拍摄时采集已结束", "the visit ended while the shot was taken", state=self.state)
            self.shot, self.guidance = shot, None
            self.shot_taken = self._clock.read()
            self.visit = replace(self.visit, shots=self.visit.shots + 1)
            failed = [
                {"id": rule.id, "outcome": rule.outcome, "measured": rule.measured} for rule in shot.verdict.failed
            ]
            event = "shot.passed" if shot.passed else "shot.refused"
            facts = {"shot": shot.shot_id, "automatic": shot.automatic, "failed": failed, "timings_ms": shot.timings_ms}
            self.step(event, operator=None if shot.automatic else operator, source=shot.source, **facts)
            return shot

    def _begin(self, operator: str) -> Visit:
        if self.now().payment.due("before"):
            return self._ask_fee(operator)
        return self.step("framing.begun")

    def _fee_settled(self) -> None:
        if self.now().payment.when == "before":
            self.step("framing.begun")
            return
        tapped, self._tapped = self._tapped, None
        if self.shot is None or tapped is None:
            self.step("station.restarted", was=State.PAYING)
            return
        self._show_again(self.shot.passed)
        try:
            self.accept(
                tapped.shot_id,
                tapped.exemption,
                operator=tapped.operator,
                face_confirmed=tapped.face_confirmed,
            )
        except VisitError as error:  # paid, shown again: the student taps once more
            self.tell(error)

    def _acceptable(self, shot_id: str, exemption: Exemption | None, *, face_confirmed: bool) -> Shot:
        shot = self.shot
        if shot is None or shot.shot_id != shot_id:
            raise ShotMissing("这不是刚才判定的照片，请刷新", "this is not the shot judged last: reload", shot=shot_id)
        exemptions.check(exemption, passed=shot.passed)
        if shot.photo is None:
            raise ShotMissing("这张照片无法制成标准照，请重拍", "no standard photo can be made of this shot: retake it")
        plan = self._identification.plan_of(self.now().plan_id)
        asked = plan is not None and plan.id_card_face
        match = decided(shot.face_match, asked=asked, confirmed=face_confirmed, exempt=exemption is not None)
        return replace(shot, face_match=match)

    def _accepted_shot(self, shot_id: str) -> bool:
        return self.shot is not None and self.shot.shot_id == shot_id

    def _store(self, visit: Visit, shot: Shot, exemption: Exemption | None, operator: str) -> None:
        accepted = self._clock.read()
        circumstances = Circumstances(
            station=self._station(),
            captured=self.shot_taken or accepted,
            accepted=accepted,
            sequence=self._ledger.next_sequence(),
            exemption=exemption,
            operator=operator,
        )
        capture = accepted_capture(visit, shot, str(uuid.uuid4()), circumstances)
        state = follow(follow(visit.state, "photo.accepted"), "capture.queued")
        queued = replace(visit, state=state, capture_id=capture.capture_id, payload=None)
        steps: dict[str, dict[str, Any]] = {
            "photo.accepted": {
                "shot": shot.shot_id,
                "capture": capture.capture_id,
                "exception": None if exemption is None else exemption.reason,
                "operator": operator,
            },
            "capture.queued": {"capture": capture.capture_id},
        }
        try:
            capture_id = self._ledger.accept(moment_of(accepted), capture, queued.row(), steps)
        except OSError as error:
            raise StorageFailed(
                f"照片没有存下来（{error}）：请检查存储空间后再按一次接受",
                f"the capture could not be stored ({error}): free some space, then accept again",
            ) from error
        self.visit = replace(queued, capture_id=capture_id)
        self.card_face = None
        self.tell_listeners("visit")
