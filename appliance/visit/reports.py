"""A problem report with its evidence (F29): kept durably like a capture, sent whenever the platform can be reached.

What people wrote is sealed to the platform at once; this station cannot read it back. The evidence is figures and states.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, get_args
from uuid import UUID

from joserfc.jwk import OKPKey

from appliance.ledger.errors import CaptureMissing
from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, ErrandKind
from appliance.outbox import errands
from appliance.platform.contract import ProblemReport
from appliance.platform.sealing import seal
from appliance.visit.errors import NotNow
from appliance.visit.keeper import moment_of
from appliance.visit.records import Records
from firmware.ports import Clock, DeviceStatus

Category = Literal["code", "identity", "payment", "camera", "verdict", "photo", "other"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
TEXT_LIMIT = 2000  # characters
MOST_EVIDENCE = 100  # entries, by the contract
_WORD_LIMIT = 200

Fact = str | float | int | bool | None


class Reports:
    """Files reports. `sealing_key` is the platform's, None before enrolment; `facts` are the station's present figures."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        sealing_key: Callable[[], OKPKey | None],
        facts: Callable[[], Mapping[str, Fact]],
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._sealing_key = sealing_key
        self._facts = facts

    def file(
        self, category: Category, text: str, *, capture_id: str | None, visit_id: str | None, operator: str
    ) -> str:
        """Keep a report about a capture, a visit or the station; its id. Raises `CaptureMissing`, `NotNow` before enrolment."""
        key = self._sealing_key()
        if text.strip() and key is None:
            raise NotNow(
                "本机尚未注册到平台，问题说明无法加密保存：请先注册",
                "this station is not enrolled, so what you wrote cannot be sealed: enrol it first",
            )
        evidence = dict(self._facts())
        if capture_id is not None:
            evidence |= self._of_capture(capture_id)
        moment = moment_of(self._clock.read())
        report = ProblemReport(
            report_id=uuid.uuid4(),
            capture_id=None if capture_id is None else UUID(capture_id),
            visit_id=None if visit_id is None else UUID(visit_id),
            category=category,
            sealed_text=seal(text.strip(), key) if text.strip() and key is not None else None,
            evidence=dict(list(evidence.items())[:MOST_EVIDENCE]),
            at=self._clock.read().utc,
        )
        told = {"report": str(report.report_id), "category": category, "capture": capture_id, "operator": operator}
        with self._ledger.session() as session:
            errands.add(
                session,
                ErrandKind.REPORT,
                report.model_dump(mode="json"),
                capture_id=capture_id,
                at=moment.at,
                hold_s=0.0,
            )
            self._ledger.append(session, moment, "report.filed", visit_id=visit_id, body=told)
        return str(report.report_id)

    def _of_capture(self, capture_id: str) -> dict[str, Fact]:
        """What the station measured and knows of a capture, without whose it is."""
        record = Records(self._ledger).get(capture_id)
        with self._ledger.reading() as session:
            row = session.get(CaptureRow, capture_id)
        if row is None:
            raise CaptureMissing(f"no capture {capture_id} on this station")
        facts: dict[str, Fact] = {
            "capture.state": record.state,
            "capture.photo_sha256": row.photo_sha256,
            "capture.original_sha256": row.original_sha256,
            "capture.review_rules": ",".join(reason["rule"] for reason in record.reasons)[:_WORD_LIMIT],
        }
        verdict = json.loads(row.record).get("verdict") or {}
        facts["verdict"] = verdict.get("verdict")
        facts["verdict.profile"] = verdict.get("profile")
        for rule in verdict.get("rules", []):
            if rule["outcome"] != "pass":
                measured = rule["measured"]
                facts[f"rule.{rule['id']}"] = f"{rule['outcome']}: {measured} {rule['unit']}"[:_WORD_LIMIT]
        return facts


def facts_of(queue: Mapping[str, Any], devices: Iterable[DeviceStatus]) -> dict[str, Fact]:
    """How queue and devices stand, for the evidence of a report."""
    shown = {f"queue.{name}": queue[name] for name in ("waiting", "parked", "online")}
    return shown | {f"device.{it.name}": f"{it.state.value} {it.detail}".strip()[:_WORD_LIMIT] for it in devices}
