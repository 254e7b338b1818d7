"""The people of the demo: named in two languages, pinned, and on stage in a fixed order."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import pytest

from appliance.rehearsal.cast import cast_dir, cast_pictures, install_cast, load_cast, missing_cast
from models.errors import DeliveryIncomplete, ManifestInvalid


def test_the_nearly_right_man_comes_before_the_one_who_may_pass():
    roles = load_cast()
    assert [role.item.name for role in roles[-2:]] == ["nearly_right", "studio"]
    assert len({role.item.sha256 for role in roles}) == len(roles)


def test_every_role_has_titles_in_both_languages_and_a_licence():
    for role in load_cast():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in role.title_zh)
        assert role.title_en.isascii()
        assert role.licence


def test_the_folder_lies_in_the_environment_unless_told(monkeypatch, tmp_path):
    monkeypatch.delenv("STATION_CAST", raising=False)
    assert cast_dir() == Path(sys.prefix) / "share" / "station" / "cast"
    monkeypatch.setenv("STATION_CAST", str(tmp_path))
    assert cast_dir() == tmp_path


def test_without_pictures_the_stage_is_empty_and_the_missing_are_named(tmp_path):
    assert cast_pictures(tmp_path) == ()
    assert missing_cast(tmp_path) == tuple(role.item.name for role in load_cast())
    with pytest.raises(DeliveryIncomplete, match="station cast install"):
        install_cast(tmp_path, source=tmp_path)


def test_a_role_without_titles_is_named(tmp_path):
    path = tmp_path / "cast.toml"
    path.write_text('[picture.cap]\ntitle = "man"\n')
    with pytest.raises(ManifestInvalid, match=r"picture\.cap\.title"):
        load_cast(path)
    path.write_text("")
    with pytest.raises(ManifestInvalid, match=r"no \[picture"):
        load_cast(path)


@pytest.mark.pictures
def test_the_installed_pictures_open_as_pictures():
    missing = missing_cast()
    if missing:
        pytest.skip(f"cast not installed: {', '.join(missing)}; type: station cast install")
    pictures = cast_pictures()
    assert [picture.id for picture in pictures] == [role.item.name for role in load_cast()]
    for picture in pictures:
        assert min(cv2.imread(str(picture.path)).shape[:2]) >= 400
