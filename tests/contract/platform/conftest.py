"""Platform and station fixtures, shared with other folders."""

from __future__ import annotations

import os

import pytest
from after_fixtures import after
from platform_fixtures import client, counterpart, identity, ledger, platform_process
from storage_fixtures import Storage, postgres, seaweed, shared_storage

__all__ = [
    "after",
    "client",
    "counterpart",
    "identity",
    "ledger",
    "platform_process",
    "postgres",
    "seaweed",
    "shared_storage",
]

OVER_BOTH = (
    "test_hand_over",
    "test_orders",
    "test_payment_pages",
    "test_review_desk",
    "test_reviews_and_reports",
    "test_rosters_events_health",
    "test_tus_protocol",
)
# STATION_STORAGE=folder: everything over SQLite and a folder but `test_storage.py`, which asks each kind of storage by itself.
# What is more of the station than of the platform: over both with STATION_STORAGE=both, which takes half a minute more.
IF_ASKED = (
    "test_after_the_hand_over",
    "test_archive_on_a_stick",
    "test_outbox_delivers",
    "test_stations_and_metrics",
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What the contract says of a capture's way, fees, reviews and the way back holds whatever the platform stands on."""
    both = {"both": OVER_BOTH + IF_ASKED, "folder": ()}.get(os.environ.get("STATION_STORAGE", ""), OVER_BOTH)
    if metafunc.module.__name__.rpartition(".")[2] in both and "counterpart" in metafunc.fixturenames:
        metafunc.fixturenames.append("storage")
        metafunc.parametrize("storage", ["sqlite and folder", "postgresql and s3"], indirect=True)


@pytest.fixture
def storage(request: pytest.FixtureRequest) -> Storage:
    """Where the platform of a test keeps things."""
    shared: Storage = Storage() if request.param == "sqlite and folder" else request.getfixturevalue("shared_storage")
    return shared
