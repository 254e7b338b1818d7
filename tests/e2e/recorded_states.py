"""Snapshots as a station sends them, state by state, for tests of the page alone: made-up people, real shapes."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import recorded_condition as condition

Json = dict[str, Any]

IDENTITY: Json = {
    "name": "李*明",
    "number": "4401**********123X",
    "student_number": "2022****0117",
    "school": "南岭师范大学",
    "level": "本科",
    "type": "普通全日制",
    "major": "汉语言文学（师范）",
    "class_name": "文学院 2022 级 3 班",
}

CONSENT = {
    "version": "2026-1",
    "text": {
        "zh": "本次采集的照片用于学历证书电子注册、学位授予和毕业证件。\n\n"
        "采集站只保存遮盖后的姓名和证件号码；照片加密存放，平台签收后按规定期限删除。\n\n"
        "照片只做裁剪、缩放和更换背景，不做任何美化。您可以在提交前要求重拍，也可以随时结束采集。",
        "en": "The photo is used for the electronic registration of your certificate.\n\n"
        "The station keeps only masked names and numbers; pictures are encrypted and deleted in time after the "
        "platform has received them.\n\nThe photo is cropped, scaled and given a background, never beautified.",
    },
}

PLAN: Json = {
    "id": "2026-spring",
    "title": {"zh": "2026 届毕业生图像采集", "en": "Graduates of 2026, photo collection"},
    "school": "南岭师范大学",
    "level": "本科",
    "type": "普通全日制",
    "profile": "moe-2017-99",
    "verification": "last_four",
    "consent": CONSENT,
}


def rule(name: str, outcome: str, zh: str, en: str, **figures: Any) -> Json:
    """One row of a verdict."""
    return {
        "id": name,
        "outcome": outcome,
        "measured": figures.get("measured"),
        "limit": figures.get("limit"),
        "unit": figures.get("unit", ""),
        "message": {"zh": zh, "en": en},
    }


FINE = [
    rule("geometry.eyes", "pass", "眼睛的高度合适", "eye height is right", measured=252.3, limit=[200, 300], unit="px"),
    rule("geometry.hair_top", "pass", "头顶留白合适", "room above the head", measured=81.0, limit=[50, 110], unit="px"),
    rule("eyes.open", "pass", "双眼自然睁开", "both eyes are open", measured=0.93, limit=0.5),
    rule("focus.sharp", "pass", "清晰", "sharp", measured=148.2, limit=60),
    rule("light.even", "pass", "光线均匀", "evenly lit", measured=0.08, limit=0.25),
    rule("file.bytes", "exempt", "照片将由此制成，文件大小随后检查", "judged on the finished photo"),
]
REFUSED = [
    rule(
        "pose.frontal",
        "fail",
        "头向左歪了，请把头摆正（测得 11.4°，要求 8°）",
        "head tilted, straighten it (measured 11.4°, wanted 8°)",
        measured=11.4,
        limit=8,
        unit="°",
    ),
    rule("mouth.closed", "fail", "请自然闭上嘴，不要露出牙齿", "close your mouth", measured=0.42, limit=0.2),
    rule("hair.brows", "unknown", "看不清眉毛，请把刘海拨开", "brows cannot be seen, part the fringe", limit=0.3),
]


def visit(state: str, actions: list[str], **more: Any) -> Json:
    """A visit in `state`."""
    body: Json = {"id": "v-1", "state": state, "actions": actions, "identity": IDENTITY, "tries_left": None}
    body |= {"shot": None, "capture_id": None, "fault": None, "retry_after": None, "unresolved": False, "payment": None}
    return body | {"source": "camera", "face_match": None, "replaces": None, "earlier": None} | more


def shot(name: str, outcome: str) -> Json:
    """A judged shot with pictures."""
    rules = FINE if outcome == "pass" else [*FINE, *REFUSED]
    return {
        "id": name,
        "verdict": {"profile": "moe-2017-99", "verdict": outcome, "rules": rules},
        "before": f"/api/shots/{name}/before.jpg",
        "after": f"/api/shots/{name}/after.jpg",
        "photo": {"bytes": 33_280, "width": 480, "height": 640, "quality": 91},
        "timings_ms": {"still": 410.0, "judge": 180.0},
    }


CAPTURE_ID = "0b1c7c52-5b0e-4a7e-9a51-0e8c1a4f6c11"
IDLE = visit("idle", ["scan"], id=None, identity=None)
IDENTIFIED = visit("identified", ["verify", "abandon"], tries_left=5)
VERIFIED = visit("verified", ["confirm", "abandon"])
FRAMING = visit("framing", ["shoot", "abandon"])
JUDGED = visit("judged", ["retake", "accept", "abandon"], shot=shot("s-1", "pass"))
REFUSED_VISIT = visit("refused", ["retake", "accept", "abandon"], shot=shot("s-1", "refuse"))
ACCEPTED = visit("accepted", [], shot=shot("s-1", "pass"), capture_id=CAPTURE_ID)
QUEUED = visit("queued", ["scan", "next"], shot=shot("s-1", "pass"), capture_id=CAPTURE_ID)
FAULT = visit(
    "fault",
    ["resume", "abandon"],
    fault={"zh": "设备故障：相机 2 秒没有画面", "en": "device failure: no frame of the camera for 2 s"},
)

LOOK = {"zh": "请把头稍微向右摆正", "en": "turn your head a little to the right"}
HOLD = {"zh": "很好，保持不动", "en": "very good, keep still"}
EXCEPTIONS = [
    {"id": "religious", "zh": "宗教信仰头饰（面部无遮挡）", "en": "Religious head covering (face uncovered)"},
    {"id": "medical", "zh": "医疗或身体原因", "en": "Medical or physical reason"},
    {"id": "judged-wrong", "zh": "现场核对无误，机器误判", "en": "Checked on the spot: the machine is wrong"},
]


COUNTERS = {"done": 131, "waiting": 3, "refused": 4, "recalled": 2, "receipted": 128, "parked": 0}
SESSION = {"operator": None, "idle_s": 900.0, "needed": False}
TECHNICIAN = {"id": "p-1", "name": "王工", "role": "technician"}
OPERATOR = {"id": "p-2", "name": "小李", "role": "operator"}
SIGNED_IN = {"operator": TECHNICIAN, "idle_s": 900.0, "needed": True}
SIGNED_OUT = {"operator": None, "idle_s": 900.0, "needed": True}
NOBODY_DRIVES = {"mine": False, "tablet": None, "operator": None}
OTHER_DRIVES = {"mine": False, "tablet": "2", "operator": "小李"}


FEE = {"amount_fen": 2000, "currency": "CNY", "when": "before", "offline": "deferred"}
FULL_PLAN = PLAN | {
    "fee": FEE,
    "album": True,
    "phone": "optional",
    "extra_fields": [
        {
            "id": "address",
            "kind": "address",
            "label": {"zh": "证书邮寄地址", "en": "Postal address"},
            "required": True,
            "max_length": 100,
            "pattern": None,
            "hint": {"zh": "省、市、街道、门牌", "en": "province, town, street, number"},
            "choices": [],
        },
        {
            "id": "gown",
            "kind": "choice",
            "label": {"zh": "学位服尺码", "en": "Gown size"},
            "required": False,
            "max_length": 10,
            "pattern": None,
            "hint": None,
            "choices": [{"id": "m", "label": {"zh": "中", "en": "M"}}, {"id": "l", "label": {"zh": "大", "en": "L"}}],
        },
    ],
    "help": [
        {
            "question": {"zh": "照片什么时候能在学信网看到？", "en": "When does the photo show on CHSI?"},
            "answer": {"zh": "审核通过以后十五个工作日内。", "en": "Within fifteen working days of its acceptance."},
        }
    ],
    "service": {
        "hours": {"zh": "工作日 8:30–17:30", "en": "Working days 8:30–17:30"},
        "phone": "020-5555 0100",
        "note": {"zh": "午休 12:00–14:00 请留言", "en": "Leave a message from 12:00 to 14:00"},
    },
}


def payment(state: str, **more: Any) -> Json:
    """How the fee stands."""
    open_ = state == "pending"
    body: Json = {
        "state": state,
        "amount_fen": 2000,
        "when": "before",
        "pay_url": "https://pay.example/o/1" if open_ else None,
        "qr": "/api/visit/payment/qr.svg" if open_ else None,
        "expires_at": (datetime.now(UTC) + timedelta(minutes=14)).isoformat() if open_ else None,
        "offline": "deferred",
        "error": None,
    }
    return body | more


NO_LINK = {"zh": "暂时连不上平台，取不到支付二维码", "en": "the platform is not reached, no payment code for now"}
PAYING = visit("paying", ["abandon"], payment=payment("pending"))
PAYING_OFFLINE = visit("paying", ["abandon"], payment=payment("unpaid", error=NO_LINK))
PAYING_EXPIRED = visit("paying", ["abandon"], payment=payment("expired"))
REASONS = [{"rule": "pose.frontal", "message": {"zh": "头部略有倾斜，请坐正", "en": "the head is tilted a little"}}]
COMES_BACK = VERIFIED | {"id": "v-back", "earlier": {"state": "refused", "reasons": REASONS}, "replaces": "c-0"}
UNRESOLVED = VERIFIED | {"id": "v-new", "unresolved": True, "identity": dict.fromkeys(IDENTITY)}
PAUSED = IDENTIFIED | {"id": "v-paused", "tries_left": 0, "retry_after": 287}
MATCH = {"score": 0.31, "limit": 0.36, "outcome": "undecided", "operator_decided": False}
ALBUM_JUDGED = JUDGED | {"id": "v-match", "source": "album", "face_match": MATCH}
PAID_DONE = QUEUED | {"id": "v-paid", "payment": payment("paid")}


def kept(number: int, state: str, **more: Any) -> Json:
    """A capture as the records know it."""
    body: Json = {
        "capture_id": f"0b1c7c52-5b0e-4a7e-9a51-0e8c1a4f6c{number:02d}",
        "identity": IDENTITY | {"name": f"{'李王张刘陈杨'[number % 6]}*{'明华丽'[number % 3]}"},
        "state": state,
        "reasons": REASONS if state == "refused" else [],
        "visit_id": f"v-{number}",
        "plan_id": "2026-spring",
        "face_match": None,
        "reviewed_at": None,
        "operator": "local",
        "payment": None,
        "replaces": None,
        "accepted_at": f"2026-06-01T0{number % 8 + 1}:2{number % 10}:00+00:00",
        "receipt_id": None if state in {"waiting", "parked"} else f"R-2026-{number:04d}",
        "source": "camera",
        "exception": None,
        "withdrawal": None,
        "photo": f"/api/records/{number}/photo.jpg",
    }
    return body | more


STATES_KEPT = ("refused", "reviewing", "waiting", "accepted", "withdrawn", "reviewing", "parked", "sent")
KEPT = [kept(number, state) for number, state in enumerate(STATES_KEPT)]
PLANS = [
    {
        "id": "2026-spring",
        "title": PLAN["title"],
        "school": "南岭师范大学",
        "level": "本科",
        "type": "普通全日制",
        "students": 1240,
        "current": True,
        "usable": True,
        "refused": [],
    },
    {
        "id": "2026-grad",
        "title": {"zh": "研究生院 2026 届", "en": "Graduate school 2026"},
        "school": "南岭师范大学",
        "level": "硕士",
        "type": "全日制",
        "students": 310,
        "current": False,
        "usable": True,
        "refused": [],
    },
    {
        "id": "2026-autumn",
        "title": {"zh": "2026 秋季补采", "en": "Autumn 2026"},
        "school": "南岭师范大学",
        "level": "专科",
        "type": "成人教育",
        "students": 88,
        "current": False,
        "usable": False,
        "refused": [{"key": "starts_on", "zh": "2026-10-08 才开始", "en": "begins on 2026-10-08"}],
    },
]


def guidance(*, ready: bool, held: float = 0.0) -> Json:
    """One instruction."""
    return {
        "rule": None if ready else "pose.frontal",
        "message": HOLD if ready else LOOK,
        "ready": ready,
        "held_s": held,
        "shoot": False,
    }


def snapshot(**changes: Any) -> Json:
    """A whole snapshot; `changes` replace its parts."""
    base: Json = {
        "sequence": 0,
        "station": {"name": "一号采集站", "version": "0.1.0", "instance": "recorded", "stand_in": False},
        "plan": PLAN,
        "visit": IDLE,
        "guidance": None,
        "queue": condition.QUEUE,
        "devices": condition.DEVICES,
        "exceptions": EXCEPTIONS,
        "counters": COUNTERS,
        "health": condition.HEALTH,
        "session": SESSION,
        "driving": NOBODY_DRIVES,
    }
    return deepcopy(base | changes)
