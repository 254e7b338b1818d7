"""The page against the real thing: station, delivery and platform with the stand-in body, a whole visit from code to receipt."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from pages import button, said_problem, shows
from playwright.sync_api import Browser, Page, expect
from tablet import SIZES, open_tablet

from appliance.rehearsal.bench import Bench
from appliance.rehearsal.cast import Picture, cast_pictures
from appliance.rehearsal.door import StationDoor

pytestmark = [pytest.mark.e2e, pytest.mark.networks, pytest.mark.pictures, pytest.mark.timeout(240)]

JUDGED_MS = 30_000  # two slow cores: a still of twelve megapixels, judged and cut
RECEIPT_MS = 60_000


@pytest.fixture(scope="module")
def cast() -> dict[str, Picture]:
    """People of the demo by id; skipped, with the command to type, where they are not installed."""
    pictures = cast_pictures()
    if not pictures:
        pytest.skip("no pictures of people installed; type: station cast install")
    return {picture.id: picture for picture in pictures}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, cast: dict[str, Picture], networks_dir: Path) -> Iterator[Bench]:
    """Everything running, on one port for the whole module, so that a restarted station is found again."""
    assert networks_dir.is_dir()
    people = [
        {"id": p.id, "title": {"zh": p.title_zh, "en": p.title_en}, "path": str(p.path.absolute())}
        for p in cast.values()
    ]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Bench(tmp_path_factory.mktemp("bench"), port=port, people=people) as running:
        yield running


@pytest.fixture(scope="module")
def door(bench: Bench) -> Iterator[StationDoor]:
    """The station's interface, to look behind the page."""
    with bench.door() as opened:
        yield opened


@pytest.fixture
def paired(bench: Bench, door: StationDoor, browser: Browser) -> Iterator[Page]:
    """A tablet that came by the address the station printed, before an idle station."""
    actions = door.visit()["actions"]
    if "abandon" in actions:
        door.post("/api/visit/abandon", {"reason": "other"})
    elif "next" in actions:
        door.post("/api/visit/next")
    door.delete("/api/stand-in/person")
    door.delete("/api/stand-in/code")
    with open_tablet(browser, SIZES["wide"]) as page:
        page.set_default_timeout(30_000)  # the station judges every frame on the same two cores
        page.goto(f"{bench.url}/#pair={bench.new_pairing_code()}", wait_until="commit")
        shows(page, "today")
        yield page


def play(page: Page, *choices: str) -> None:
    """Choose in the stand-in's drawer, as a newcomer would; a code is put away by itself once it was read."""
    button(page, "样板").click()
    for choice in choices:
        with page.expect_response("**/api/stand-in/*"):
            page.get_by_role("complementary").get_by_role("button", name=choice, exact=True).click()
    page.get_by_role("complementary").get_by_role("button", name="关闭").click()


def held_up(bench: Bench, number: int) -> str:
    """How the drawer names a student's code."""
    student = bench.roster.students[number]
    return f"{student.label} · {bench.credentials(number).answer}"


def answer(page: Page, bench: Bench, number: int) -> None:
    """The student answers on the pad, then confirms the record and agrees."""
    shows(page, "verify")
    for character in bench.credentials(number).answer:
        button(page, character).click()
    button(page, "确认").click()
    shows(page, "confirm")
    expect(page.locator(".record__name")).to_contain_text("*")
    page.get_by_text("我已阅读并同意", exact=True).click()
    button(page, "信息无误，开始拍摄").click()
    shows(page, "framing")


def calibrated(page: Page, door: StationDoor) -> None:
    """The technician takes the empty backdrop before the day begins; how even it is depends on how the lamps were left."""
    button(page, "技术员").click()
    page.get_by_role("tab", name="校准").click()
    backdrop = page.locator("[data-step=backdrop]")
    backdrop.get_by_role("button", name="开始").click()
    expect(backdrop).to_have_attribute("data-state", "running")
    # Four stills of twelve megapixels, kept losslessly and looked through for people.
    expect(backdrop).not_to_have_attribute("data-state", "running", timeout=3 * JUDGED_MS)
    found = door.get("/api/calibration")
    assert found["work"]["step"] == "backdrop"
    if found["work"]["state"] == "done":
        expect(page.locator(".version[data-in-use=true]")).to_contain_text("3 背景")
        expect(page.locator(".plate")).to_be_visible()
    else:
        expect(backdrop.get_by_role("alert")).to_have_text(found["work"]["message"]["zh"])
    button(page, "返回今日").click()
    shows(page, "today")


def judged(page: Page) -> str:
    """The verdict's word, once the still was taken and judged."""
    verdict = page.locator("verdict-screen")
    verdict.wait_for(timeout=JUDGED_MS)
    for picture in page.locator(".pair__picture img").all():
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("image => image.naturalWidth") > 0
    return str(verdict.get_attribute("data-verdict"))


def accept_as_exception(page: Page, reason: str) -> None:
    button(page, "例外通过…").click()
    page.get_by_role("dialog").get_by_text(reason).click()
    page.get_by_role("dialog").get_by_role("button", name="作为例外通过").click()


def received(page: Page, door: StationDoor) -> dict[str, Any]:
    """Wait for the platform's receipt on the page; the capture as the station knows it."""
    shows(page, "done")
    number = page.locator(".receipt code").inner_text()
    expect(page.locator("done-screen")).to_have_attribute("data-received", "true", timeout=RECEIPT_MS)
    capture: dict[str, Any] = door.get(f"/api/captures/{number}")
    assert page.locator(".journey__detail").inner_text() == capture["receipt"]["receipt_id"]
    return capture


