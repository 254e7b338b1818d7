"""Help over the station's interface: questions and answers, customer service, as the day's plan says them (F29, F30)."""

from __future__ import annotations

from after_fixtures import AfterStation


def test_f30_questions_and_answers_come_from_the_plan_in_both_languages(after: AfterStation) -> None:
    plan = after.web.get("/api/state").json()["plan"]
    assert plan["help"] == [entry.model_dump() for entry in after.roster.plan.help]
    assert plan["help"], "the demonstration's plan answers questions"
    assert all(
        entry[part][language] for entry in plan["help"] for part in ("question", "answer") for language in ("zh", "en")
    )


def test_f29_customer_service_has_hours_and_a_phone(after: AfterStation) -> None:
    service = after.web.get("/api/state").json()["plan"]["service"]
    assert service["hours"]["zh"]
    assert service["phone"]
