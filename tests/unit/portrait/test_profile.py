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


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('inherits = "base"\n[limits]\n"geometry.eye" = { limit = [1, 2], origin = "x" }', 'limits."geometry.eye"'),
        ('inherits = "base"\n[limits]\n"geometry.eyes" = { limit = [1, 2] }', 'limits."geometry.eyes" has no origin'),
        ('inherits = "base"\n[limits]\n"eyes.open" = { limit = 1, origin = "x", advise = 2 }', '"eyes.open".advise'),
        ('inherits = "base"\n[limits]\n"geometry.eyes" = { limit = [2, 1], origin = "x" }', "lower end"),
        ('inherits = "base"\n[photo]\nwidht = 3', "photo.widht"),
        ('inherits = "base"\n[photo]\nwidth = "wide"', "photo.width"),
        ('inherits = "base"\n[photo]\nbackground = [0, 0, 256]', "photo.background"),
        ('inherits = "base"\ncolour = 1', "colour"),
        ('inherits = "odd"', "inherits itself"),
        ('inherits = "nowhere"', "nowhere"),
        ("= 1", "cannot be read"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ProfileError, match=named.replace(".", r"\.")) as caught:
        load_profile("odd", written(tmp_path, odd=text))
    assert caught.value.message.zh


def test_an_unknown_profile_says_which_there_are() -> None:
    with pytest.raises(ProfileError, match="moe-2017-99-white"):
        load_profile("moe-2018")
