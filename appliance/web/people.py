"""Who works at this station: operators and technicians, each with a PIN of their own. Only argon2 digests are kept.

While nobody is listed, a paired tablet may operate as it is; from the first person on, whoever acts signs in. There is no
default PIN: the first technician is made with the set-up code that the station shows on its console.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import threading
from dataclasses import asdict, dataclass, replace
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from appliance.ledger.store import Ledger
from appliance.portrait.measurement import Message
from appliance.web.problems import ProblemError

Role = Literal["operator", "technician"]
PIN_LENGTH = 6
NAME_LIMIT = 40
MOST = 50  # people of one station
LOCAL = "local"  # the operator's id of programs on this machine, and of everybody while nobody is listed
_NOTE = "people"
_RUNS = "01234567890 09876543210"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in; `digest` is argon2id's, with salt and parameters."""

    id: str
    name: str
    role: Role
    digest: str

    def shown(self) -> dict[str, str]:
        """What pages may know."""
        return {"id": self.id, "name": self.name, "role": self.role}


def new_setup_code() -> str:
    """Eight random digits, for the console: with it the first technician is made."""
    return f"{secrets.randbelow(100_000_000):08d}"


class People:
    """The list, in the ledger. Read anew each time: the command line may have changed it meanwhile."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._hasher = PasswordHasher()
        # One digest at a time: each takes 64 MiB for a moment.
        self._lock = threading.Lock()

    def all(self) -> list[Person]:
        """Everybody, in the order they were added."""
        return [Person(**entry) for entry in json.loads(self._ledger.note(_NOTE) or "[]")]

    def find(self, person_id: str) -> Person:
        """Raises `ProblemError` 404."""
        found = next((person for person in self.all() if person.id == person_id), None)
        if found is None:
            message = Message(
                zh="名单里没有这个人，请刷新", en=f"nobody here has the id {person_id!r}: reload the list"
            )
            raise ProblemError(404, "no-such-person", message)
        return found

    def matches(self, person: Person, pin: str) -> bool:
        """Whether `pin` is theirs."""
        with self._lock:
            try:
                return self._hasher.verify(person.digest, pin)
            except (VerifyMismatchError, InvalidHashError):
                return False

    def add(self, name: str, role: Role, pin: str) -> Person:
        """One more. Raises `ProblemError` 409, 422."""
        people = self.all()
        if len(people) >= MOST:
            message = Message(zh=f"最多 {MOST} 人，请先删去不用的", en=f"at most {MOST} people: remove some first")
            raise ProblemError(409, "too-many-people", message, limit=MOST)
        if not people and role != "technician":
            message = Message(zh="第一个人必须是技术员", en="the first person must be a technician")
            raise ProblemError(422, "technician-first", message)
        name = _free_name(name, people)
        person = Person(f"p-{secrets.token_hex(4)}", name, role, self._digest(pin))
        self._keep([*people, person])
        return person

    def change(
        self, person_id: str, *, name: str | None = None, role: Role | None = None, pin: str | None = None
    ) -> Person:
        """Another name, role or PIN. Raises `ProblemError` 404, 409, 422."""
        before = self.find(person_id)
        others = [person for person in self.all() if person.id != person_id]
        after = replace(
            before,
            name=before.name if name is None else _free_name(name, others),
            role=role or before.role,
            digest=before.digest if pin is None else self._digest(pin),
        )
        _expect_technician([*others, after])
        self._keep([after if person.id == person_id else person for person in self.all()])
        return after

    def remove(self, person_id: str) -> None:
        """They may no longer sign in. Raises `ProblemError` 404, and 409 for the last technician while others are listed."""
        self.find(person_id)
        others = [person for person in self.all() if person.id != person_id]
        if others:
            _expect_technician(others)
        self._keep(others)

    def clear(self) -> None:
        """Nobody is listed any more: the set-up code works again."""
        self._keep([])

    def _digest(self, pin: str) -> str:
        _check_pin(pin)
        with self._lock:
            return self._hasher.hash(pin)

    def _keep(self, people: list[Person]) -> None:
        self._ledger.keep_note(_NOTE, json.dumps([asdict(person) for person in people], ensure_ascii=False))


def check_setup_code(given: str | None, expected: str) -> bool:
    """Whether the code is the console's, in groups or not; compared in constant time."""
    return given is not None and hmac.compare_digest("".join(given.split()).encode(), expected.encode())


def _check_pin(pin: str) -> None:
    if not re.fullmatch(rf"[0-9]{{{PIN_LENGTH}}}", pin):
        message = Message(zh=f"PIN 必须是 {PIN_LENGTH} 位数字", en=f"a PIN has exactly {PIN_LENGTH} digits")
        raise ProblemError(422, "pin-form", message, limit=PIN_LENGTH)
    if len(set(pin)) == 1 or pin in _RUNS:
        message = Message(
            zh="这个 PIN 太容易猜到：不要全部相同，也不要连号",
            en="this PIN is too easily guessed: no run, no single digit",
        )
        raise ProblemError(422, "pin-weak", message)


def _free_name(name: str, others: list[Person]) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_LIMIT:
        message = Message(
            zh=f"姓名需要 1 到 {NAME_LIMIT} 个字（现在 {len(name)} 个）",
            en=f"a name has 1 to {NAME_LIMIT} characters (this has {len(name)})",
        )
        raise ProblemError(422, "name-length", message, limit=NAME_LIMIT)
    if not name.isprintable():
        message = Message(
            zh="姓名里有看不见的字符（例如换行、控制符或改变书写方向的符号），请重新输入",
            en="a name has only characters that can be seen: no control characters, none that turn the writing",
        )
        raise ProblemError(422, "name-form", message)
    if any(person.name == name for person in others):
        message = Message(
            zh=f"已有叫“{name}”的人，请加以区别", en=f"somebody is already called “{name}”: choose another"
        )
        raise ProblemError(409, "name-taken", message)
    return name


def _expect_technician(people: list[Person]) -> None:
    if not any(person.role == "technician" for person in people):
        message = Message(
            zh="至少要留下一名技术员，否则再也没有人能管理本机",
            en="at least one technician must stay, else nobody could manage this station",
        )
        raise ProblemError(409, "last-technician", message)
