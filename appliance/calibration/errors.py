"""What a calibration step refuses."""

from __future__ import annotations

from appliance.portrait.measurement import Message


class CalibrationRefused(ValueError):
    """What was shown is not what the step needs, or a device cannot do it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.message = Message(zh=zh, en=en)
