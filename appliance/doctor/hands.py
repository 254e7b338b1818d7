"""What needs a hand: a code held up, a button pressed, a light looked at. Each with a time limit."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator, Sequence
from typing import Protocol

from appliance.doctor.finding import Finding, Outcome, found
from appliance.portrait.measurement import Message
from firmware.ports import (
    Camera,
    CodeScan,
    CodeScanner,
    DeviceError,
    DeviceState,
    FrameScanner,
    Indicator,
    Pattern,
    Trigger,
    TriggerEvent,
)

READY_WITHIN = 4.0  # seconds; finding a serial scanner's speed takes the longest
SHOWN_FOR = 0.4  # seconds each pattern of the light is shown


class Helper(Protocol):
    """Who holds the code and presses the button: a person who reads what to do, or the stand-in's own hands."""

    def ask(self, what: Message, seconds: float) -> None:
        """Say what to do now."""
        ...

    def hold_code(self) -> None:
        """Hold any QR code before camera or scanner."""
        ...

    def press(self) -> None:
        """Step on the foot switch."""
        ...

    def done(self) -> None:
        """Put the code away."""
        ...


def code_findings(scanners: Sequence[CodeScanner], camera: Camera, helper: Helper, seconds: float) -> Iterator[Finding]:
    """Starts the scanners; waits at most `seconds` for a code on any of them. Leaves them stopped."""
    scans: queue.Queue[CodeScan] = queue.Queue(maxsize=64)
    try:
        for scanner in scanners:
            yield _ready(scanner, scans)
        if seconds <= 0:
            yield found("code", Outcome.SKIPPED, "not waited for")
            return
        helper.ask(
            Message("请把任意二维码放到镜头或扫码器前", "hold any QR code before the camera or scanner"), seconds
        )
        helper.hold_code()
        yield _read(scanners, camera, scans, seconds)
    finally:
        helper.done()
        for scanner in scanners:
            scanner.stop()


def button_finding(trigger: Trigger, helper: Helper, seconds: float) -> Finding:
    """Waits at most `seconds` for a press. Leaves the trigger stopped."""
    pressed: queue.Queue[TriggerEvent] = queue.Queue(maxsize=64)
    begun = time.monotonic()
    try:
        trigger.start(lambda event: _put(pressed, event))
        if seconds <= 0:
            return found("button", Outcome.SKIPPED, "not waited for")
        helper.ask(Message("请踩一下脚踏开关或按快门按钮", "press the foot switch or shutter button"), seconds)
        helper.press()
        event = pressed.get(timeout=seconds)
        return found("button", Outcome.OK, f"{event} after {time.monotonic() - begun:.1f} s")
    except queue.Empty:
        return found("button", Outcome.WARN, f"no press within {seconds:g} s")
    except DeviceError as error:
        return found("button", Outcome.FAIL, str(error))
    finally:
        trigger.stop()


def indicator_finding(indicator: Indicator) -> Finding:
    """Shows every pattern in turn. Leaves the light dark."""
    try:
        indicator.start()
        for pattern in Pattern:
            indicator.show(pattern)
            time.sleep(SHOWN_FOR)
        status = indicator.status()
    except DeviceError as error:
        return found("indicator", Outcome.FAIL, str(error))
    finally:
        indicator.stop()
    shown = status.state is DeviceState.READY
    return found(
        "indicator", Outcome.OK if shown else Outcome.FAIL, status.detail or "ready, judging, attention, fault"
    )


def _ready(scanner: CodeScanner, scans: queue.Queue[CodeScan]) -> Finding:
    name = scanner.status().name
    try:
        scanner.start(lambda scan: _put(scans, scan))
        end = time.monotonic() + READY_WITHIN
        while scanner.status().state is DeviceState.STARTING and time.monotonic() < end:
            time.sleep(0.05)
        status = scanner.status()
    except DeviceError as error:
        return found("scanner", Outcome.FAIL, str(error), name)
    failing = status.state is DeviceState.FAILING
    return found("scanner", Outcome.FAIL if failing else Outcome.OK, status.detail or str(status.state), name)


def _read(scanners: Sequence[CodeScanner], camera: Camera, scans: queue.Queue[CodeScan], seconds: float) -> Finding:
    eyes = [scanner for scanner in scanners if isinstance(scanner, FrameScanner)]
    begun, seen, unreadable = time.monotonic(), -1, False
    while time.monotonic() - begun < seconds:
        if eyes:
            try:
                frame = camera.next_preview(seen, timeout=1.0)
            except DeviceError as error:
                return found("code", Outcome.FAIL, str(error))
            seen = frame.sequence
            for scanner in eyes:
                scanner.offer(frame)
        try:
            scan = scans.get(timeout=0.001 if eyes else 0.1)
        except queue.Empty:
            continue
        if scan.payload is not None:
            waited = time.monotonic() - begun
            return found("code", Outcome.OK, f"{len(scan.payload)} characters by {scan.scanner} after {waited:.1f} s")
        unreadable = True
    return found(
        "code", Outcome.WARN, "a code was seen but not read" if unreadable else f"no code within {seconds:g} s"
    )


def _put(waiting: queue.Queue[CodeScan] | queue.Queue[TriggerEvent], item: CodeScan | TriggerEvent) -> None:
    """Listeners must return at once: what does not fit is dropped."""
    if not waiting.full():
        waiting.put_nowait(item)  # type: ignore[arg-type]
