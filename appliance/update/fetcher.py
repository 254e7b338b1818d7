"""Looks on sticks and on the network, takes the newest proven bundle into the spool, and says how far it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2

from appliance.release.bundle import bundle_name, signed_manifest, verify_bundle
from appliance.release.documents import remove_document, sync_folder
from appliance.release.errors import BundleRefused
from appliance.release.keys import trusted_keys
from appliance.release.manifest import Manifest
from appliance.release.versions import Standing, is_newer, must_follow
from appliance.update.download import TIMEOUT, Offered, fetch, latest
from appliance.update.spool import Found, Spool
from appliance.update.sticks import bundles_on

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Network:
    """Where releases are announced; `may_use` says whether so many bytes may be fetched over the present link."""

    index: str
    may_use: Callable[[], bool]
    client: Callable[[], httpx2.Client] = lambda: httpx2.Client(timeout=TIMEOUT, follow_redirects=False)


class Fetcher:
    """One look at a time. `standing` is what runs; bundles are proven by the keys in `Spool.places.keys`."""

    def __init__(self, spool: Spool, standing: Standing, *, folders: Sequence[Path], network: Network | None) -> None:
        self._spool, self._standing, self._folders, self._network = spool, standing, folders, network
        self._trusted = trusted_keys([spool.places.keys])
        self._told = -1

    def look(self) -> Found:
        """Look everywhere; what is ready, or why not. It is in `found.json` too, at every step."""
        if self._spool.folder.is_dir():
            remove_document(self._spool.folder / "look.json")
        try:
            found = self._from_sticks() or self._from_network() or self._kept()
        except BundleRefused as refused:
            found = Found("failed", message=refused.message)
        except httpx2.HTTPError as error:
            message = {
                "zh": f"网络下载中断（{error}），稍后会接着下载",
                "en": f"the download broke off ({error}); it goes on later",
            }
            found = replace(self._kept(), message=message)
        except OSError as error:
            message = {"zh": f"读写失败：{error.strerror}", "en": f"reading or writing failed: {error.strerror}"}
            found = Found("failed", message=message)
        return self._say(found)

    def take(self, path: Path, *, downgrade: bool = False) -> Found:
        """Take the bundle at `path` into the spool, proven. Raises `BundleRefused`, `OSError`."""
        with path.open("rb") as file:
            manifest = signed_manifest(file, self._trusted)
        must_follow(manifest, self._standing, downgrade=downgrade)
        kept = self._spool.bundles / bundle_name(manifest.version)
        if path != kept:
            self._copy(path, kept.with_suffix(".part"))
        return self._say(self._proven(kept.with_suffix(".part") if path != kept else kept, manifest, "stick"))

    def _from_sticks(self) -> Found | None:
        """The newest of the bundles that may follow. A refused one is told of only when there is no better."""
        best: tuple[tuple[str, int], Path] | None = None
        refused: BundleRefused | None = None
        for path in bundles_on(self._folders):
            try:
                with path.open("rb") as file:
                    manifest = signed_manifest(file, self._trusted)
                must_follow(manifest, self._standing)
            except BundleRefused as error:
                refused = error
                continue
            newer = best is None or is_newer(manifest, Standing(*best[0]))
            if is_newer(manifest, self._standing) and newer:
                best = (manifest.version, manifest.serial), path
        if best is not None:
            return self.take(best[1])
        if refused is not None:
            raise refused
        return None

    def _from_network(self) -> Found | None:
        if self._network is None:
            return None
        if not self._network.may_use():
            message = {
                "zh": "当前是按流量计费的网络，不下载更新；接上不计费的网络或用 U 盘",
                "en": "this link costs by the byte, so nothing is fetched: connect another, or use a stick",
            }
            return replace(self._kept(), message=message)
        with self._network.client() as client:
            offered = latest(client, self._network.index)
            kept = self._spool.bundles / bundle_name(offered.version)
            if offered.version == self._standing.version or kept.is_file():
                return None
            return self._fetched(client, offered, kept.with_suffix(".part"))

    def _fetched(self, client: httpx2.Client, offered: Offered, part: Path) -> Found | None:
        self._make_room(part)
        self._progress("fetching", 0.0)
        fetch(client, offered, part, lambda done: self._progress("fetching", done))
        try:
            with part.open("rb") as file:
                manifest = signed_manifest(file, self._trusted)
            must_follow(manifest, self._standing)
        except BundleRefused:
            part.unlink()
            raise
        return self._proven(part, manifest, "network") if is_newer(manifest, self._standing) else None

    def _kept(self) -> Found:
        """What was found before and is still there."""
        before = self._spool.found()
        offer = before.offer
        if offer is None or offer["version"] == self._standing.version:
            return Found()
        return Found("ready", offer) if (self._spool.bundles / offer["file"]).is_file() else Found()

    def _copy(self, path: Path, part: Path) -> None:
        self._make_room(part)
        size, done = max(1, path.stat().st_size), 0
        with path.open("rb") as source, part.open("wb") as file:
            while piece := source.read(_PIECE):
                file.write(piece)
                done += len(piece)
                self._progress("fetching", done / size)

    def _proven(self, part: Path, manifest: Manifest, source: str) -> Found:
        """Read every byte of the copy; only then it gets its name."""
        try:
            with part.open("rb") as file:
                verify_bundle(file, self._trusted, lambda done: self._progress("verifying", done))
                os.fsync(file.fileno())
        except BundleRefused:
            part.unlink()
            raise
        kept = self._spool.bundles / bundle_name(manifest.version)
        part.chmod(0o644)
        part.replace(kept)
        sync_folder(kept.parent)
        offer = {"version": manifest.version, "notes": dict(manifest.notes), "size_bytes": kept.stat().st_size}
        return Found("ready", {**offer, "source": source, "file": kept.name})

    def _make_room(self, part: Path) -> None:
        """One bundle is kept, and one that comes."""
        self._spool.bundles.mkdir(parents=True, exist_ok=True)
        for other in self._spool.bundles.iterdir():
            if other != part:
                other.unlink()

    def _progress(self, state: str, part: float) -> None:
        hundredth = int(part * 100)
        if hundredth != self._told:
            self._told = hundredth
            self._say(Found(state, progress=round(part, 2)))

    def _say(self, found: Found) -> Found:
        found = replace(found, after=self._spool.last())
        self._spool.say(found)
        return found
