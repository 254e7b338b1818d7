"""Who comes: the code, whose it is, whether it is them, what they confirm and agree to."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from appliance.ledger.store import Ledger
from appliance.ledger.tables import FeeRow
from appliance.platform.contract import Plan
from appliance.platform.sealing import seal
from appliance.portrait.measurement import Message
from appliance.visit.details import Details, checked, sealed
from appliance.visit.errors import (
    ConsentMissing,
    Locked,
    NotNow,
    Stopped,
    UnreadableCode,
    VisitError,
    VisitInProgress,
    WrongAnswer,
)
from appliance.visit.history import earlier_capture
from appliance.visit.id_card.desk import CardDesk
from appliance.visit.identification import Identification, Identified
from appliance.visit.keeper import VisitKeeper
from appliance.visit.machine import OPEN, State
from appliance.visit.notices import Notice
from appliance.visit.payment import opening
from appliance.visit.state import LOCAL, Consented, Verified, Visit
from firmware.ports import Clock


class Reception(VisitKeeper, ABC):
    """From the code to the confirmed record."""

    _cards: CardDesk

    def __init__(self, ledger: Ledger, clock: Clock, busy: Callable[[], bool], identification: Identification) -> None:
        super().__init__(ledger, clock, busy)
        self._identification = identification
        self.closed: Message | None = None  # why no visit may begin now
        self.stopped: Message | None = None  # why this station serves nobody new: the platform's word

    def scan(self, payload: str, *, operator: str = LOCAL) -> Visit:
        """A capture code was shown. The same code within its visit is one scan."""
        with self.lock:
            visit = self.visit
            if visit is not None and visit.state in OPEN:
                if visit.payload == payload:
                    return visit
                raise _in_progress(visit.state)
            self._expect_open()
            if self.stopped is not None:
                raise Stopped(self.stopped.zh, self.stopped.en)
            found = self._identification.find(payload)
            known = self._known(found)
            key = self._identification.sealing_key
            if key is None:
                raise NotNow("本机尚未注册到平台", "this station is not enrolled with a platform", state=self.state)
            if visit is not None:
                self.end()
            self.visit = Visit(
                visit_id=str(uuid.uuid4()),
                state=State.IDLE,
                plan_id=found.plan.id,
                code_digest=found.code_digest,
                sealed_code=seal(payload, key),
                identity=found.identity.model_dump(),
                roster_serial=found.roster_serial,
                payload=payload,
                unresolved=found.entry is None,
                **known,
            )
            try:
                unknown = found.entry is None
                self.step("code.identified", plan=found.plan.id, unresolved=unknown, operator=operator)
            except Exception:
                self.visit = None
                raise
            if found.plan.verification == "none" or found.entry is None:
                self._verified("none", 0, operator)
            return self.now()

    def between_visits(self, change: Callable[[], None]) -> None:
        """Run `change` while no visit is open and none can begin. Raises `VisitInProgress`, and `NotNow` while the station is
        `closed`."""
        with self.lock:
            if self.state in OPEN:
                raise _in_progress(self.state)
            self._expect_open()
            change()

    def reserve(self, why: Message) -> None:
        """From now on no visit begins, until `free`: camera and lamps are needed for something else, `why` says what.

        Raises `VisitInProgress`, and `NotNow` when they are already.
        """

        with self.lock:
            self.between_visits(lambda: None)
            self.closed = why

    def free(self) -> None:
        """Visits may begin again."""
        self.closed = None

    def unreadable(self) -> None:
        """A code was held up that no scanner can read."""
        self.tell(
            UnreadableCode(
                "看到二维码但读不出来：调亮屏幕、避开反光、拿近一点或换原图",
                "a code is visible but cannot be read: raise the screen's brightness, avoid glare, hold it closer",
            )
        )

    def tell(self, error: VisitError) -> None:
        """Show a refusal that no request is waiting for."""
        self.announce(Notice.of(error))

    def announce(self, notice: Notice) -> None:
        """Show a passing message on every tablet."""
        self.notice = notice
        self.tell_listeners("notice")

    # --- who and consent ----------------------------------------------------------------------------------------------

    def verify(self, answer: str, *, operator: str = LOCAL) -> Visit:
        """The student's answer, compared with the roster's digest."""
        with self.lock:
            visit, payload, plan = self._unverified()
            if plan.verification == "id_card":
                raise NotNow("请拍摄身份证", "this plan verifies by the ID card: photograph it", state=visit.state)
            try:
                wrong = self._identification.check_answer(payload, visit.code_digest, answer)
            except WrongAnswer as error:
                self.step("answer.wrong", tries_left=error.extra["tries_left"], operator=operator)
                raise
            return self._verified(plan.verification, wrong, operator)

    def verify_card(self, picture: bytes, *, operator: str = LOCAL) -> Visit:
        """The student's ID card in a picture file, compared with the roster's digest and the masked name, then let go.

        Raises `UnreadableCard`, `WrongAnswer`, `TriesExhausted`, `CannotVerify`.
        """
        with self.lock:
            visit, payload, plan = self._unverified()
            if plan.verification != "id_card":
                raise NotNow("本次采集不核验身份证", "this plan does not verify by ID card", state=visit.state)
            self._identification.check_pause(visit.code_digest)
        card = self._cards.look(picture, with_face=plan.id_card_face)  # seconds: nobody waits for the lock meanwhile
        with self.lock:
            if self.visit is None or self.visit.visit_id != visit.visit_id or self.visit.state is not State.IDENTIFIED:
                raise NotNow("识别身份证时采集已结束", "the visit ended while the card was read", state=self.state)
            try:
                wrong = self._identification.check_card(payload, visit.code_digest, card.text)
            except WrongAnswer as error:
                self.step("answer.wrong", tries_left=error.extra["tries_left"], operator=operator)
                raise
            self.card_face = card.face
            return self._verified("id_card", wrong, operator)

    def details(self, details: Details, *, operator: str = LOCAL) -> Visit:
        """What the student adds or says is wrong, before the record is confirmed. Raises `InvalidDetails`."""
        with self.lock:
            self.expect("details.given")
            self._keep_details(details, operator)
            return self.now()

    def confirm(
        self,
        *,
        record_confirmed: bool,
        consent_version: str,
        by: str,
        details: Details | None = None,
        operator: str = LOCAL,
    ) -> Visit:
        """The student confirmed the masked record and agreed to the consent text of `consent_version`.

        Raises `ConsentMissing`; `InvalidDetails` when what the plan asks for was not given, here or before.
        """
        with self.lock:
            visit = self.expect("record.confirmed")
            plan = self._identification.plan_of(visit.plan_id)
            wanted = "" if plan is None else plan.consent.version
            if not record_confirmed or consent_version != wanted:
                raise ConsentMissing(
                    f"请核对信息并勾选同意（协议版本 {wanted}）",
                    f"the record must be confirmed and consent version {wanted!r} agreed to (got {consent_version!r})",
                    consent_version=wanted,
                )
            if details is not None or not visit.details_given:
                self._keep_details(details or Details(), operator)
            consent = Consented(version=wanted, at=self._clock.read().utc.isoformat(), by=by)
            self.visit = replace(self.now(), consented=consent)
            self.step("record.confirmed", consent=asdict(consent), operator=operator)
            return self._begin(operator)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _expect_open(self) -> None:
        if self.closed is not None:
            raise NotNow(self.closed.zh, self.closed.en, state=self.state)

    def _unverified(self) -> tuple[Visit, str, Plan]:
        """The visit whose student is not recognised yet, its code, its plan."""
        visit = self.expect("answer.right")
        plan = self._identification.plan_of(visit.plan_id)
        if visit.payload is None or plan is None:
            raise NotNow("请重新扫码", "scan the code again", state=visit.state)
        return visit, visit.payload, plan

    @abstractmethod
    def _begin(self, operator: str) -> Visit:
        """What follows the confirmed record."""

    def _known(self, found: Identified) -> dict[str, Any]:
        """What is known of this student from before: an earlier capture, and how the fee stands. Raises `Locked`."""
        earlier = earlier_capture(self._ledger, found.code_digest)
        accepted_elsewhere = found.entry is not None and found.entry.review == "accepted"
        if accepted_elsewhere or (earlier is not None and earlier.locked):
            raise Locked(
                "这位同学的照片已经审核通过并锁定，不用再拍",
                "this student's photo was accepted and is locked: no other one is needed",
            )
        with self._ledger.reading() as session:
            kept = session.get(FeeRow, found.code_digest)
        known: dict[str, Any] = {"payment": opening(found.plan, found.entry, earlier, kept)}
        if earlier is not None:
            known["earlier"] = {"state": earlier.state, "reasons": earlier.reasons}
            known["replaces"] = earlier.capture_id if earlier.replaceable else None
        return known

    def _keep_details(self, details: Details, operator: str) -> None:
        """Sealed into the visit; the journal learns which were given, never what they say."""
        visit, key = self.now(), self._identification.sealing_key
        plan = self._identification.plan_of(visit.plan_id)
        if plan is None or key is None:
            raise NotNow("请重新扫码", "scan the code again", state=visit.state)
        good = checked(plan, details, unresolved=visit.unresolved)
        phone = "given" if good.phone else "declined" if good.phone_declined else "none"
        self.visit = replace(
            visit,
            details_given=True,
            sealed_details=sealed(good, key),
            phone_declined=good.phone_declined,
            corrections=good.corrections,
        )
        if good != Details():
            names, wrong = sorted(good.fields), list(good.corrections)
            self.step("details.given", fields=names, phone=phone, corrections=wrong, operator=operator)

    def _verified(self, method: str, wrong: int, operator: str) -> Visit:
        visit = self.now()
        verified = Verified(method=method, at=self._clock.read().utc.isoformat(), wrong_tries=wrong)
        self.visit = replace(visit, verified=verified)
        return self.step("answer.right", method=method, wrong=wrong, operator=operator)


def _in_progress(state: State) -> VisitInProgress:
    return VisitInProgress(
        "上一位同学还没有完成，请先完成或放弃本次采集",
        f"a visit is in progress ({state}): finish or abandon it first",
        state=state,
    )
