"""Snapshots as a station sends them, state by state, for tests of the page alone: made-up people, real shapes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

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
    return body | {"shot": None, "capture_id": None, "fault": None} | more


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

QUEUE: Json = {
    "waiting": 3,
    "parked": 0,
    "receipted": 128,
    "bytes_waiting": 12_480_000,
    "online": True,
    "last_error": None,
    "last_receipt": None,
    "parked_items": [],
}
PARKED: Json = QUEUE | {
    "parked": 1,
    "online": False,
    "last_error": "connection refused",
    "parked_items": [
        {
            "id": 17,
            "capture_id": "7d2f60aa-1111-4222-8333-444455556666",
            "kind": "record",
            "error": "409：平台已有内容不同的同号记录",
            "attempts": 6,
        }
    ],
}
DEVICES = [
    {"name": "camera", "state": "ready", "detail": "4056×3040", "advice": ""},
    {"name": "lamps", "state": "ready", "detail": "", "advice": ""},
    {"name": "scanner", "state": "ready", "detail": "", "advice": ""},
]
BROKEN = [
    {
        "name": "camera",
        "state": "failing",
        "detail": "2 秒没有画面",
        "advice": "请检查排线和电源，然后点“已处理，继续”",
    },
    *DEVICES[1:],
]
LOOK = {"zh": "请把头稍微向右摆正", "en": "turn your head a little to the right"}
HOLD = {"zh": "很好，保持不动", "en": "very good, keep still"}
EXCEPTIONS = [
    {"id": "religious", "zh": "宗教信仰头饰（面部无遮挡）", "en": "Religious head covering (face uncovered)"},
    {"id": "medical", "zh": "医疗或身体原因", "en": "Medical or physical reason"},
    {"id": "judged-wrong", "zh": "现场核对无误，机器误判", "en": "Checked on the spot: the machine is wrong"},
]


def guidance(*, ready: bool, held: float = 0.0, sequence: int = 1) -> Json:
    """One instruction."""
    return {
        "rule": None if ready else "pose.frontal",
        "message": HOLD if ready else LOOK,
        "ready": ready,
        "held_s": held,
        "shoot": False,
        "sequence": sequence,
    }


def snapshot(**changes: Any) -> Json:
    """A whole snapshot; `changes` replace its parts."""
    base: Json = {
        "sequence": 0,
        "station": {"name": "一号采集站", "version": "0.1.0", "instance": "recorded", "stand_in": False},
        "plan": PLAN,
        "visit": IDLE,
        "guidance": None,
        "queue": QUEUE,
        "devices": DEVICES,
        "exceptions": EXCEPTIONS,
    }
    return deepcopy(base | changes)
