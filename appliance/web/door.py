"""The door of every route: who asks, whether they are signed in, whether theirs is the tablet that drives.

Its methods are FastAPI dependencies. Programs on the machine (`local`) need neither PIN nor wheel; the student's screen may
do the two things a student does (be content, ask for another) without either.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import Request
from starlette.requests import HTTPConnection

from appliance.ledger.journal import Moment
from appliance.portrait.measurement import Message
from appliance.web.access import Access, same_origin
from appliance.web.drive import Drive
from appliance.web.front import STUDENT_STEPS
from appliance.web.parts import Parts
from appliance.web.people import LOCAL, People, Person
from appliance.web.problems import ProblemError
from appliance.web.sessions import Sessions
from appliance.web.throttle import Throttle

VISIT_HEADER = "x-visit"  # the visit that the page shows; another one in progress means that the page is stale
STUDENT_HEADER = "x-student-screen"
_READING = {"GET", "HEAD"}
_NOTED_READING = {"/api/technician/export", "/api/technician/logs"}  # what leaves the station is noted too
MOST_PAGES = 12  # open pages of one tablet
LEFT_AFTER = (
    90.0  # seconds without an open page after which a tablet has left, and whoever was signed in there is no longer
)


class Door:
    """`publish` tells every page that its own `session` or `driving` changed; what each is told differs."""

    def __init__(self, parts: Parts, access: Access, publish: Callable[[str], None]) -> None:
        self._parts, self._access, self._publish = parts, access, publish
        self.people = People(parts.ledger)
        self.sessions = Sessions(parts.ledger, self.people, parts.clock, parts.sign_out_s)
        self.drive = Drive(parts.clock.monotonic)
        self.throttle = Throttle(parts.ledger, "pin-tries", parts.clock.monotonic)
        self._shown: str | None = None
        self._guessing = threading.Lock()
        # After a restart nobody has a page open yet: who does not come back has left.
        self._gone = dict.fromkeys(self.sessions.tablets(), parts.clock.monotonic())

    # --- dependencies -------------------------------------------------------------------------------------------------

    def paired(self, request: Request) -> None:
        """A paired tablet or a local program, and a page of ours."""
        if not self._access.allowed(request):
            message = Message(
                zh="平板尚未配对：请输入本机显示的配对码", en="not paired: enter the code shown by the station"
            )
            raise ProblemError(401, "unpaired", message)
        if request.method not in _READING and not same_origin(request):
            raise ProblemError(
                403, "other-origin", Message(zh="请求来自别的网页", en="the request came from another page")
            )

    def signed_in(self, request: Request) -> None:
        """As `paired`, and somebody is signed in at the tablet (while people are listed at all)."""
        self.paired(request)
        tablet = self._access.tablet(request)
        person = None if tablet is None else self.sessions.at(tablet)
        if tablet is not None:
            self.sessions.touch(tablet)
            if person is None and self.people.all():
                message = Message(zh="请先用自己的 PIN 登录", en="sign in with your PIN first")
                raise ProblemError(401, "signed-out", message)
        request.state.operator = LOCAL if person is None else person.id
        request.state.person = person

    def changes(self, request: Request) -> None:
        """As `signed_in` for what changes the queue or the like; reading needs pairing only."""
        if request.method in _READING:
            self.paired(request)
        else:
            self.signed_in(request)

    def drives(self, request: Request) -> None:
        """For the visit's steps: signed in, at the wheel, and meant for the visit that is in progress."""
        if request.method in _READING:
            self.paired(request)
            return
        if self._by_student(request) and request.url.path in STUDENT_STEPS:
            self._student(request)
        else:
            self.signed_in(request)
            tablet = self._access.tablet(request)
            if tablet is not None and not self.take(tablet):
                raise self._not_driving(request)
        self._expect_visit(request)

    def technician(self, request: Request) -> None:
        """A technician; anybody paired while nobody is listed."""
        self.signed_in(request)
        person: Person | None = request.state.person
        if person is not None and person.role != "technician":
            message = Message(zh="这里只有技术员可以操作", en="this is for technicians only")
            raise ProblemError(403, "technician-only", message)
        path = request.scope["route"].path
        if request.method not in _READING or path in _NOTED_READING:
            self.note("technician.action", operator=request.state.operator, action=f"{request.method} {path}")

    # --- the wheel ----------------------------------------------------------------------------------------------------

    def take(self, tablet: str, *, by_force: bool = False) -> bool:
        """Take the wheel if it may be had; the others are told."""
        mine = self.drive.take(tablet, by_force=by_force)
        self.look()
        return mine

    def at_the_wheel(self) -> str:
        """In whose name a scanner or the foot switch acts: who is signed in at the tablet that drives; where none does, the only
        one who is signed in anywhere."""
        holder = self.drive.holder
        there = self.sessions.people() if holder is None else [self.sessions.at(holder)]
        person = there[0] if len(there) == 1 else None
        return LOCAL if person is None else person.id

    def driving(self, connection: HTTPConnection) -> dict[str, Any]:
        """Who drives, as the page that asks sees it."""
        holder = self.drive.holder
        if holder is None:
            return {"mine": False, "tablet": None, "operator": None}
        person = self.sessions.at(holder)
        return {
            "mine": holder == self._access.tablet(connection),
            "tablet": self._access.number_of(holder),
            "operator": None if person is None else person.name,
        }

    def session(self, connection: HTTPConnection) -> dict[str, Any]:
        """Who is signed in at the tablet that asks. `needed` once people are listed."""
        tablet = self._access.tablet(connection)
        person = None if tablet is None else self.sessions.at(tablet)
        return {
            "operator": None if person is None else person.shown(),
            "idle_s": self.sessions.idle_s,
            "needed": tablet is not None and bool(self.people.all()),
        }

    def used(self, connection: HTTPConnection) -> None:
        """Somebody looks at the live picture there: the wheel is still in hand (a session rests all the same)."""
        tablet = self._access.tablet(connection)
        if tablet is not None:
            self.drive.touch(tablet)

    def expect_page(self, connection: HTTPConnection) -> None:
        """Raises `ProblemError` 429 for more pages than a person has."""
        tablet = self._access.tablet(connection)
        if tablet is not None and self.drive.pages(tablet) >= MOST_PAGES:
            message = Message(
                zh=f"同一台平板最多打开 {MOST_PAGES} 个页面，请关掉一些",
                en=f"a tablet may have {MOST_PAGES} pages open: close some",
            )
            raise ProblemError(429, "too-many-pages", message, limit=MOST_PAGES, retry_after=5)

    @contextmanager
    def watching(self, connection: HTTPConnection) -> Iterator[None]:
        """While its page is open. A tablet whose last page closed lets go of the wheel, and has left if none opens soon."""
        tablet = self._access.tablet(connection)
        if tablet is None:
            yield
            return
        self._gone.pop(tablet, None)
        self.drive.arrive(tablet)
        try:
            yield
        finally:
            self.drive.depart(tablet)
            if not self.drive.pages(tablet):
                self._gone[tablet] = self._parts.clock.monotonic()

    def welcome(self, connection: HTTPConnection) -> bool:
        """Whether whoever watches is still let in: a tablet may be taken off the list meanwhile."""
        return self._access.allowed(connection)

    def forget(self, tablet: str) -> None:
        """The tablet of this id is no longer paired: nobody is signed in there, and it drives nothing."""
        self.sessions.close(tablet)
        self.drive.leave(tablet)
        self.look()
        self.changed()

    def tablet(self, connection: HTTPConnection) -> str:
        """The tablet that asks. Raises `ProblemError` 403 for a program: it has no tablet to sign in at."""
        found = self._access.tablet(connection)
        if found is None:
            message = Message(zh="只有平板可以这样做", en="only a tablet can do this; a program needs no session")
            raise ProblemError(403, "no-tablet", message)
        return found

    def look(self) -> None:
        """Tell pages what changed by itself: a session that rested too long, a wheel that became free."""
        ended = [(person, "rest") for person in self.sessions.ended()]
        now = self._parts.clock.monotonic()
        for tablet in [tablet for tablet, since in list(self._gone.items()) if now - since > LEFT_AFTER]:
            self._gone.pop(tablet, None)
            person = self.sessions.close(tablet)
            if person is not None:
                ended.append((person.id, "left"))
        for person_id, why in ended:
            self.note("operator.signed_out", operator=person_id, why=why)
        if ended:
            self._publish("session")
        holder = self.drive.holder
        if holder != self._shown:
            self._shown = holder
            self._publish("driving")

    # --- who ----------------------------------------------------------------------------------------------------------

    def check_pin(self, tablet: str, person: Person, pin: str) -> None:
        """Raises `ProblemError` 403 for a wrong PIN, 429 once guessing is slowed down; counted by person and by tablet."""
        keys = (f"person {person.id}", f"tablet {tablet[:16]}")
        self.throttle.check(*keys)
        with self._guessing:  # else many at once would all be asked before the first was counted
            self.throttle.check(*keys)
            if not self.people.matches(person, pin):
                left = self.throttle.wrong(*keys)
                message = Message(zh=f"PIN 不对，还可以试 {left} 次", en=f"wrong PIN, {left} tries left")
                raise ProblemError(403, "wrong-pin", message, tries_left=left)
            self.throttle.right(*keys)

    def confirm_pin(self, request: Request, pin: str | None) -> None:
        """An exception is accepted only with the PIN of whoever is signed in, asked again. Programs need none."""
        person: Person | None = request.state.person
        if person is None and not self._by_student(request):
            return
        if person is None or pin is None:
            message = Message(zh="例外通过需要再输入一次您的 PIN", en="accepting an exception needs your PIN once more")
            raise ProblemError(403, "pin-needed", message)
        self.check_pin(self.tablet(request), person, pin)

    def expect_operator(self, request: Request) -> None:
        """What only an operator may say, such as that two faces are the same person's. Raises `ProblemError` 403."""
        if self._by_student(request):
            message = Message(
                zh="这一步要由工作人员在平板上确认", en="only an operator may confirm this, at the tablet"
            )
            raise ProblemError(403, "operator-only", message)

    def note(self, event: str, **body: Any) -> None:
        """A line of the journal: ids, never names."""
        reading = self._parts.clock.read()
        moment = Moment(at=reading.utc.isoformat(), clock_trusted=reading.trusted, boot_id=reading.boot_id)
        self._parts.ledger.record(moment, event, body=body)

    def changed(self) -> None:
        """People or sessions are others now: every page asks itself who it is."""
        self._publish("session")
        self._publish("driving")

    def _by_student(self, request: Request) -> bool:
        """Whether the student's screen asks: it says so, or its tablet was paired as one."""
        tablet = self._access.paired(request)
        return bool(request.headers.get(STUDENT_HEADER)) or (tablet is not None and tablet.screen == "student")

    def _student(self, request: Request) -> None:
        self.paired(request)
        holder = self.drive.holder
        person = None if holder is None else self.sessions.at(holder)
        if person is None and self.people.all():
            message = Message(zh="请工作人员先在平板上登录", en="an operator must sign in at the tablet first")
            raise ProblemError(401, "signed-out", message)
        request.state.operator = LOCAL if person is None else person.id
        request.state.person = None

    def _expect_visit(self, request: Request) -> None:
        meant = request.headers.get(VISIT_HEADER)
        visit = self._parts.conductor.visit
        now = None if visit is None else visit.visit_id
        if meant and meant != now:
            message = Message(
                zh="这一页显示的是上一次采集，已为您刷新，请再操作一次",
                en="this page showed an earlier visit; it is up to date now: please do it again",
            )
            raise ProblemError(409, "stale-visit", message, visit=now)

    def _not_driving(self, request: Request) -> ProblemError:
        driver = self.driving(request)
        who = f"（{driver['operator']}）" if driver["operator"] else ""
        by = f" ({driver['operator']})" if driver["operator"] else ""
        message = Message(
            zh=f"{driver['tablet']} 号平板{who}正在操作，这台只能观看；需要的话可以接管",
            en=f"tablet {driver['tablet']}{by} is driving, this one only watches; you may take over",
        )
        return ProblemError(409, "not-driving", message, driving=driver)
