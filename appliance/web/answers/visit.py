"""The visit as pages see it."""

from __future__ import annotations

from typing import Literal

from appliance.platform.contract import FaceMatch
from appliance.visit.machine import State
from appliance.web.answers.base import Answer, Words

Figure = float | str | None


class Rule(Answer):
    """One rule of the verdict: what was measured beside what is asked, and what to do about it."""

    id: str
    outcome: Literal["pass", "fail", "unknown", "exempt"]
    measured: Figure
    limit: Figure | list[Figure]
    unit: str
    message: Words


class Verdict(Answer):
    """The whole judgement of one shot."""

    profile: str
    verdict: Literal["pass", "refuse", "unmeasurable"]
    rules: list[Rule]


class StandardPhotoFacts(Answer):
    """The finished file."""

    bytes: int
    width: int
    height: int
    quality: int


class Shot(Answer):
    """The shot that was judged last; `before` and `after` are addresses of its pictures."""

    id: str
    verdict: Verdict
    before: str
    after: str | None
    photo: StandardPhotoFacts | None
    timings_ms: dict[str, float]


class Payment(Answer):
    """How the fee stands. `qr` is there while an order may be paid; `error` says why there is none."""

    state: Literal["free", "prepaid", "unpaid", "pending", "paid", "deferred", "voucher", "expired", "cancelled"]
    amount_fen: int
    when: Literal["prepaid", "before", "after"]
    pay_url: str | None
    qr: str | None
    expires_at: str | None
    offline: Literal["deferred", "voucher", "refuse"]
    error: Words | None


class Reasoned(Answer):
    """Why a photo came back."""

    rule: str
    message: Words


class Earlier(Answer):
    """An earlier capture of this student."""

    state: str
    reasons: list[Reasoned]


class Visit(Answer):
    """The visit in progress, or the idle state; `actions` are what may be asked of it now."""

    id: str | None
    state: State
    actions: list[str]
    identity: dict[str, str | None] | None
    tries_left: int | None
    retry_after: int | None
    shot: Shot | None
    capture_id: str | None
    fault: Words | None
    unresolved: bool
    payment: Payment | None
    source: Literal["camera", "album"]
    face_match: FaceMatch | None
    replaces: str | None
    earlier: Earlier | None


class Guidance(Answer):
    """What to tell the student now; `ready` when all live rules hold, since `held_s` seconds."""

    rule: str | None
    message: Words
    ready: bool
    held_s: float
    shoot: bool


class Overlay(Answer):
    """What the judge saw in one frame: points as shares of width and height, and how each part of them is judged."""

    head: list[list[float]] | None
    eye_line: list[list[float]] | None
    chin: list[float] | None
    shoulders: list[list[float]] | None
    states: dict[str, Literal["good", "bad", "unknown"]]


class FrameHeader(Answer):
    """What goes before each picture of the preview's websocket."""

    sequence: int
    captured_at: float
    width: int
    height: int
    overlay: Overlay | None
    guidance: Guidance | None
