from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from visit_fixtures import ABLE, DEMO, STATION_ID, book_of, entry_of, identification_of, plan_with, roster_of

from appliance.ledger.store import Ledger
from appliance.visit.errors import NoPlan, NoSuchPlan, OtherPlan, PlanUnusable
from appliance.visit.plan_check import Abilities, plan_day, unhonoured
from appliance.visit.plan_file import PlanFileError, must_honour, plan_in
from appliance.visit.plans import PlanBook

TODAY = date(2026, 6, 1)
NOTHING = Abilities(profiles=("moe-2017-99",), id_card=False, face=False)
FIELD = {"id": "city", "kind": "text", "label": {"zh": "城市", "en": "city"}}
LAYOUT = {
    "id": "sheet",
    "title": {"zh": "一寸", "en": "one inch"},
    "photo": "one-inch",
    "paper": "6-inch",
    "rows": 2,
    "columns": 4,
}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "data")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"profile": "passport"}, "profile"),
        ({"verification": "id_card"}, "verification"),
        ({"id_card_face": True}, "id_card_face"),
        ({"extra_fields": [{**FIELD, "pattern": "(["}]}, "extra_fields.city.pattern"),
        ({"extra_fields": [FIELD, FIELD]}, "extra_fields.city"),
        ({"extra_fields": [{**FIELD, "kind": "choice"}]}, "extra_fields.city.choices"),
        ({"print_layouts": [{**LAYOUT, "rows": 5, "columns": 5}]}, "print_layouts.sheet"),
        ({"print_layouts": [{**LAYOUT, "caption": "{name} {id_number}"}]}, "print_layouts.sheet.caption"),
        ({"archive_name": "{student_number"}, "archive_name"),
        ({"ends_on": "2026-05-31"}, "ends_on"),
        ({"starts_on": "2026-06-02"}, "starts_on"),
        ({"starts_on": "2026-06-03", "ends_on": "2026-06-02"}, "ends_on"),
        ({"title": {"zh": "采集", "en": ""}}, "title.en"),
    ],
)
def test_what_a_station_cannot_honour_is_refused_by_key(changes: dict[str, Any], key: str) -> None:
    refused = unhonoured(plan_with(**changes), NOTHING, TODAY)
    assert [item.key for item in refused] == [key]
    assert key in refused[0].message.zh
    assert key in refused[0].message.en


def test_a_plan_that_asks_for_everything_a_station_can_do_is_honoured() -> None:
    plan = plan_with(
        verification="id_card",
        id_card_face=True,
        profile="cet",
        starts_on="2026-06-01",
        ends_on="2026-06-01",
        extra_fields=[{**FIELD, "pattern": "[A-Z]+"}],
        print_layouts=[{**LAYOUT, "caption": "{name} {student_number}"}],
        languages=["zh"],
        title={"zh": "采集", "en": ""},
    )
    assert unhonoured(plan, ABLE, TODAY) == ()


def test_dates_are_days_in_china_and_are_not_judged_without_a_clock() -> None:
    assert plan_day(datetime(2026, 5, 31, 17, tzinfo=UTC)) == TODAY
    assert plan_day(None) is None
    assert unhonoured(plan_with(ends_on="2020-01-01"), ABLE, None) == ()


def test_f05_the_days_plan_is_chosen_and_remembered_and_others_codes_are_refused_by_name(ledger: Ledger) -> None:
    bachelor = roster_of()
    master = roster_of(DEMO.other_plan, [entry_of(DEMO.strangers[0])], issued=timedelta(days=-3))
    book = book_of(ledger, bachelor, master)
    assert [item.current for item in book.all()] == [True, False]
    book.choose(master.plan.id)
    again = book_of(ledger, bachelor, master)
    assert again.current() is master
    identification = identification_of(ledger, bachelor, master)
    assert identification.find(DEMO.strangers[0].payload).plan.id == master.plan.id
    with pytest.raises(OtherPlan) as caught:
        identification.find(DEMO.students[0].payload)
    assert DEMO.plan.title.zh in caught.value.message.zh
    with pytest.raises(NoSuchPlan, match="nowhere"):
        book.choose("nowhere")


def test_a_plan_that_cannot_be_honoured_is_not_used_and_says_why(ledger: Ledger) -> None:
    over = roster_of(plan_with(ends_on="2020-01-01"))
    book = book_of(ledger, over)
    assert book.current() is None
    with pytest.raises(PlanUnusable, match="ends_on"):
        book.choose(over.plan.id)
    with pytest.raises(NoPlan, match="ends_on"):
        identification_of(ledger, over).find(DEMO.students[0].payload)


def test_the_chosen_plan_is_not_silently_replaced_when_it_becomes_unusable(ledger: Ledger) -> None:
    other = roster_of(DEMO.other_plan, [])
    book_of(ledger, roster_of(), other).choose(DEMO.plan.id)
    assert book_of(ledger, roster_of(plan_with(profile="passport")), other).current() is None
    assert book_of(ledger, other).current() is other


def test_a_plain_plan_replaces_its_namesake_or_stands_alone(ledger: Ledger) -> None:
    own = plan_with(unknown_code="defer")
    book = PlanBook(ledger, ABLE, lambda: None, own)
    book.take([roster_of()], STATION_ID)
    current = book.current()
    assert current is not None
    assert (current.plan.unknown_code, len(current)) == ("defer", len(DEMO.students))
    book.take([], STATION_ID)
    alone = book.current()
    assert alone is not None
    assert (alone.plan.id, len(alone)) == (own.id, 0)


def test_a_plain_plan_file_is_for_stand_in_hardware_only_and_names_the_wrong_key(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    document = DEMO.plan.model_dump(mode="json")
    path.write_text(json.dumps(document))
    assert plan_in(path, stand_in=True) == DEMO.plan
    with pytest.raises(PlanFileError, match="signed"):
        plan_in(path, stand_in=False)
    path.write_text(json.dumps({**document, "fee": {"amount_fen": 0, "when": "before"}}))
    with pytest.raises(PlanFileError, match=r"fee\.amount_fen"):
        plan_in(path, stand_in=True)
    path.write_text("eyJhbGciOi.e30.AAAA")
    assert plan_in(path, stand_in=False) == "eyJhbGciOi.e30.AAAA"
    with pytest.raises(PlanFileError, match="cannot be read"):
        plan_in(tmp_path / "nowhere.json", stand_in=True)
    with pytest.raises(PlanFileError, match="profile"):
        must_honour(plan_with(profile="passport"), ABLE, None)
