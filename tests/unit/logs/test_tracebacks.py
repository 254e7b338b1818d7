"""A crash in the middle of a visit: the traceback names files and lines, never what the variables held."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PLANTED = ("欧阳晓明", "13812345678", "44010619990312453X")
CRASH = """
import logging, sys
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select
from appliance import logs
from appliance.ledger.store import Ledger
from appliance.ledger.tables import NoteRow
from pathlib import Path

# From outside: a traceback shows the lines of this program too.
form, folder, name, phone, document = sys.argv[1:]
logs.configure(json_lines=form == "json")

def confirm(identity):
    record = {"name": identity, "phone": phone}
    raise RuntimeError(f"cannot confirm {record['phone']}")

try:
    confirm(name)
except RuntimeError:
    structlog.get_logger("visit").exception("visit.failed", document=document)
    logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
ledger = Ledger(Path(folder))
try:
    with ledger.session() as session:
        session.add(NoteRow(name="planted", body=name))
        session.flush()
        session.connection().exec_driver_sql("INSERT INTO note (name, body) VALUES (?, ?)", ("planted", name))
except SQLAlchemyError:
    logging.getLogger("ledger").exception("not kept")
"""


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_crash_tells_no_name_and_no_number(form: str, tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASH, form, str(tmp_path), *PLANTED],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout + done.stderr
    assert "RuntimeError" in said
    assert "cannot confirm 1381****" in said
    assert "not kept" in said
    for planted in PLANTED:
        assert planted not in said
        assert json.dumps(planted)[1:-1] not in said
