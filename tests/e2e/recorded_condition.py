"""What a station says of itself (queue, devices, health, calibration, updates), for tests of the page alone: real shapes."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

QUEUE: Json = {
    "waiting": 3,
    "parked": 0,
    "receipted": 128,
    "bytes_waiting": 12_480_000,
    "online": True,
    "last_error": None,
    "last_receipt": None,
    "paused": False,
    "pause_reason": "",
    "limit": None,
    "metered": False,
    "originals": "plan",
    "progress": None,
    "originals_held": 0,
    "parked_items": [],
    "parked_wishes": [],
}
PARKED: Json = QUEUE | {
    "parked": 2,
    "online": False,
    "last_error": "connection refused",
    "paused": True,
    "progress": {"sent": 1_500_000, "total": 4_200_000, "bytes_per_s": 210_000, "seconds_left": 12.9},
    "originals_held": 2,
    "parked_items": [
        {
            "id": 17,
            "capture_id": "7d2f60aa-1111-4222-8333-444455556666",
            "kind": "record",
            "error": "409：平台已有内容不同的同号记录",
            "attempts": 6,
        }
    ],
    "parked_wishes": [
        {
            "id": "5e0c7a10-2222-4333-8444-555566667777",
            "capture_id": "7d2f60aa-1111-4222-8333-444455556666",
            "kind": "withdrawal",
            "error": "400：平台不认识这个撤回原因",
            "attempts": 2,
            "made_at": "2026-06-01T10:20:00.000+08:00",
        }
    ],
}
WELL = {"failures": 0, "hopeless": False, "fault": None, "told": None}
DEVICES = [
    {"name": "camera", "state": "ready", "detail": "4056×3040", "advice": "", **WELL},
    {"name": "lamps", "state": "ready", "detail": "", "advice": "", **WELL},
    {"name": "scanner", "state": "ready", "detail": "", "advice": "", **WELL},
]
BROKEN = [
    {
        "name": "camera",
        "state": "failing",
        "detail": "2 秒没有画面",
        "advice": "请检查排线和电源，然后点“已处理，继续”",
        "failures": 3,
        "hopeless": False,
        "fault": "silent",
        "told": {
            "zh": "请检查排线和电源，然后点“已处理，继续”",
            "en": "check cable and power, then tap “Mended, go on”",
        },
    },
    *DEVICES[1:],
]


def item(name: str, state: str, title: str, value: Any = None, unit: str = "", advice: str | None = None) -> Json:
    """One line of the health list."""
    said = None if advice is None else {"zh": advice, "en": f"advice on {name}"}
    both = {"zh": title, "en": name}
    return {"name": name, "state": state, "title": both, "value": value, "limit": 2.0, "unit": unit, "advice": said}


HEALTH = [
    item("supply", "ok", "供电电压", True),
    item("heat", "ok", "温度", 52.3, "°C"),
    item("clock", "ok", "时钟", True),
    item("disk", "ok", "剩余空间", 41.2, "GB"),
    item("camera", "ok", "画面", 0.1, "s"),
]
TROUBLED = [
    item("supply", "unknown", "供电电压"),
    item("heat", "warn", "温度", 76.5, "°C", "太热：检查风扇，避免阳光直射，打开外壳通风"),
    item("clock", "warn", "时钟", False, "", "时间未经校准：连上网络几分钟，或装好实时时钟电池"),
    item("disk", "warn", "剩余空间", 1.8, "GB", "空间不足：连上平台让照片上传，或按提示导出后清理"),
    item("camera", "bad", "画面", 6.2, "s", "没有画面：检查相机排线或 USB 线，再看设备列表里的说明"),
]
CAMERA_FIGURES: Json = {
    "sharpness": 148.2,
    "brightness": 131.0,
    "clipped": 0.004,
    "exposure_us": 8000.0,
    "analogue_gain": 1.6,
    "colour_gains": [1.82, 1.51],
    "exposure_locked": True,
    "in_focus": None,
    "lamp_level": "framing",
    "frames_per_s": 28.7,
    "drive": {"left": 0.42, "right": 0.45, "background": 0.3},
}
REHEARSAL: Json = {
    "state": "running",
    "steps": [
        {"name": "code read by the scanner", "ms": 412.0, "detail": ""},
        {"name": "verify", "ms": 38.0, "detail": ""},
        {"name": "guidance green, automatic shutter", "ms": 2210.0, "detail": ""},
    ],
    "outcome": None,
    "error": None,
}
FINDINGS = [
    {"name": "disk", "outcome": "ok", "title": {"zh": "存储", "en": "disk"}, "value": "41.2 GB", "advice": None},
    {
        "name": "scanner",
        "outcome": "fail",
        "title": {"zh": "扫码器", "en": "scanner"},
        "value": "/dev/ttyACM0",
        "advice": {"zh": "没有回答：检查 USB 线", "en": "no answer: check its cable"},
    },
]
LOG = [
    {"at": "2026-06-01T08:12:45Z", "level": "warning", "event": "watch.failed", "more": "watch=rosters"},
    {
        "at": "2026-06-01T08:12:41Z",
        "level": "info",
        "event": "delivery.done",
        "more": "kind=photo student=2022****0117",
    },
    {"at": "2026-06-01T08:12:03Z", "level": "error", "event": "device.unavailable", "more": "device=trigger"},
]
TABLETS: list[Json] = [
    {"number": 1, "screen": "operator", "mine": True},
    {"number": 2, "screen": "operator", "mine": False},
    {"number": 3, "screen": "student", "mine": False},
]
CALIBRATION: Json = {
    "current": {
        "number": 3,
        "still_size": [4056, 3040],
        "focus": {"at": "2026-04-20T01:00:00Z", "sharpness": 148.2, "best": 151.0},
        "grey": {
            "at": "2026-04-20T01:05:00Z",
            "colour_gains": [1.82, 1.51],
            "exposure_us": 8000.0,
            "analogue_gain": 1.6,
            "cast_before": 12.4,
            "cast_after": 0.6,
        },
        "backdrop": {"at": "2026-05-28T01:00:00Z", "plate": "1f.png", "sha256": "1f" * 32, "uneven": 11.3},
        "lens": None,
    },
    "age_days": 41.5,
    "remind_days": 30.0,
    "expired_days": 90.0,
    "versions": [
        {"number": 3, "at": "2026-05-28T01:00:00Z", "measured": ["backdrop"], "in_use": True, "usable": True},
        {"number": 2, "at": "2026-04-20T01:05:00Z", "measured": ["grey"], "in_use": False, "usable": True},
        {"number": 1, "at": None, "measured": [], "in_use": False, "usable": False},
    ],
    "work": {"step": None, "state": "idle", "progress": None, "now": None, "best": None, "message": None},
}
OFFER: Json = {
    "version": "0.2.0",
    "notes": {"zh": "扫码更快；修正打印边距。", "en": "Codes are read faster; margins of prints are right."},
    "size_bytes": 48_200_000,
    "source": "stick",
}
UPDATE: Json = {
    "version": "0.1.0",
    "available": OFFER,
    "state": "ready",
    "progress": None,
    "message": None,
    "previous": "0.0.9",
}
