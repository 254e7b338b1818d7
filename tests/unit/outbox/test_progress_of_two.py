"""Two originals go up at once: shown is the one that began first and moves, then the other."""

from __future__ import annotations

from pathlib import Path

from appliance.outbox.progress import Progress, read_progress


def shown(data: Path) -> tuple[str, int, int] | None:
    found = read_progress(data)
    return None if found is None else (found["capture_id"], found["sent"], found["total"])


def test_the_first_is_shown_then_the_other(tmp_path: Path) -> None:
    progress = Progress(tmp_path)
    progress.begin("first", 1000)
    progress.begin("second", 2000)
    assert shown(tmp_path) is None, "nothing has arrived"
    progress.moved("second", 400, 400)
    assert shown(tmp_path) == ("second", 400, 2000)
    progress.moved("first", 500, 500)
    assert shown(tmp_path) == ("first", 500, 1000)
    progress.moved("second", 800, 400)
    assert shown(tmp_path) == ("first", 500, 1000)
    progress.end("first")
    assert shown(tmp_path) == ("second", 800, 2000)
    progress.end("second")
    assert shown(tmp_path) is None
