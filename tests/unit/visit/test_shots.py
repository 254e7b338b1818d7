"""F17 to F23 in the machine: shots until content, the album, crop and standard photo, refusals with reasons, the last look."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from sqlmodel import select
from visit_fixtures import DEMO, ScriptedShutter, conductor_of, made_shot, plan_with, roster_of

from appliance.ledger.store import Ledger
from appliance.ledger.tables import CaptureRow, JournalRow
from appliance.platform.contract import CaptureRecord
from appliance.portrait.measurement import Message, Outcome
from appliance.portrait.picture_file import FileFacts
from appliance.portrait.pipeline import Judged, Portrait
from appliance.portrait.profile import load_profile
from appliance.portrait.verdict import RuleResult, Verdict
from appliance.visit.album import Album
from appliance.visit.conductor import Conductor
from appliance.visit.errors import (
    AlbumNotAllowed,
    NotAcceptable,
    NotNow,
    PictureUnreadable,
    PictureUnsupported,
    ShotMissing,
)
from appliance.visit.exemptions import Exemption
from appliance.visit.machine import State
from appliance.visit.shutter import Shot
from firmware.ports import Pixels

STUDENT = DEMO.students[0]
ALBUM = roster_of(plan_with(album=True))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "data")
    yield opened
    opened.close()


def framing(conductor: Conductor) -> Conductor:
    conductor.scan(STUDENT.payload)
    conductor.verify(STUDENT.last_four)
    conductor.confirm(record_confirmed=True, consent_version=DEMO.plan.consent.version, by="student")
    assert conductor.state is State.FRAMING
    return conductor


def record(ledger: Ledger) -> CaptureRecord:
    with ledger.reading() as session:
        [row] = session.exec(select(CaptureRow)).all()
    return CaptureRecord.model_validate(json.loads(row.record))


class TrustingPortrait:
    """A judge that passes every picture, with `truth.unedited` as it is of any file: unknown, and advice only."""

    def still(self, pixels: Pixels, facts: FileFacts | None = None) -> Judged:
        passed = RuleResult("eyes.open", Outcome.PASS, 0.1, 0.4, "", Message("眼睛", "eyes"))
        text = Message("真实", "true")
        truth = RuleResult("truth.unedited", Outcome.UNKNOWN, None, "camera", "", text, advisory=True)
        return Judged(Verdict("moe-2017-99", (passed, truth)), made_shot().photo, {}, None)  # type: ignore[arg-type]


TRUSTING = Album(TrustingPortrait())  # type: ignore[arg-type]


def picture(software: str | None = None, kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    if software is not None:
        exif[0x0131] = software
    out = io.BytesIO()
    Image.new("RGB", (600, 800), (180, 190, 200)).save(out, kind, exif=exif)
    return out.getvalue()


def test_f17_a_photo_is_retaken_until_content_and_the_shutter_says_who_released_it(ledger: Ledger) -> None:
    shutter = ScriptedShutter()
    conductor = framing(conductor_of(ledger, shutter=shutter))
    for automatic in (False, True, True):
        shot = conductor.shoot(automatic=automatic)
        assert conductor.state is State.JUDGED
        conductor.retake()
    assert len({taken.shot_id for taken in shutter.taken}) == 3
    with pytest.raises(NotNow):
        conductor.accept(shot.shot_id, None)  # a shot that was discarded is gone
    last = conductor.shoot(automatic=True)
    conductor.accept(last.shot_id, None)
    assert record(ledger).shot.automatic
    assert conductor.now().shots == 4


def test_f18_the_album_is_open_only_where_the_plan_says_so_and_marked(ledger: Ledger) -> None:
    conductor = framing(conductor_of(ledger, album=TRUSTING))
    with pytest.raises(AlbumNotAllowed):
        conductor.import_photo(picture())
    conductor.abandon("student-left")
    conductor = framing(conductor_of(ledger, ALBUM, album=TRUSTING))
    data = picture("17.5.1")  # a phone's own camera
    shot = conductor.import_photo(data, operator="op-7")
    assert (conductor.state, shot.source, shot.passed) == (State.JUDGED, "album", True)
    conductor.accept(shot.shot_id, None)
    kept = record(ledger)
    assert kept.source == "album"
    assert ledger.vault.read(str(kept.capture_id), "original") == data  # byte for byte as it came
    with ledger.reading() as session:
        bodies = [row.body for row in session.exec(select(JournalRow)) if row.event == "shot.passed"]
    assert '"source":"album"' in bodies[0]


def test_f18_an_edited_photo_from_the_album_is_refused_with_the_programs_name(ledger: Ledger) -> None:
    conductor = framing(conductor_of(ledger, ALBUM, album=TRUSTING))
    shot = conductor.import_photo(picture("Adobe Photoshop 25.1 (Windows)"))
    assert conductor.state is State.REFUSED
    [failed] = shot.verdict.failed
    assert failed.id == "truth.unedited"
    assert "Photoshop" in failed.message.zh
    with pytest.raises(NotAcceptable):
        conductor.accept(shot.shot_id, None)


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        (b"%PDF-1.7 ...", PictureUnsupported, "PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", PictureUnsupported, "HEIC"),
        (b"GIF89a", PictureUnsupported, "JPEG and PNG"),
        (b"\xff\xd8\xff\xe0 cut short", PictureUnreadable, "JPEG or PNG"),
    ],
)
def test_f18_what_is_no_photo_is_refused_with_what_to_do(
    ledger: Ledger, data: bytes, error: type[Exception], said: str
) -> None:
    conductor = framing(conductor_of(ledger, ALBUM, album=TRUSTING))
    with pytest.raises(error, match=said):
        conductor.import_photo(data)
    assert conductor.state is State.FRAMING


def test_f21_refused_photos_carry_their_reasons_and_are_never_accepted_silently(ledger: Ledger) -> None:
    shutter = ScriptedShutter("refuse")
    conductor = framing(conductor_of(ledger, shutter=shutter))
    shot = conductor.shoot(automatic=False)
    assert conductor.state is State.REFUSED
    [failed] = shot.verdict.failed
    assert (failed.id, failed.measured, failed.limit) == ("eyes.open", 0.1, 0.4)
    with pytest.raises(NotAcceptable):
        conductor.accept(shot.shot_id, None)
    conductor.accept(shot.shot_id, Exemption("medical", "a note"), operator="op-7")
    kept = record(ledger)
    assert kept.exception is not None
    assert (kept.exception.reason, kept.operator) == ("medical", "op-7")


def test_f22_only_a_tap_on_the_shown_photo_submits_it_and_time_never_does(ledger: Ledger) -> None:
    conductor = framing(conductor_of(ledger))
    first = conductor.shoot(automatic=True)
    conductor.retake()
    shown = conductor.shoot(automatic=True)
    with pytest.raises(ShotMissing):
        conductor.accept(first.shot_id, None)
    again = conductor_of(ledger)  # a station that stood a night over and was switched off
    again.restore()
    assert again.state is State.FRAMING
    with pytest.raises(NotNow):
        again.accept(shown.shot_id, None)
    with ledger.reading() as session:
        assert session.exec(select(CaptureRow)).all() == []


def test_f23_the_record_is_still_known_beside_the_photo_before_it_is_submitted(ledger: Ledger) -> None:
    conductor = framing(conductor_of(ledger))
    conductor.shoot(automatic=True)
    assert conductor.now().identity == STUDENT.identity


@pytest.fixture(scope="module")
def portrait(networks_dir: Path) -> Portrait:
    return Portrait(networks_dir, load_profile("moe-2017-99"))


@pytest.fixture(scope="module")
def imported(portrait: Portrait, shared_portraits: Path) -> Shot:
    return Album(portrait).shot((shared_portraits / "neutral_front" / "002_03.jpg").read_bytes())


@pytest.mark.networks
@pytest.mark.pictures
def test_f19_what_was_cropped_is_shown_before_and_after(imported: Shot) -> None:
    assert imported.photo is not None
    before, after = _decoded(imported.before), _decoded(imported.photo.jpeg)
    assert before.shape[0] <= 900
    assert after.shape[:2] != before.shape[:2]


@pytest.mark.networks
@pytest.mark.pictures
def test_f20_the_standard_photo_has_the_profiles_size_and_background(imported: Shot) -> None:
    assert imported.photo is not None
    photo = _decoded(imported.photo.jpeg)
    assert photo.shape == (640, 480, 3)
    corner = photo[5:25, 5:25].reshape(-1, 3).mean(axis=0)
    assert np.allclose(corner, (255, 197, 100), atol=8)  # BGR of the profile's light blue
    assert {rule.id for rule in imported.verdict.rules} > {"truth.unedited", "geometry.eyes", "background.colour"}


def _decoded(jpeg: bytes) -> Any:
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
