"""A pin that another process still holds when the station starts can be had as soon as it lets go."""

from __future__ import annotations

from typing import Any

import pytest

from firmware.lamps.pwm import GpioOutput, LampPins
from firmware.ports import DeviceFault, DeviceUnavailable

mock = pytest.importorskip("gpiozero.pins.mock", reason="gpiozero is installed on stations only")


class HeldElsewhere(mock.MockFactory):
    """Pins that the kernel does not give, as lgpio's are while an old process lives."""

    def __init__(self) -> None:
        super().__init__(pin_class=mock.MockPWMPin)
        self.held = True

    def pin(self, name: Any) -> Any:
        if self.held:
            raise OSError("GPIO busy")
        return super().pin(name)


def test_a_busy_pin_can_be_had_later():
    factory = HeldElsewhere()
    lamps = GpioOutput(LampPins(left=12, right=None, background=None), factory=factory)
    with pytest.raises(DeviceUnavailable, match="GPIO busy") as refused:
        lamps.open()
    factory.held = False
    lamps.open()
    lamps.close()
    assert refused.value.fault is DeviceFault.IN_USE
    assert refused.value.__cause__ is not None  # what was wrong is still told
