"""The examination of a station that is in use: everything that disturbs no visit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from appliance.doctor.examination import report
from appliance.doctor.finding import Finding, Outcome, found
from appliance.doctor.machine import machine_findings
from appliance.health.faults import fault_words
from appliance.portrait.measurement import Message
from firmware.ports import Clock, DeviceState, DeviceStatus, PowerMonitor

_OUTCOMES = {DeviceState.READY: Outcome.OK, DeviceState.FAILING: Outcome.FAIL, DeviceState.STARTING: Outcome.WARN}


def running_report(
    data_dir: Path, power: PowerMonitor, clock: Clock, statuses: Sequence[DeviceStatus]
) -> dict[str, Any]:
    """Machine and device states as `GET /api/doctor` gives them; some hundred milliseconds, most of them reading networks."""
    return report([*machine_findings(data_dir, power, clock), *(_state(status) for status in statuses)])


def _state(status: DeviceStatus) -> Finding:
    finding = found(
        "device", _OUTCOMES.get(status.state, Outcome.WARN), status.detail or str(status.state), status.name
    )
    told = fault_words(status)
    if finding.advice is None or told is None:
        return finding
    if status.advice:  # the driver's own, with the command to type
        told = Message(zh=f"{told.zh}（{status.advice}）", en=f"{told.en} ({status.advice})")
    return Finding(finding.name, finding.outcome, finding.title, finding.value, told)
