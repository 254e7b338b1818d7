"""What every kind of test may ask for: installed networks, and the development pictures when they are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import install

LONG = ("device", "e2e", "faults")  # few tests that take long
SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, random otherwise: a run in several processes must not end with one of them at work."""
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in LONG))


@pytest.fixture(scope="session")
def networks_dir() -> Path:
    """The folder of installed networks; skipped, with the command to type, where there are none."""
    missing = install.missing()
    if missing:
        pytest.skip(f"networks not installed: {', '.join(missing)}; type: station models install")
    return install.networks_dir()


@pytest.fixture(scope="session")
def shared_portraits() -> Path:
    """Labelled portraits for development; not part of the product."""
    folder = SHARED / "portraits"
    if not folder.is_dir():
        pytest.skip(f"no development portraits beside the checkout (looked for {folder})")
    return folder


@pytest.fixture(scope="session")
def shared_qr() -> Path:
    """Real pictures of QR codes with expected text; not part of the product."""
    folder = SHARED / "qr"
    if not folder.is_dir():
        pytest.skip(f"no development QR pictures beside the checkout (looked for {folder})")
    return folder
