"""`python -m firmware.lamps`: make dark what a dead process left burning. The service runs it after every end, however it came."""

from __future__ import annotations

from firmware.lamps.kernel_pwm import darken

if __name__ == "__main__":
    darken()
