"""Whose code it is, and whether the person is that student: the signed roster, offline, with limited tries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from joserfc.jwk import OKPKey

from appliance.ledger.store import Ledger
from appliance.platform.contract import LocalText, MaskedIdentity, Plan, RosterEntry
from appliance.platform.roster import Roster, answer_is_right
from appliance.visit.errors import (
    CannotVerify,
    NoPlan,
    OtherPlan,
    TriesExhausted,
    UnknownCode,
    UnreadableCard,
    UnreadableCode,
    WrongAnswer,
)
from appliance.visit.id_card.text import CardText, name_fits
from appliance.visit.plans import PlanBook
from appliance.visit.tries import FREE, Tries

CODE_LIMIT = 4296  # characters; the most a QR code can hold (ISO/IEC 18004, version 40-L, alphanumeric)


@dataclass(frozen=True, slots=True)
class Identified:
    """The student a code belongs to, as the roster knows them; `entry` is None for a code that the platform is to resolve."""

    plan: Plan
    entry: RosterEntry | None
    code_digest: str
    roster_serial: int

    @property
    def identity(self) -> MaskedIdentity:
        """What may be shown and recorded: masked, or of the plan alone where nobody knows whose code it is."""
        if self.entry is not None:
            return self.entry.identity
        nothing = dict.fromkeys(("name", "number", "student_number", "major", "class_name"), "")
        return MaskedIdentity(school=self.plan.school, level=self.plan.level, type=self.plan.type, **nothing)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The digest that captures of a code are kept under, and the student where the roster knows one."""

    code_digest: str
    entry: RosterEntry | None


