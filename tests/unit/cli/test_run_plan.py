"""`station run --plan`: a plan that cannot be used ends the start with the key that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from appliance.cli import run
from appliance.platform.reference.seed import demo_roster

PLAN = demo_roster(1).plan.model_dump(mode="json")


@pytest.mark.parametrize(
    ("document", "camera", "said"),
    [
        ({**PLAN, "profile": "passport"}, "replay", "profile"),
        ({**PLAN, "fee": {"amount_fen": 0, "when": "before"}}, "replay", "fee.amount_fen"),
        ({**PLAN, "colour": "red"}, "replay", "colour"),
        (PLAN, "v4l2", "signed"),
        ("eyJhbGciOi.e30.AAAA", "replay", "enrol"),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_at_the_start(
    tmp_path: Path, document: object, camera: str, said: str
) -> None:
    path = tmp_path / "plan.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    app = Typer()
    run.register(app)
    app.callback()(lambda: None)
    arguments = ["run", "--data", str(tmp_path / "data"), "--camera", camera, "--port", "0", "--plan", str(path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert said in result.output
