"""Profiles: figures as data; a mistake in one is an error that names the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.portrait.errors import ProfileError
from appliance.portrait.profile import FOLDER, load_profile, profile_names
from appliance.portrait.rulebook import RULES

BASE = (FOLDER / "moe-2017-99.toml").read_text(encoding="utf-8")


def written(folder: Path, **profiles: str) -> Path:
    (folder / "base.toml").write_text(BASE, encoding="utf-8")
    for name, text in profiles.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_profiles_of_the_standard_are_there() -> None:
    assert set(profile_names()) >= {
        "moe-2017-99",
        "moe-2017-99-white",
        "moe-2017-99-large",
        "cet",
        "id-1inch",
        "id-2inch",
    }


@pytest.mark.parametrize("name", profile_names())
def test_every_part_of_every_rule_has_a_limit_and_an_origin(name: str) -> None:
    profile = load_profile(name)
    wanted = {part.limit for rule in RULES for part in rule.parts if part.limit is not None}
    assert wanted == set(profile.limits), "a limit without a rule, or a rule without a limit"
    assert all(profile.origins[key] for key in wanted)
    assert profile.bytes_min < profile.bytes_max


@pytest.mark.parametrize("name", profile_names())
def test_the_size_a_profile_makes_is_the_size_it_asks_for(name: str) -> None:
    profile = load_profile(name)
    assert profile.limit("file.size") == f"{profile.width}x{profile.height}"
    low, high = profile.limit("file.bytes")
    assert (low * 1024, high * 1024) == (profile.bytes_min, profile.bytes_max)


def test_figures_of_the_standard() -> None:
    profile = load_profile("moe-2017-99")
    assert (profile.width, profile.height, profile.dpi, profile.background) == (480, 640, 300, (100, 197, 255))
    assert profile.limit("geometry.hair_top") == (50, 110)
    assert profile.limit("geometry.eyes") == (200, 300)
    assert profile.limit("geometry.face_width") == (180, 300)
    assert profile.limit("pose.frontal.yaw") == 8


def test_what_a_profile_does_not_say_it_inherits() -> None:
    white, blue = load_profile("moe-2017-99-white"), load_profile("moe-2017-99")
    assert white.background == (255, 255, 255)
    assert white.limits == blue.limits


LIMITS = 'inherits = "base"\n[limits]\n'
PHOTO = 'inherits = "base"\n[photo]\n'


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        (LIMITS + '"geometry.eye" = { limit = [1, 2], origin = "x" }', 'limits."geometry.eye"', "no such limit"),
        (LIMITS + '"geometry.eyes" = { limit = [1, 2] }', 'limits."geometry.eyes"', "no origin"),
        (LIMITS + '"geometry.eyes" = { limit = [1, 2], origin = " " }', 'limits."geometry.eyes".origin', "comes from"),
        (LIMITS + '"geometry.eyes" = { limit = [2, 1], origin = "x" }', 'limits."geometry.eyes".limit', "lower end"),
        (LIMITS + '"geometry.eyes" = { limit = [1, 2, 3], origin = "x" }', 'limits."geometry.eyes".limit', "band"),
        (LIMITS + '"geometry.eyes" = { limit = 5, origin = "x" }', 'limits."geometry.eyes"', "another kind"),
        (LIMITS + '"geometry.eyes" = 5', 'limits."geometry.eyes"', "origin"),
        (LIMITS + '"eyes.open" = { limit = true, origin = "x" }', 'limits."eyes.open".limit', "number"),
        (LIMITS + '"eyes.open" = { limit = 1, origin = "x", advise = 2 }', 'limits."eyes.open".advise', "unknown key"),
        (LIMITS + '"eyes.open" = { limit = 1, origin = "x", advised = "2" }', 'limits."eyes.open".advised', "number"),
        (PHOTO + "widht = 3", "photo.widht", "background, bytes, dpi"),
        (PHOTO + 'width = "wide"', "photo.width", "whole number"),
        (PHOTO + "width = 300", 'limits."file.size"', "480x640"),
        (PHOTO + "bytes = [1024, 2048]", 'limits."file.bytes"', "photo.bytes"),
        (PHOTO + "bytes = [2048, 1024]", "photo.bytes", "below"),
        (PHOTO + "quality_min = 101", "photo.quality_min", "1 to 100"),
        (PHOTO + "background = [0, 0, 256]", "photo.background", "RGB"),
        ('inherits = "base"\n[title]\nfr = "x"', "title.fr", "en, zh"),
        ('inherits = "base"\ntitle = "x"', "title", "table"),
        ('inherits = "base"\ncolour = 1', "colour", "unknown key"),
        ("inherits = 7", "inherits", "name"),
        ('inherits = "odd"', "inherits", "inherits itself"),
        ('inherits = "nowhere"', "inherits", "there are: base, odd"),
        ('[title]\nzh = "一"\nen = "one"', "photo.width", "missing"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(tmp_path: Path, text: str, key: str, said: str) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile("odd", written(tmp_path, odd=text))
    assert str(caught.value).startswith(f"odd.toml: {key}: ")
    assert said in str(caught.value)
    assert caught.value.message.zh.startswith(f"odd.toml：{key}：")


def test_what_is_no_toml_is_named_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"odd\.toml cannot be read: .*line 1"):
        load_profile("odd", written(tmp_path, odd="= 1"))


def test_a_mistake_is_told_where_it_stands_not_where_it_is_inherited(tmp_path: Path) -> None:
    folder = written(tmp_path, odd=PHOTO + "dpi = 0", heir='inherits = "odd"')
    with pytest.raises(ProfileError, match=r"^odd\.toml: photo\.dpi: is 0"):
        load_profile("heir", folder)


def test_an_unknown_profile_says_which_there_are() -> None:
    with pytest.raises(ProfileError, match="moe-2017-99-white"):
        load_profile("moe-2018")