def test_refused_retaken_and_accepted_as_an_exception(
    bench: Bench, door: StationDoor, cast: dict[str, Picture], paired: Page, picture_of: Callable[[Page, str], None]
) -> None:
    page = paired
    button(page, "下一位同学 出示采集码，自动开始").click()
    shows(page, "scan")
    page.locator("live-picture[data-frame]").wait_for()
    play(page, cast["cap"].title_zh, held_up(bench, 0))
    answer(page, bench, 0)
    page.locator("live-picture[data-frame]").wait_for()
    expect(page.locator(".guidance[data-ready=false]")).not_to_have_text("请坐到镜头前")
    picture_of(page, "visit-framing")
    page.locator(".shutter__button").click()
    assert judged(page) == "refuse"
    picture_of(page, "visit-refused")
    refused = page.locator(".rules__wanting [data-rule]").evaluate_all("rows => rows.map(row => row.dataset.rule)")
    assert "head.bare" in refused
    expect(page.locator("[data-rule='head.bare'] .drawing")).to_be_visible()

    button(page, "重拍").click()
    shows(page, "framing")
    page.keyboard.press("Space")
    assert judged(page) == "refuse"
    accept_as_exception(page, "现场核对无误，机器误判")
    capture = received(page, door)
    picture_of(page, "visit-done")
    assert capture["state"] == "receipted"

    button(page, "下一位同学").click()
    shows(page, "scan")


def test_refused_taken_again_and_then_a_good_portrait_is_shot_by_itself_and_handed_in(
    bench: Bench,
    door: StationDoor,
    cast: dict[str, Picture],
    paired: Page,
    shared_portraits: Path,
    picture_of: Callable[[Page, str], None],
) -> None:
    page = paired
    play(page, cast["cap"].title_zh, held_up(bench, 1))
    answer(page, bench, 1)
    page.locator("live-picture[data-frame]").wait_for()
    page.locator(".shutter__button").click()
    assert judged(page) == "refuse"
    button(page, "重拍").click()
    shows(page, "framing")
    button(page, "样板").click()
    with page.expect_response("**/api/stand-in/person"):
        page.locator("stand-in-drawer input[type=file]").set_input_files(
            shared_portraits / "neutral_front" / "002_03.jpg"
        )
    page.get_by_role("complementary").get_by_role("button", name="关闭").click()
    assert judged(page) == "pass"
    picture_of(page, "visit-passed")
    button(page, "满意，提交").click()
    capture = received(page, door)
    assert capture["photo_sha256"]


def test_a_wrong_answer_an_uploaded_code_and_a_visit_that_is_ended(
    bench: Bench, door: StationDoor, paired: Page, tmp_path: Path
) -> None:
    page = paired
    button(page, "下一位同学 出示采集码，自动开始").click()
    shows(page, "scan")
    picture = tmp_path / "code.png"
    segno.make(bench.credentials(2).payload, error="m", micro=False).save(str(picture), scale=8, border=4)
    (tmp_path / "not-a-code.png").write_bytes(picture.read_bytes()[:300])
    page.locator("main input[type=file]").set_input_files(tmp_path / "not-a-code.png")
    expect(page.locator("notice-line")).to_be_visible()
    shows(page, "scan")
    page.locator("main input[type=file]").set_input_files(picture)
    shows(page, "verify")
    wrong = "0000" if bench.credentials(2).answer != "0000" else "1111"
    page.keyboard.type(wrong, delay=60)
    page.keyboard.press("Enter")
    said_problem(page, "与登记信息不符，还可以试 2 次")
    button(page, "结束本次").click()
    page.get_by_role("button", name="同学稍后再来").click()
    shows(page, "scan")
    assert door.visit()["state"] == "idle"


def test_the_backdrop_is_taken_and_codes_that_do_not_belong_here_are_explained(
    bench: Bench, door: StationDoor, paired: Page
) -> None:
    page = paired
    calibrated(page, door)
    button(page, "下一位同学 出示采集码，自动开始").click()
    shows(page, "scan")
    button(page, "手动输入").click()
    page.get_by_label("采集码内容").fill("this-is-nobodys-code")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("名单里没有这个采集码")
    shows(page, "scan")


def test_the_station_is_killed_in_the_middle_and_the_visit_goes_on(
    bench: Bench, cast: dict[str, Picture], paired: Page
) -> None:
    page = paired
    play(page, cast["cap"].title_zh, held_up(bench, 3))
    answer(page, bench, 3)
    bench.station.kill()
    expect(page.locator("connection-banner")).to_be_visible(timeout=15_000)
    bench.start_station()
    expect(page.locator("connection-banner")).to_be_hidden(timeout=15_000)
    shows(page, "framing")
    page.locator("live-picture[data-frame]").wait_for()
    expect(page.get_by_text("等待相机画面…")).to_be_hidden()
    button(page, "结束本次").click()
    page.get_by_role("button", name="其他原因").click()
    shows(page, "scan")


def test_a_tablet_proves_itself_from_a_changed_browser_and_a_copied_cookie_does_not(
    paired: Page, browser: Browser
) -> None:
    copied = paired.context.cookies()
    paired.context.set_extra_http_headers({"User-Agent": "the same tablet after an update"})
    paired.reload(wait_until="commit")
    shows(paired, "today")
    with open_tablet(browser, SIZES["wide"]) as thief:
        thief.context.set_extra_http_headers({"User-Agent": "a student's laptop"})
        thief.context.add_cookies(
            [{"name": c["name"], "value": c["value"], "url": paired.url.partition("#")[0]} for c in copied]
        )
        thief.goto(paired.url, wait_until="commit")
        shows(thief, "pairing")
