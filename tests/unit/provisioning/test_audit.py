"""The bill of materials names what is locked; a vulnerability fails unless it is listed, with a reason and still in time."""

from __future__ import annotations

import datetime
import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
TODAY = datetime.date(2026, 6, 1)


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit_program", ROOT / "provisioning/audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_bill_names_every_locked_package_and_network_with_its_digests(audit: ModuleType) -> None:
    lock = (ROOT / audit.SHIPPED).read_text()
    manifest = (ROOT / "models/manifest.toml").read_text()
    bill = audit.bill_of_materials(lock, manifest)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    packages = {part["name"]: part for part in bill["components"] if part["type"] == "library"}
    assert len(packages) == len(re.findall(r"^[A-Za-z0-9].*==", lock, re.M)) - _twice(lock)
    assert packages["fastapi"]["purl"].startswith("pkg:pypi/fastapi@")
    assert all(
        re.fullmatch(r"[0-9a-f]{64}", r["hashes"][0]["content"]) for r in packages["fastapi"]["externalReferences"]
    )
    networks = [part for part in bill["components"] if part["type"] == "machine-learning-model"]
    assert len(networks) == manifest.count("\nsha256 = ")
    refs = [part["bom-ref"] for part in bill["components"]]
    assert len(set(refs)) == len(refs)


def _twice(lock: str) -> int:
    """Packages that are locked at one version for some Pythons and at another for the rest."""
    names = re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.M)
    return len(names) - len(set(names))


def answer(**vulnerability: Any) -> dict[str, Any]:
    return {
        "dependencies": [
            {"name": "example", "version": "1.0", "vulns": [vulnerability]},
            {"name": "sound", "version": "2"},
        ]
    }


FOUND = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["1.1"]}
LISTED = {"id": "CVE-2026-1", "package": "example", "until": TODAY, "reason": "no server here"}


def test_a_vulnerability_that_is_not_listed_fails_and_says_what_mends_it(audit: ModuleType) -> None:
    new, excused = audit.sorted_out(answer(**FOUND), [], TODAY)
    assert excused == []
    assert "example 1.0: PYSEC-2026-1, mended in 1.1" in new[0]


def test_a_listed_one_is_excused_by_any_of_its_names_until_its_day(audit: ModuleType) -> None:
    new, excused = audit.sorted_out(answer(**FOUND), [LISTED], TODAY)
    assert (new, len(excused)) == ([], 1)
    assert "no server here" in excused[0]
    assert len(audit.sorted_out(answer(**FOUND), [LISTED], TODAY + datetime.timedelta(days=1))[0]) == 1
    assert len(audit.sorted_out(answer(**FOUND), [LISTED | {"package": "other"}], TODAY)[0]) == 1


def test_the_committed_list_has_reasons_and_ends() -> None:
    listed = tomllib.loads((ROOT / "provisioning/known-vulnerabilities.toml").read_text()).get("known", [])
    assert all(entry["reason"] and isinstance(entry["until"], datetime.date) for entry in listed)
