"""The new steps of a visit: details, corrections, ID card, fee, album, a student who comes back."""

from __future__ import annotations

import re

import pytest
import recorded_states as states
from pages import button, opened, said_problem, shows
from playwright.sync_api import FilePayload, Page, expect
from recorded_office import problem
from recorded_station import RecordedStation

pytestmark = pytest.mark.e2e
PICTURE: FilePayload = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff1"}
PDF: FilePayload = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}


def test_details_are_asked_for_refused_by_field_and_sent_with_corrections(
    station: RecordedStation, tablet: Page
) -> None:
    station.snapshot = states.snapshot(visit=states.COMES_BACK, plan=states.FULL_PLAN)
    page = opened(tablet, station, "confirm")
    expect(page.get_by_text("上次的照片被退回，这次重拍不再收费")).to_be_visible()
    button(page, "信息有误").click()
    page.get_by_role("dialog").get_by_text("专业", exact=True).click()
    button(page, "标记，继续采集").click()
    expect(page.locator(".record .tag")).to_have_text("有误")
    page.get_by_text("我已阅读并同意", exact=True).click()
    button(page, "信息无误，下一步").click()
    button(page, "信息无误，开始拍摄").click()
    expect(page.get_by_text("请填写手机号码，或勾选")).to_be_visible()
    page.get_by_text("不留手机号，我自行承担后果").click()
    page.get_by_label("证书邮寄地址").fill("x")
    refusal = {"address": {"zh": "地址太短，请写到门牌号", "en": "too short"}}
    station.answers["confirm"] = problem(422, "invalid-details", "有一项需要更正", "one field", fields=refusal)
    button(page, "信息无误，开始拍摄").click()
    expect(page.get_by_text("地址太短，请写到门牌号")).to_be_visible()
    del station.answers["confirm"]
    page.get_by_label("证书邮寄地址").fill("广东省湛江市赤坎区寸金路 29 号")
    page.get_by_label("学位服尺码").select_option(label="大")
    button(page, "信息无误，开始拍摄").click()
    shows(page, "framing")
    assert station.called("confirm")[-1] == {
        "record_confirmed": True,
        "consent_version": "2026-1",
        "fields": {"address": "广东省湛江市赤坎区寸金路 29 号", "gown": "l"},
        "phone": None,
        "phone_declined": True,
        "corrections": ["major"],
    }


def test_the_fee_is_paid_by_any_phone_and_the_visit_goes_on(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.PAYING, plan=states.FULL_PLAN)
    page = opened(tablet, station, "paying")
    expect(page.get_by_role("img", name="支付二维码")).to_be_visible()
    assert page.locator(".pay__qr").evaluate("image => image.naturalWidth") > 0
    expect(page.get_by_text("¥20.00")).to_be_visible()
    expect(page.get_by_text("家长代付也可以")).to_be_visible()
    expect(page.locator(".pay__left")).to_have_text(re.compile(r"剩余 \d+:\d\d"))
    station.tell("visit", states.FRAMING | {"payment": states.payment("paid")})
    shows(page, "framing")


def test_an_order_is_cancelled_asked_for_again_deferred_and_a_voucher_taken(
    station: RecordedStation, tablet: Page
) -> None:
    station.snapshot = states.snapshot(visit=states.PAYING, plan=states.FULL_PLAN)
    page = opened(tablet, station, "paying")
    button(page, "取消订单").click()
    expect(page.locator(".pay__state")).to_have_text("订单已取消")
    button(page, "重新取得二维码").click()
    expect(page.locator(".pay__qr")).to_be_visible()
    station.tell("visit", states.PAYING_OFFLINE)
    expect(page.get_by_text("暂时连不上平台")).to_be_visible()
    button(page, "先拍摄，稍后支付").click()
    shows(page, "framing")
    station.tell("visit", states.PAYING_OFFLINE | {"id": "v-2", "payment": states.payment("unpaid", offline="voucher")})
    shows(page, "paying")
    button(page, "登记凭证号").click()
    page.get_by_label("凭证号").fill("NL-2026-0117")
    page.keyboard.press("Enter")
    shows(page, "framing")
    assert station.called("voucher") == [{"number": "NL-2026-0117"}]


def test_the_id_card_is_photographed_on_the_tablet(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.IDENTIFIED, plan=states.PLAN | {"verification": "id_card"})
    page = opened(tablet, station, "verify")
    field = page.locator("main input[type=file]")
    assert field.get_attribute("capture") == "environment"
    field.set_input_files(PDF)
    said_problem(page, "这个文件不是图片")
    unreadable = problem(422, "unreadable-card", "看不清号码：放平、避开反光再拍一次", "not readable")
    station.answers["id-card"] = unreadable
    field.set_input_files(PICTURE)
    said_problem(page, "看不清号码")
    del station.answers["id-card"]
    field.set_input_files(PICTURE)
    shows(page, "confirm")
    assert station.called("id-card") == [PICTURE["buffer"]] * 2


def test_after_wrong_answers_the_pad_rests_until_the_time_is_up(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.PAUSED | {"retry_after": 2})
    page = opened(tablet, station, "verify")
    expect(page.get_by_role("timer")).to_be_visible()
    expect(page.locator("key-pad")).to_have_count(0)
    expect(page.locator("key-pad")).to_have_count(1)


def test_a_photo_from_the_album_is_taken_or_refused_with_the_reason(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.FRAMING, plan=states.FULL_PLAN)
    page = opened(tablet, station, "framing")
    field = page.locator("main input[type=file]")
    field.set_input_files(PDF)
    said_problem(page, "这个文件不是图片")
    assert station.called("import") == []
    field.set_input_files(PICTURE)
    shows(page, "verdict")
    assert station.called("import") == [PICTURE["buffer"]]


def test_the_receipt_may_be_photographed(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.PAID_DONE, plan=states.FULL_PLAN)
    page = opened(tablet, station, "done")
    slip = page.get_by_role("region", name="采集回执")
    for words in (states.CAPTURE_ID, "¥20.00 已支付", "020-5555 0100", "2022****0117"):
        expect(slip).to_contain_text(words)


def test_a_likeness_that_decides_nothing_is_confirmed_by_the_operator(station: RecordedStation, tablet: Page) -> None:
    station.snapshot = states.snapshot(visit=states.ALBUM_JUDGED)
    page = opened(tablet, station, "verdict")
    expect(page.locator(".marks")).to_contain_text("来自相册")
    button(page, "已核对，是本人，提交").click()
    shows(page, "done")
    assert station.called("accept") == [{"shot": "s-1", "exception": None, "face_confirmed": True}]
    other = states.ALBUM_JUDGED | {"id": "v-other", "face_match": states.MATCH | {"outcome": "different"}}
    station.tell("visit", other)
    shows(page, "verdict")
    expect(button(page, "例外通过…")).to_be_visible()
    expect(button(page, "满意，提交")).to_have_count(0)
