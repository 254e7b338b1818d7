#!/usr/bin/env python3
"""Asks whether a locked package has a known vulnerability, and writes the software bill of materials (CycloneDX 1.6, JSON).

    .venv/bin/python provisioning/audit.py [--sbom FILE]

The bill is written from the lock file and the networks' manifest: every version with its hashes, no network asked. pip-audit
asks the package index for vulnerabilities; without an answer that is said, and is no failure. One that is listed with its reason
and an end in `known-vulnerabilities.toml` is said too. Exit code 1: a vulnerability that is not listed, or no longer.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ASKED = "requirements-dev.lock"  # holds every package of the other lock files, at the same version
SHIPPED = "requirements-device.lock"  # what a device runs
KNOWN = HERE / "known-vulnerabilities.toml"
PATIENCE = 150  # seconds for the package index
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def main() -> int:
    """The program."""
    parser = argparse.ArgumentParser(description="Vulnerabilities of the locked packages, and the bill of materials.")
    parser.add_argument("--sbom", type=Path, metavar="FILE", help="write the bill of materials here")
    given = parser.parse_args()
    if given.sbom is not None:
        bill = bill_of_materials(
            (HERE.parent / SHIPPED).read_text(), (HERE.parent / "models/manifest.toml").read_text()
        )
        given.sbom.parent.mkdir(parents=True, exist_ok=True)
        given.sbom.write_text(json.dumps(bill, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"audit: {len(bill['components'])} components in {given.sbom}")
    known = tomllib.loads(KNOWN.read_text(encoding="utf-8")).get("known", [])
    answer = asked(HERE.parent / ASKED)
    if answer is None:
        return 0
    new, excused = sorted_out(answer, known, datetime.datetime.now(datetime.UTC).date())
    for line in excused:
        print(f"audit: {line}")
    for line in new:
        print(f"audit: {line}", file=sys.stderr)
    print(f"audit: {len(answer['dependencies'])} packages asked, {len(new)} vulnerabilities not listed")
    return 1 if new else 0


def pinned(lock: str) -> list[tuple[str, str, list[str]]]:
    """Name, version and sha256 digests of every package in a lock file's text."""
    found: list[tuple[str, str, list[str]]] = []
    for line in lock.splitlines():
        if pin := _PIN.match(line):
            found.append((pin["name"], pin["version"], []))
        if found:
            found[-1][2].extend(_HASH.findall(line))
    return found


def bill_of_materials(lock: str, manifest: str) -> dict[str, Any]:
    """CycloneDX 1.6 (ECMA-424): the packages of a lock file and the networks of the manifest, with their digests."""
    packages = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name.lower()}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name.lower()}@{version}",
            # One file for each Python and machine: which of them a device installs is not known here.
            "externalReferences": [
                {
                    "type": "distribution",
                    "url": f"urn:sha256:{digest}",
                    "hashes": [{"alg": "SHA-256", "content": digest}],
                }
                for digest in digests
            ],
        }
        for name, version, digests in pinned(lock)
    ]
    networks = [
        {
            "type": "machine-learning-model",
            "bom-ref": f"network:{name}",
            "name": name,
            "hashes": [{"alg": "SHA-256", "content": entry["sha256"]}],
        }
        for name, entry in networks_of(tomllib.loads(manifest))
    ]
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": project["name"], "version": project["version"]}},
        "components": [*packages, *networks],
    }


def networks_of(manifest: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every table of the manifest that names a file by its digest."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name, entry in manifest.items():
        for place, one in enumerate(entry if isinstance(entry, list) else [entry]):
            if not isinstance(one, dict):
                continue
            if "sha256" in one:
                found.append((str(one.get("name") or one.get("file") or f"{name}-{place}"), one))
            else:
                found.extend(networks_of(one))
    return found


def asked(lock: Path) -> dict[str, Any] | None:
    """pip-audit's answer; `None`, with the reason said, where the package index did not give one."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip", "--require-hashes"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        print(f"audit: {lock.name}: not asked: no answer within {PATIENCE} s")
        return None
    except ValueError:
        lines = [line for line in done.stderr.strip().splitlines() if line.strip()] or ["no answer"]
        print(f"audit: {lock.name}: not asked: {lines[-1][:200]}")
        return None
    return answer


def sorted_out(
    answer: dict[str, Any], known: list[dict[str, Any]], today: datetime.date
) -> tuple[list[str], list[str]]:
    """What must be mended, and what is listed with a reason and still within its time."""
    new, excused = [], []
    for package in answer["dependencies"]:
        for found in package.get("vulns", []):
            names = {found["id"], *found.get("aliases", [])}
            entry = next((one for one in known if one["id"] in names and one["package"] == package["name"]), None)
            text = f"{package['name']} {package['version']}: {found['id']}"
            mended = ", ".join(found.get("fix_versions", [])) or "nothing yet"
            if entry is not None and entry["until"] >= today:
                excused.append(f"{text} is known until {entry['until']}: {entry['reason']}")
            else:
                new.append(
                    f"{text}, mended in {mended}: raise the version and type make lock, or list it in {KNOWN.name}"
                )
    return new, excused


if __name__ == "__main__":
    sys.exit(main())
