"""Keeps an eye on the running station: its health list, and whether the program must end by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from appliance.devices import Devices
from appliance.health.gather import HealthWatch
from appliance.health.judging import Readings
from appliance.health.policy import BatteryPolicy, Ending, RestartPolicy
from appliance.portrait.measurement import Message
from appliance.visit.notices import Notice
from firmware.ports import DeviceState, PowerReading

log = structlog.get_logger(__name__)

TOLD_FOR = 1.5  # seconds the tablets have to show why the station goes away


class Wellbeing:
    """`tell` shows a notice on the tablets, `publish` sends the health list; `last_frame_at` is of the monotonic clock."""

    def __init__(
        self,
        devices: Devices,
        data_dir: Path,
        shutdown_percent: float,
        *,
        last_frame_at: Callable[[], float | None],
        lamp_missing: Callable[[], bool | None],
        calibration_age_d: Callable[[], float | None],
        stopped: Callable[[], bool],
        tell: Callable[[Notice], None],
        publish: Callable[[list[dict[str, Any]]], None],
        record: Callable[..., None],
    ) -> None:
        self._devices = devices
        self._last_frame_at = last_frame_at
        self._lamp_missing = lamp_missing
        self._calibration_age_d = calibration_age_d
        self._stopped = stopped
        self._tell = tell
        self._record = record
        self._restart = RestartPolicy()
        self._end: Callable[[], None] = lambda: None
        self.ending = Ending.STOPPED
        self.health = HealthWatch(
            devices.power,
            devices.clock,
            data_dir,
            BatteryPolicy(shutdown_percent),
            more=self._own,
            publish=publish,
            empty=self._battery_empty,
        )

    def ends_with(self, end: Callable[[], None]) -> None:
        """Call `end` when the program must end; it returns at once. `ending` says why."""
        self._end = end

    def look(self) -> None:
        """One look at everything; called from a thread of its own, twice a second."""
        self.health.look()
        camera, *others = self._devices.statuses()
        failing = self._restart.look(camera, others, had_frames=self._last_frame_at() is not None)
        if failing is not None:
            self._finish(
                Ending.RESTART,
                f"{failing.name}: {failing.detail}",
                Message(
                    zh=f"{failing.name} 重新打开多次仍失败，本机程序将自动重启，请稍候约 20 秒",
                    en=f"{failing.name} could not be reopened; the station restarts itself, wait some 20 seconds",
                ),
            )

    def revoked(self) -> None:
        """The platform took the station's keys back: it serves nobody any more, and does not start again."""
        self._finish(
            Ending.RESTART,
            "revoked by the platform",
            Message(
                zh="平台已停用本机，密钥已清除，不能再拍摄；请联系管理员。已拍的照片仍可由平台打开",
                en="the platform revoked this station and its keys are wiped: ask the administrator; "
                "what was captured can still be opened by the platform",
            ),
        )

    def _own(self, readings: Readings) -> Readings:
        """What only the running station knows."""
        seen = self._last_frame_at()
        starting = self._devices.camera.status().state is DeviceState.STARTING
        age = None if seen is None or starting else max(0.0, self._devices.clock.monotonic() - seen)
        return replace(
            readings,
            frame_age_s=age,
            lamp_missing=self._lamp_missing(),
            calibration_age_d=self._calibration_age_d(),
            stopped=self._stopped(),
        )

    def _battery_empty(self, power: PowerReading) -> None:
        charge = power.battery_percent or 0.0
        self._finish(
            Ending.POWER_OFF,
            f"battery at {charge:.0f} %",
            Message(
                zh=f"电池只剩 {charge:.0f}%，本机正在有序关机；已确认的照片都已保存，接上电源后再开机",
                en=f"battery at {charge:.0f} %: switching off in good order; accepted photos are safe, plug in and start again",
            ),
        )

    def _finish(self, ending: Ending, why: str, message: Message) -> None:
        if self.ending is not Ending.STOPPED:
            return
        self.ending = ending
        log.error("station.ending", ending=ending.name, why=why)
        self._record("station.ending", ending=ending.name.lower(), why=why)
        self._tell(Notice(f"ending-{ending.name.lower().replace('_', '-')}", "error", message))
        time.sleep(TOLD_FOR)
        self._end()
