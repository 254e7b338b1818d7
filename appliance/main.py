"""Puts a station together out of its settings: the judge, the body, and the wiring between them."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec

from appliance.calibration.apply import use_plate
from appliance.calibration.store import CalibrationStore
from appliance.composition.body import devices
from appliance.devices import Devices
from appliance.doctor.running import running_report
from appliance.platform.contract import Plan
from appliance.portrait.pipeline import Portrait
from appliance.portrait.profile import load_profile, profile_names
from appliance.settings import Settings
from appliance.station import Station
from appliance.visit.plan_check import Abilities
from appliance.visit.plan_file import keep_signed, must_honour, plan_in
from firmware.clock import SystemClock
from models.install import digests, networks_dir

FACE_NETWORK = "sface.onnx"


def station(
    settings: Settings, *, pairing_code: str, setup_code: str | None = None, simulated: Devices | None = None
) -> Station:
    """The station that `settings` describe, not yet started; with a `simulated` body in place of theirs where one is given.
    The codes are the label's; without a label, the set-up code is a new one at every start.

    Raises `NetworkMissing`, `LedgerUnreadable`, `ProfileError`, `NoSuchDriver`, `PlanFileError`, `pydantic.ValidationError`.
    """
    body = devices(settings.body, settings.data_dir) if simulated is None else simulated
    able = abilities()
    own, preferred = _plan_from_file(settings, able, stand_in=body.stand_in is not None)
    portrait = Portrait(networks_dir(), load_profile(settings.profile), threads=settings.threads)
    use_plate(portrait, CalibrationStore(settings.data_dir))
    made = Station(
        settings,
        body,
        portrait,
        version=version("capture-station"),
        networks=digests(),
        pairing_code=pairing_code,
        setup_code=setup_code,
        doctor=lambda: running_report(settings.data_dir, body.power, body.clock, body.statuses()),
        abilities=able,
        face_network=networks_dir() / FACE_NETWORK,
        own_plan=own,
    )
    if preferred is not None:
        made.plans.prefer(preferred)
    return made


def abilities() -> Abilities:
    """What a plan may ask of this installation."""
    return Abilities(
        profiles=profile_names(),
        id_card=find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None,
        face=(networks_dir() / FACE_NETWORK).is_file(),
    )


def _plan_from_file(settings: Settings, able: Abilities, *, stand_in: bool) -> tuple[Plan | None, str | None]:
    """The plan of a plain file, and which plan is to be used; neither when no file is named."""
    if settings.plan is None:
        return None, None
    reading = SystemClock().read()
    now = reading.utc if reading.trusted else None
    found = plan_in(settings.plan, stand_in=stand_in)
    if isinstance(found, Plan):
        must_honour(found, able, now)
        return found, found.id
    kept = keep_signed(found, settings.data_dir / "keys", settings.data_dir / "rosters", datetime.now(UTC))
    must_honour(kept, able, now)
    return None, kept.id
