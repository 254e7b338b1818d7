"""gpiozero's pins that only remember."""

from __future__ import annotations

from typing import Any

import pytest


def mock_pins() -> Any:
    """gpiozero's mock pins."""
    mock = pytest.importorskip("gpiozero.pins.mock", reason="gpiozero is installed on stations only")
    return mock.MockFactory(pin_class=mock.MockPWMPin)