class Identification:
    """Answers from the roster in use, which the book of plans names."""

    def __init__(self, ledger: Ledger, book: PlanBook) -> None:
        self._book = book
        self.tries = Tries(ledger)
        self.sealing_key: OKPKey | None = None

    @property
    def plan(self) -> Plan | None:
        """The plan that the roster in use belongs to."""
        roster = self._book.current()
        return None if roster is None else roster.plan

    @property
    def plan_id(self) -> str | None:
        """The id of the plan in use."""
        plan = self.plan
        return None if plan is None else plan.id

    def plan_of(self, plan_id: str) -> Plan | None:
        """The plan a visit began with, as it stands now, though another one may have been chosen since."""
        return self._book.plan(plan_id)

    def find(self, payload: str) -> Identified:
        """The student with this code. Raises `UnreadableCode`, `NoPlan`, `OtherPlan`, `UnknownCode`."""
        if not payload.strip() or len(payload) > CODE_LIMIT:
            raise UnreadableCode(
                f"采集码内容为空或过长（{len(payload)} 字符，最多 {CODE_LIMIT}），请重新出示",
                f"the code is empty or too long ({len(payload)} characters, at most {CODE_LIMIT}): show it again",
            )
        roster = self._usable()
        found = roster.find(payload)
        if isinstance(found, RosterEntry):
            return Identified(roster.plan, found, found.code_digest, roster.serial)
        elsewhere = found.plan_title if found is not None else self._title_elsewhere(payload)
        if elsewhere is not None:
            title = roster.plan.title
            raise OtherPlan(
                f"这个采集码属于“{elsewhere.zh}”，不是今天的“{title.zh}”，请到对应的采集点，或由操作员切换采集计划",
                f"this code belongs to “{elsewhere.en}”, not to today's “{title.en}”: go to that collection point, "
                "or have the operator choose that plan",
                plan=elsewhere.model_dump(),
            )
        if roster.plan.unknown_code == "defer":
            return Identified(roster.plan, None, roster.digest(payload), roster.serial)
        raise UnknownCode(
            "名单里没有这个采集码：请确认是学信网的图像采集码、是本人的、是最新的",
            "no student of today's roster has this code: check that it is the CHSI capture code, one's own, and the newest",
        )

    def look_up(self, payload: str) -> LookedUp:
        """Whose records a code opens, when it is scanned again (F27). An expired roster still tells. Raises `NoPlan`."""
        current = self._book.current()
        rosters = [*([] if current is None else [current]), *self._book.others()]
        if not rosters:
            raise NoPlan(
                "本机还没有采集名单，无法查询：请先与平台同步",
                "this station has no roster yet, so it cannot tell whose code this is: connect it to the platform once",
            )
        for roster in rosters:
            found = roster.find(payload)
            if isinstance(found, RosterEntry):
                return LookedUp(found.code_digest, found)
        return LookedUp(rosters[0].digest(payload), None)

    def check_answer(self, payload: str, code_digest: str, answer: str) -> int:
        """How many wrong answers came before this right one. Raises `WrongAnswer`, `TriesExhausted`, `UnknownCode`."""
        found = self.find(payload)
        self.check_pause(code_digest)
        if found.entry is not None and answer_is_right(found.entry, payload, found.plan.verification, answer):
            return self.tries.count_right(code_digest)
        raise self.wrong_answer(code_digest)

    def check_card(self, payload: str, code_digest: str, card: CardText) -> int:
        """As `check_answer`, for a card that was read. A number that proves with a name that does not fit was misread, not wrong.

        Raises `CannotVerify` when the roster holds no card's digest for this student, `UnreadableCard`.
        """
        found = self.find(payload)
        self.check_pause(code_digest)
        if found.entry is None or "id_card" not in found.entry.answers:
            raise CannotVerify(
                "名单里没有这位同学的身份证核验信息，请由老师核对身份，或联系平台补全名单",
                "the roster holds nothing to compare this student's ID card with: have a teacher check, or ask the platform",
            )
        if not answer_is_right(found.entry, payload, "id_card", card.number):
            raise self.wrong_answer(code_digest)
        if card.name is None or not name_fits(card.name, found.identity.name):
            raise UnreadableCard(
                "姓名没有读清，请再拍一次身份证", "the name could not be made out: photograph the card once more"
            )
        return self.tries.count_right(code_digest)

    def check_pause(self, code_digest: str) -> None:
        """Raises `TriesExhausted` while the pause after wrong answers lasts."""
        wait = self.tries.retry_after(code_digest)
        if wait is not None:
            wrong = self.tries.wrong(code_digest)
            raise TriesExhausted(
                f"答错 {wrong} 次，请 {wait} 秒后再试，或请老师现场核对身份",
                f"{wrong} wrong answers: try again in {wait} seconds, or have a teacher check the identity",
                retry_after=wait,
            )

    def wrong_answer(self, code_digest: str) -> WrongAnswer:
        """Count a wrong answer; the refusal to raise."""
        wrong = self.tries.count_wrong(code_digest)
        wait = self.tries.retry_after(code_digest)
        if wait is None:
            left = FREE - wrong
            return WrongAnswer(
                f"与登记信息不符，还可以试 {left} 次",
                f"this does not match the record, {left} tries left",
                tries_left=left,
            )
        return WrongAnswer(
            f"与登记信息不符，请 {wait} 秒后再试",
            f"this does not match the record: try again in {wait} seconds",
            tries_left=0,
            retry_after=wait,
        )

    def _title_elsewhere(self, payload: str) -> LocalText | None:
        """The title of another plan on this station whose roster knows the code."""
        for roster in self._book.others():
            if isinstance(roster.find(payload), RosterEntry):
                return roster.plan.title
        return None

    def _usable(self) -> Roster:
        roster = self._book.current()
        if roster is None:
            raise self._book.why_none()
        if datetime.now(UTC) >= roster.expires_at:
            raise NoPlan(
                f"名单已于 {roster.expires_at:%Y-%m-%d %H:%M} 过期，请联网同步",
                f"the roster expired at {roster.expires_at:%Y-%m-%d %H:%M} UTC: connect to the platform to fetch a new one",
            )
        return roster
