"""Puts a station together out of its settings: the judge, the body, and the wiring between them."""

from __future__ import annotations

from importlib.metadata import version

from appliance.composition.body import devices
from appliance.portrait.pipeline import Portrait
from appliance.portrait.profile import load_profile
from appliance.settings import Settings
from appliance.station import Station
from models.install import digests, networks_dir


def station(settings: Settings, *, pairing_code: str) -> Station:
    """The station that `settings` describe, not yet started.

    Raises `NetworkMissing`, `LedgerUnreadable`, `ProfileError`, `NoSuchDriver`, `pydantic.ValidationError`.
    """
    body = devices(settings.body, settings.data_dir)
    portrait = Portrait(networks_dir(), load_profile(settings.profile), threads=settings.threads)
    return Station(
        settings,
        body,
        portrait,
        version=version("capture-station"),
        networks=digests(),
        pairing_code=pairing_code,
    )
