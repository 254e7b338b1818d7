"""What the student adds or says is wrong (F10, F12, F23): checked by kind, then sealed, so that the station cannot read it back."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from joserfc.jwk import OKPKey

from appliance.platform.contract import ExtraField, MaskedIdentity, Plan
from appliance.platform.sealing import seal
from appliance.portrait.measurement import Message
from appliance.visit.answer_pattern import AnswerPattern
from appliance.visit.errors import InvalidDetails

DETAILS_TYPE = "student-details"
_PHONE = re.compile(
    r"(\+86)?1[3-9]\d{9}|(\+86)?0\d{2,3}-?\d{7,8}"
)  # mobile (MIIT numbering plan) or land line with its area
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
_POSTCODE = re.compile(r"\d{6}")
_ADDRESS_AT_LEAST = 6  # characters: a district and a street


@dataclass(frozen=True, slots=True)
class Details:
    """As the student gave them. `corrections` names fields of the shown record that the student says are wrong."""

    fields: Mapping[str, str] = field(default_factory=dict)
    phone: str | None = None
    phone_declined: bool = False  # "我自行承担后果": no notices, at the student's own risk
    corrections: tuple[str, ...] = ()


def checked(plan: Plan, details: Details, *, unresolved: bool) -> Details:
    """The details in one spelling. Raises `InvalidDetails` with a message for each field."""
    wrong: dict[str, Message] = {}
    known = {extra.id: extra for extra in plan.extra_fields}
    for name in details.fields.keys() - known.keys():
        wrong[name] = Message("这个计划没有这一项", "the plan does not ask for this")
    plain = {name: _plain(value) for name, value in details.fields.items()}
    for extra in plan.extra_fields:
        message = _field(extra, plain.get(extra.id, ""))
        if message is not None:
            wrong[extra.id] = message
    phone = _plain(details.phone or "").replace(" ", "")
    message = _phone(plan, phone, declined=details.phone_declined)
    if message is not None:
        wrong["phone"] = message
    if unresolved and details.corrections:
        wrong["corrections"] = Message("没有显示登记信息，无法更正", "no record was shown that could be corrected")
    elif not set(details.corrections) <= MaskedIdentity.model_fields.keys():
        listed = "、".join(MaskedIdentity.model_fields)
        wrong["corrections"] = Message(f"只能更正：{listed}", f"only these can be corrected: {listed}")
    if wrong:
        raise InvalidDetails(
            "有几项需要修改，请看标出的地方",
            f"some answers need another look: {', '.join(sorted(wrong))}",
            fields={name: {"zh": text.zh, "en": text.en} for name, text in wrong.items()},
        )
    given = {name: value for name, value in plain.items() if value}
    corrections = tuple(dict.fromkeys(details.corrections))
    return replace(details, fields=given, phone=phone or None, corrections=corrections)


def sealed(details: Details, platform_key: OKPKey) -> str | None:
    """Phone and fields as JSON, sealed to the platform; None when there are none."""
    if not details.fields and details.phone is None:
        return None
    body = {"fields": dict(details.fields), "phone": details.phone}
    return seal(json.dumps(body, ensure_ascii=False), platform_key, typ=DETAILS_TYPE)


def _plain(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip()


def _phone(plan: Plan, phone: str, *, declined: bool) -> Message | None:
    if plan.phone == "none":
        return (
            Message("这个计划不收集手机号", "the plan does not ask for a phone number") if phone or declined else None
        )
    if phone and declined:
        return Message("已填写手机号，不能同时选择不留号码", "either a number or none at one's own risk, not both")
    if phone:
        good = _PHONE.fullmatch(phone) is not None
        return None if good else Message("请填写 11 位手机号", "a mobile number has 11 digits")
    if plan.phone == "required":
        return Message("请填写手机号", "a phone number is needed")
    if not declined:
        return Message(
            "请填写手机号，或选择“不留号码，我自行承担后果”",
            "give a number, or choose to receive no notices at your own risk",
        )
    return None


def _field(extra: ExtraField, value: str) -> Message | None:
    """What is wrong with an answer; None when it is right."""
    if not value:
        return Message("请填写", "please fill this in") if extra.required else None
    if len(value) > extra.max_length:
        limit = extra.max_length
        return Message(f"有 {len(value)} 字，最多 {limit} 字", f"{len(value)} characters, at most {limit}")
    if any(unicodedata.category(letter).startswith("C") for letter in value):
        return Message("含有不可见的字符，请重新输入", "it holds invisible characters: type it again")
    if extra.pattern is not None and not AnswerPattern(extra.pattern).fits(value):
        hint = extra.hint
        return Message("格式不对" if hint is None else hint.zh, "not in the wanted form" if hint is None else hint.en)
    match extra.kind:
        case "phone" if _PHONE.fullmatch(value.replace(" ", "")) is None:
            return Message("请填写 11 位手机号", "a mobile number has 11 digits")
        case "email" if _EMAIL.fullmatch(value) is None:
            return Message("邮箱应如 name@example.com", "an address looks like name@example.com")
        case "postcode" if _POSTCODE.fullmatch(value) is None:
            return Message("邮政编码是 6 位数字", "a postcode has 6 digits")
        case "address" if len(value) < _ADDRESS_AT_LEAST:
            return Message("请写到街道和门牌", "please give street and number too")
        case "choice" if value not in {choice.id for choice in extra.choices}:
            listed = "、".join(choice.label.zh for choice in extra.choices)
            english = ", ".join(choice.label.en for choice in extra.choices)
            return Message(f"请从中选择：{listed}", f"choose one of: {english}")
    return None
