"""The whole examination, in the order in which one thing needs the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from appliance.devices import Devices
from appliance.doctor.eyes import camera_findings
from appliance.doctor.finding import Finding, Outcome
from appliance.doctor.hands import Helper, button_finding, code_findings, indicator_finding
from appliance.doctor.lights import lamp_findings
from appliance.doctor.machine import machine_findings
from firmware.ports import Camera, DeviceState


def examine(devices: Devices, data_dir: Path, helper: Helper, seconds: float) -> Iterator[Finding]:
    """Every finding, as it is known; `seconds` is how long to wait for each hand. The devices are stopped and dark at the end."""
    yield from machine_findings(data_dir, devices.power, devices.clock)
    camera = devices.camera
    try:
        yield from camera_findings(camera)
        if _sees(camera):
            yield from lamp_findings(devices.lamps, camera, driven=devices.lamps_driven)
        yield from code_findings(devices.scanners, camera, helper, seconds)
        yield button_finding(devices.trigger, helper, seconds)
        yield indicator_finding(devices.indicator)
    finally:
        devices.lamps.stop()
        camera.stop()


def report(findings: Sequence[Finding]) -> dict[str, Any]:
    """The examination as one JSON document; `outcome` is the worst of all."""
    order = (Outcome.FAIL, Outcome.WARN, Outcome.OK)
    worst = next((outcome for outcome in order if any(f.outcome is outcome for f in findings)), Outcome.OK)
    return {"outcome": str(worst), "findings": [finding.as_dict() for finding in findings]}


def _sees(camera: Camera) -> bool:
    return camera.status().state is DeviceState.READY
