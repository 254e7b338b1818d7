"""The manifest: which networks there are, which member of which package each one is, and its pinned sha256."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.delivery import Item
from models.errors import ManifestInvalid
from models.packages import REGISTRY_NAMES, Archive

MANIFEST = Path(__file__).with_name("manifest.toml")
_NAME = re.compile(r"[a-z0-9_]+")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Network:
    """One network: where its file comes from, under which licence, and what goes in and out."""

    item: Item
    title: str
    licence: str
    origin: str
    input: str
    output: str

    @property
    def name(self) -> str:
        """The name the code knows it by."""
        return self.item.name


def load_manifest(path: Path = MANIFEST) -> tuple[Network, ...]:
    """Read the networks of a manifest, in its order. Raises :class:`ManifestInvalid` with the file and the key."""
    tables = read_tables(path)
    archives = load_archives(tables, path)
    networks = []
    for name, table in tables.get("network", {}).items():
        texts = {key: text(table, key, f"{path.name}: network.{name}") for key in ("title", "licence", "origin")}
        shapes = {key: text(table, key, f"{path.name}: network.{name}") for key in ("input", "output")}
        item = load_item(name, name + _suffix(table), table, archives, f"{path.name}: network.{name}")
        networks.append(Network(item=item, **texts, **shapes))
    if not networks:
        raise ManifestInvalid(f"{path.name}: no [network.NAME] tables")
    return tuple(networks)


def _suffix(table: Mapping[str, Any]) -> str:
    """A network's file keeps its kind: ONNX as such, all else is TFLite."""
    member = table.get("member")
    return ".onnx" if isinstance(member, list) and member and str(member[-1]).endswith(".onnx") else ".tflite"


def read_tables(path: Path) -> dict[str, Any]:
    """Parse a TOML data file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestInvalid(f"{path.name}: not readable as TOML ({error})") from error


def load_archives(tables: Mapping[str, Any], path: Path) -> dict[str, Archive]:
    """Read the ``[archive.NAME]`` tables that items point to."""
    archives = {}
    for name, table in tables.get("archive", {}).items():
        where = f"{path.name}: archive.{name}"
        registry = text(table, "registry", where)
        if registry not in REGISTRY_NAMES:
            raise ManifestInvalid(f"{where}.registry: {registry!r} is none of {', '.join(REGISTRY_NAMES)}")
        archives[name] = Archive(
            registry="npm" if registry == "npm" else "pypi",
            package=text(table, "package", where),
            version=text(table, "version", where),
            size=_size(table, where),
            sha256=_digest(table, where) if "sha256" in table else None,
        )
    return archives


def load_item(name: str, file: str, table: Mapping[str, Any], archives: Mapping[str, Archive], where: str) -> Item:
    """Read where one file comes from; ``name`` must be plain, since it becomes a file name."""
    if not _NAME.fullmatch(name):
        raise ManifestInvalid(f"{where}: a name has small letters, digits and _ only")
    archive = archives.get(text(table, "archive", where))
    if archive is None:
        raise ManifestInvalid(f"{where}.archive: no such [archive.{table['archive']}]")
    member = table.get("member")
    if not isinstance(member, list) or not member or not all(isinstance(part, str) for part in member):
        raise ManifestInvalid(f"{where}.member: expected a list of names, outermost first, found {member!r}")
    return Item(name, file, archive, tuple(member), _size(table, where), _digest(table, where))


def text(table: Mapping[str, Any], key: str, where: str) -> str:
    """Return a non-empty text. Raises :class:`ManifestInvalid`."""
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise ManifestInvalid(f"{where}.{key}: expected a text, found {value!r}")
    return value


def _size(table: Mapping[str, Any], where: str) -> int:
    value = table.get("bytes")
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ManifestInvalid(f"{where}.bytes: expected a positive number, found {value!r}")
    return value


def _digest(table: Mapping[str, Any], where: str) -> str:
    value = text(table, "sha256", where)
    if not _DIGEST.fullmatch(value):
        raise ManifestInvalid(f"{where}.sha256: expected 64 hex digits, found {value!r}")
    return value
