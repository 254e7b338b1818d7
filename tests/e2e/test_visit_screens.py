"""Each screen by itself: what it asks the station for, and how it says what was refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import recorded_condition as condition
import recorded_states as states
from fastapi.responses import PlainTextResponse
from pages import button, opened, said_problem, scan, shows
from playwright.sync_api import FilePayload, Page, expect
from recorded_station import RecordedStation, problem

pytestmark = pytest.mark.e2e
PICTURE: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG1"}


def at(station: RecordedStation, page: Page, screen: str, **parts: object) -> Page:
    """The page in a recorded state."""
    station.snapshot = states.snapshot(**parts)
    return opened(page, station, screen)


def test_a_code_in_a_picture_is_handed_over_as_it_is(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "today")
    page.locator(".next-student").click()
    shows(page, "scan")
    page.locator("input[type=file]").set_input_files(PICTURE)
    shows(page, "verify")
    assert station.called("code-picture") == [b"\x89PNG1"]


def test_refused_codes_are_said_and_the_screen_stays(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "today")
    page.locator(".next-student").click()
    shows(page, "scan")
    for status, code, words in (
        (404, "unknown-code", "名单里没有这个采集码"),
        (409, "other-plan", "这个采集码属于“研究生院 2026 届”"),
        (409, "visit-in-progress", "上一位同学还没有完成"),
        (422, "unreadable-code", "这张图片里读不出采集码"),
        (413, "too-large", "文件超过 20 MB，请选小一点的"),
    ):
        station.answers["code-picture"] = problem(status, code, words, "refused")
        page.locator("input[type=file]").set_input_files(PICTURE)
        said_problem(page, words)
    shows(page, "scan")
    assert len(station.called("code-picture")) == 5


@pytest.mark.parametrize(
    ("kind", "size", "words"),
    [("application/pdf", 100, "这个文件不是图片"), ("image/jpeg", 20_600_000, "图片有 20.6 MB，最多 20.0 MB")],
)
def test_files_that_cannot_be_a_code_are_refused_before_they_travel(
    station: RecordedStation, tablet: Page, tmp_path: Path, kind: str, size: int, words: str
) -> None:
    file = tmp_path / ("code.pdf" if kind.endswith("pdf") else "code.jpg")
    file.write_bytes(bytes(size))
    page = at(station, tablet, "today")
    page.locator(".next-student").click()
    shows(page, "scan")
    page.locator("input[type=file]").set_input_files(file)
    said_problem(page, words)
    assert station.called("code-picture") == []


def test_a_typed_code_begins_the_visit(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "today")
    page.locator(".next-student").click()
    shows(page, "scan")
    button(page, "手动输入").click()
    page.get_by_label("采集码内容").fill("  CHSI-0001-abc  ")
    page.keyboard.press("Enter")
    shows(page, "verify")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert station.called("code") == [{"payload": "CHSI-0001-abc"}]


def test_a_scanner_that_types_is_heard_on_every_idle_screen(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "today")
    scan(page, "CHSI-0001-abcdef")
    shows(page, "verify")
    assert station.called("code") == [{"payload": "CHSI-0001-abcdef"}]


def test_a_person_who_types_is_not_taken_for_a_scanner(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verify", visit=states.IDENTIFIED)
    page.keyboard.type("123x", delay=80)
    page.keyboard.press("Enter")
    shows(page, "confirm")
    assert station.called("code") == []
    assert station.called("verify") == [{"answer": "123X"}]


def test_the_answer_is_tapped_with_x_and_taken_back(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verify", visit=states.IDENTIFIED)
    expect(button(page, "确认")).to_be_disabled()
    for key in ("1", "2", "9"):
        button(page, key).click()
    button(page, "删除一位").click()
    for key in ("3", "X"):
        button(page, key).click()
    button(page, "确认").click()
    shows(page, "confirm")
    assert station.called("verify") == [{"answer": "123X"}]


def test_a_wrong_answer_clears_the_cells_and_says_what_is_left(station: RecordedStation, tablet: Page) -> None:
    station.answers["verify"] = problem(
        403, "wrong-answer", "与登记信息不符，还可以试 4 次", "does not match, 4 tries left", tries_left=4
    )
    page = at(station, tablet, "verify", visit=states.IDENTIFIED)
    page.keyboard.type("0000", delay=60)
    page.keyboard.press("Enter")
    said_problem(page, "还可以试 4 次")
    expect(page.locator(".cell--filled")).to_have_count(0)
    station.tell("visit", states.IDENTIFIED | {"tries_left": 4})
    expect(page.get_by_text("还可以试 4 次", exact=True)).to_be_visible()


def test_a_plan_may_ask_for_the_whole_student_number(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verify", visit=states.IDENTIFIED, plan=states.PLAN | {"verification": "student_number"})
    page.keyboard.type("20220117a", delay=60)
    page.keyboard.press("Enter")
    shows(page, "confirm")
    assert station.called("verify") == [{"answer": "20220117A"}]


def test_a_plan_may_ask_for_no_answer(station: RecordedStation, tablet: Page) -> None:
    at(station, tablet, "confirm", visit=states.VERIFIED | {"state": "identified"})


def test_nothing_is_confirmed_before_the_consent_is_ticked(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "confirm", visit=states.VERIFIED)
    expect(page.get_by_text("照片加密存放")).to_be_visible()
    button(page, "信息无误，开始拍摄").click()
    said_problem(page, "请先阅读上面的约定")
    assert station.called("confirm") == []
    page.get_by_text("我已阅读并同意", exact=True).click()
    button(page, "信息无误，开始拍摄").click()
    shows(page, "framing")
    assert station.called("confirm") == [{"record_confirmed": True, "consent_version": "2026-1"}]


def test_the_shutter_ring_follows_how_long_all_was_right(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "framing", visit=states.FRAMING, guidance=states.guidance(ready=False))
    expect(page.locator(".guidance")).to_have_text("请把头稍微向右摆正")
    shutter = page.locator("shutter-button")
    expect(shutter).to_have_attribute("data-held", "0.00")
    station.tell("guidance", states.guidance(ready=True, held=0.25))
    expect(shutter).to_have_attribute("data-held", "0.50")
    expect(page.locator(".guidance")).to_have_text("很好，保持不动")
    station.tell("guidance", states.guidance(ready=False))
    expect(shutter).to_have_attribute("data-held", "0.00")


def test_when_the_station_shoots_by_itself_the_page_says_so(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "framing", visit=states.FRAMING)
    station.tell("guidance", states.guidance(ready=True, held=0.55))
    expect(page.locator(".guidance")).to_have_text("正在拍摄并检查…")
    station.answers["shoot"] = problem(409, "shutter-busy", "正在拍摄，请稍候", "a shot is being taken")
    page.locator(".shutter__button").click()
    station.tell("visit", states.JUDGED)
    shows(page, "verdict")
    expect(page.locator("notice-line")).to_be_hidden()


def test_the_space_bar_is_a_shutter(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "framing", visit=states.FRAMING)
    page.keyboard.press("Space")
    shows(page, "verdict")
    assert len(station.called("shoot")) == 1


def test_refused_rules_come_first_and_figures_are_a_tap_away(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verdict", visit=states.REFUSED_VISIT)
    order = page.locator("[data-rule]").evaluate_all("rows => rows.map(row => row.dataset.rule)")
    assert order[:3] == ["pose.frontal", "mouth.closed", "hair.brows"]
    first = page.locator("[data-rule='pose.frontal']")
    expect(first.locator("summary")).to_have_text("头向左歪了，请把头摆正")
    expect(first.get_by_text("11.4 °")).to_be_hidden()
    first.locator("summary").click()
    expect(first.get_by_text("11.4 °")).to_be_visible()
    expect(first.get_by_text("8 °", exact=True)).to_be_visible()


def largest_button(page: Page) -> str:
    return str(
        page.locator(".panel__actions .button").evaluate_all(
            "all => all.sort((a, b) => b.offsetHeight * b.offsetWidth - a.offsetHeight * a.offsetWidth)[0].innerText"
        )
    ).strip()


def test_retake_is_the_largest_button_when_refused_and_accept_when_passed(
    station: RecordedStation, tablet: Page
) -> None:
    page = at(station, tablet, "verdict", visit=states.REFUSED_VISIT)
    assert largest_button(page) == "重拍"
    expect(button(page, "满意，提交")).to_have_count(0)
    station.tell("visit", states.JUDGED | {"shot": states.shot("s-2", "pass")})
    expect(button(page, "满意，提交")).to_be_visible()
    assert largest_button(page) == "满意，提交"
    button(page, "满意，提交").click()
    shows(page, "done")
    assert station.called("accept") == [{"shot": "s-2", "exception": None}]


def test_an_exception_takes_a_reason_and_two_taps(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verdict", visit=states.REFUSED_VISIT)
    button(page, "例外通过…").click()
    accept = page.get_by_role("dialog").get_by_role("button", name="作为例外通过")
    expect(accept).to_be_disabled()
    page.get_by_text("医疗或身体原因").click()
    page.get_by_label("备注（可不填）").fill("左耳敷料")
    accept.click()
    shows(page, "done")
    assert station.called("accept") == [{"shot": "s-1", "exception": {"reason": "medical", "note": "左耳敷料"}}]


def test_no_exception_without_a_photo_to_hand_over(station: RecordedStation, tablet: Page) -> None:
    shot = states.shot("s-1", "refuse") | {"after": None, "photo": None}
    page = at(station, tablet, "verdict", visit=states.REFUSED_VISIT | {"shot": shot})
    expect(page.get_by_text("这张没有制成标准照")).to_be_visible()
    expect(button(page, "例外通过…")).to_have_count(0)


def test_a_refused_exception_is_said_inside_the_sheet(station: RecordedStation, tablet: Page) -> None:
    station.answers["accept"] = problem(422, "exception-unknown", "没有这个例外理由", "no such reason")
    page = at(station, tablet, "verdict", visit=states.REFUSED_VISIT)
    button(page, "例外通过…").click()
    page.get_by_text("医疗或身体原因").click()
    page.get_by_role("dialog").get_by_role("button", name="作为例外通过").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text("没有这个例外理由")


def test_both_pictures_can_be_enlarged(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verdict", visit=states.JUDGED)
    button(page, "放大拍摄原图").click()
    picture = page.get_by_role("dialog").locator("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 1200
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_done_screen_follows_the_receipt_of_its_own_capture(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "done", visit=states.QUEUED)
    expect(page.get_by_text("照片已安全保存，正在上传")).to_be_visible()
    other = {"capture_id": "another", "receipt_id": "R-1", "at": "2026-05-20T09:00:00Z"}
    station.tell("queue", condition.QUEUE | {"last_receipt": other})
    expect(page.locator("done-screen")).to_have_attribute("data-received", "false")
    station.tell(
        "queue", condition.QUEUE | {"last_receipt": other | {"capture_id": states.CAPTURE_ID, "receipt_id": "R-2"}}
    )
    expect(page.get_by_text("平台已签收。您可以离开了。")).to_be_visible()
    expect(page.get_by_text("R-2")).to_be_visible()
    station.tell("queue", condition.QUEUE | {"last_receipt": other | {"receipt_id": "R-3"}})
    expect(page.get_by_text("R-2")).to_be_visible()
    button(page, "下一位同学").click()
    shows(page, "scan")


def test_ending_a_visit_asks_why_and_keeps_no_words_about_people(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "framing", visit=states.FRAMING)
    button(page, "结束本次").click()
    page.get_by_role("button", name="同学已离开").click()
    shows(page, "scan")
    assert station.called("abandon") == [{"reason": "student-left"}]


def test_a_fault_says_what_to_do_and_goes_on(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "fault", visit=states.FAULT, devices=condition.BROKEN)
    expect(page.get_by_text("设备故障：相机 2 秒没有画面")).to_be_visible()
    expect(page.get_by_text("请检查排线和电源")).to_be_visible()
    button(page, "已处理，继续").click()
    shows(page, "framing")
    assert len(station.called("resume")) == 1


def test_a_refused_visit_without_its_photo_can_be_retaken_or_ended(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "refused", visit=states.REFUSED_VISIT | {"shot": None})
    expect(page.get_by_role("main").get_by_role("button", name="结束本次")).to_be_visible()
    button(page, "重拍").click()
    shows(page, "framing")


def test_two_quick_taps_are_one_action(station: RecordedStation, tablet: Page) -> None:
    station.delay = 0.4
    page = at(station, tablet, "verdict", visit=states.JUDGED)
    button(page, "满意，提交").dblclick()
    expect(button(page, "满意，提交")).to_have_attribute("aria-disabled", "true")
    shows(page, "done")
    assert len(station.called("accept")) == 1
    assert station.called("next") == [], "the second tap must not reach the screen that came"


def test_a_second_tap_does_not_land_on_the_screen_that_came(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "verdict", visit=states.JUDGED)
    box = button(page, "满意，提交").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(*middle)
    expect(page.locator("station-app")).to_have_attribute("data-screen", "done")
    page.mouse.click(*middle)
    assert station.called("next") == []


def test_what_the_station_does_not_explain_is_still_a_sentence(station: RecordedStation, tablet: Page) -> None:
    station.answers["retake"] = PlainTextResponse("Internal Server Error", 500)
    page = at(station, tablet, "verdict", visit=states.REFUSED_VISIT)
    button(page, "重拍").click()
    said_problem(page, "采集站没有正常回答（500）")


def test_a_notice_of_the_station_is_shown_and_goes_with_its_step(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "today")
    words = {"zh": "看到二维码但读不出来：调亮屏幕", "en": "a code cannot be read"}
    station.tell("notice", {"code": "unreadable-code", "severity": "warn", **words})
    said_problem(page, "看到二维码但读不出来")
    station.tell("visit", states.IDENTIFIED)
    expect(page.locator("notice-line")).to_be_hidden()


def test_parked_deliveries_say_why_and_can_be_tried_again(station: RecordedStation, tablet: Page) -> None:
    page = at(station, tablet, "today", queue=condition.PARKED)
    page.locator(".chip--queue").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("409：平台已有内容不同的同号记录")).to_be_visible()
    expect(sheet.get_by_text("已尝试 6 次")).to_be_visible()
    expect(sheet.get_by_text("正在上传：1.5 / 4.2 MB，210 kB/s，约剩 13 秒")).to_be_visible()
    expect(sheet.get_by_text("2 张原片等待 Wi-Fi 或网线")).to_be_visible()
    expect(sheet.get_by_text("撤回申请")).to_be_visible()
    expect(sheet.get_by_text("400：平台不认识这个撤回原因")).to_be_visible()
    sheet.get_by_role("button", name="重试").first.click()
    expect(sheet.get_by_role("button", name="重试")).to_have_count(1)
    assert station.called("retry") == [17]
    sheet.get_by_role("button", name="重试").click()
    expect(sheet.get_by_role("button", name="重试")).to_have_count(0)
    assert station.called("retry-wish") == [condition.PARKED["parked_wishes"][0]["id"]]
