"""The station's state as pages see it, built from what the other rooms know."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from appliance.health.faults import fault_words
from appliance.visit import exemptions
from appliance.visit.machine import State, actions
from appliance.visit.payment import Payment
from appliance.visit.shutter import Shot
from appliance.web.parts import Parts
from firmware.ports import DeviceStatus


def snapshot(parts: Parts, sequence: int) -> dict[str, Any]:
    """Everything a page needs to draw itself."""
    return {
        "sequence": sequence,
        "station": {
            "name": parts.name,
            "version": parts.version,
            "instance": parts.instance,
            "stand_in": parts.stand_in is not None,
        },
        "plan": plan(parts),
        "visit": visit(parts),
        "guidance": guidance(parts),
        "queue": parts.queue(),
        "counters": parts.counters(),
        "devices": devices(parts),
        "health": parts.health(),
        "exceptions": [{"id": name, "zh": text.zh, "en": text.en} for name, text in exemptions.reasons().items()],
    }


def plan(parts: Parts) -> dict[str, Any] | None:
    """The plan in use."""
    found = parts.identification.plan
    return None if found is None else found.model_dump(mode="json")


def visit(parts: Parts) -> dict[str, Any]:
    """The visit in progress, or the idle state."""
    conductor = parts.conductor
    current, shot, fault = conductor.visit, conductor.shot, conductor.fault
    state = State.IDLE if current is None else current.state
    body: dict[str, Any] = {
        "id": None,
        "state": state,
        "actions": list(actions(state)),
        "identity": None,
        "tries_left": None,
        "retry_after": None,
        "shot": None,
        "capture_id": None,
        "fault": None if fault is None else {"zh": fault.zh, "en": fault.en},
        "unresolved": False,
        "payment": None,
        "source": "camera",
        "face_match": None,
        "replaces": None,
        "earlier": None,
    }
    if current is not None:
        body |= {
            "id": current.visit_id,
            "identity": current.identity,
            "tries_left": parts.identification.tries.left(current.code_digest) if state is State.IDENTIFIED else None,
            "retry_after": parts.identification.tries.retry_after(current.code_digest)
            if state is State.IDENTIFIED
            else None,
            "shot": None if shot is None else _shot(shot),
            "capture_id": current.capture_id,
            "unresolved": current.unresolved,
            "source": "camera" if shot is None else shot.source,
            "face_match": None if shot is None or shot.face_match is None else shot.face_match.model_dump(),
            "payment": _payment(current.payment),
            "replaces": current.replaces,
            "earlier": current.earlier,
        }
    return body


def guidance(parts: Parts) -> dict[str, Any] | None:
    """What to tell the student now."""
    found = parts.conductor.guidance
    return None if found is None else asdict(found)


def devices(parts: Parts) -> list[dict[str, Any]]:
    """How every device is doing, and for one that fails what to do, in both languages."""
    return [asdict(status) | {"told": _told(status)} for status in parts.devices()]


def _told(status: DeviceStatus) -> dict[str, str] | None:
    told = fault_words(status)
    return None if told is None else {"zh": told.zh, "en": told.en}


def notice(parts: Parts) -> dict[str, Any] | None:
    """The last passing message."""
    found = parts.conductor.notice
    return None if found is None else found.as_dict()


def _payment(payment: Payment) -> dict[str, Any]:
    """`qr` is there while an order may be paid; `error` says why there is none, and then what `offline` names is possible."""
    return {
        "state": payment.state,
        "amount_fen": payment.amount_fen,
        "when": payment.when,
        "pay_url": payment.pay_url,
        "qr": None if payment.pay_url is None else "/api/visit/payment/qr.svg",
        "expires_at": payment.expires_at,
        "offline": payment.offline,
        "error": payment.error,
    }


def _shot(shot: Shot) -> dict[str, Any]:
    photo = shot.photo
    base = f"/api/shots/{shot.shot_id}"
    return {
        "id": shot.shot_id,
        "verdict": shot.verdict.as_dict(),
        "before": f"{base}/before.jpg",
        "after": None if photo is None else f"{base}/after.jpg",
        "photo": None
        if photo is None
        else {"bytes": len(photo.jpeg), "width": photo.width, "height": photo.height, "quality": photo.quality},
        "timings_ms": shot.timings_ms,
    }
