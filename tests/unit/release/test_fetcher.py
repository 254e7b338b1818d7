"""Bundles on sticks and from the network: the newest that may follow is taken, proven, and nothing else is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from bundle_fixtures import Publisher, bundle_of, manifest_of

from appliance.release.keys import key_line
from appliance.release.places import Places
from appliance.release.versions import Standing
from appliance.update.fetcher import Fetcher, Network
from appliance.update.spool import Spool
from appliance.update.sticks import bundles_on, mounted_folders

PUBLISHER, STRANGER = Publisher(1), Publisher(2)
HERE = Standing("0.1.0-aaaaaaaa", 1, "x86_64", "3.11")
INDEX = "https://releases.example/latest.json"


class Shop:
    """A publisher's server: what it serves, and what it was asked."""

    def __init__(self, bundle: bytes, version: str = "0.2.0-11112222") -> None:
        self.bundle, self.asked = bundle, []  # type: ignore[var-annotated]
        self.index = {"version": version, "file": "a.bundle", "size_bytes": len(bundle)}
        self.breaks_after: int | None = None
        self.ranges = True

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        wanted = request.headers.get("Range")
        self.asked.append((request.url.path, wanted))
        if request.url.path == "/latest.json":
            return httpx2.Response(200, content=json.dumps(self.index).encode())
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.ranges else 0
        body = self.bundle[start:]
        if self.breaks_after is not None:
            body = body[: self.breaks_after]
        return httpx2.Response(206 if start else 200, content=body)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    places = Places(tmp_path / "root")
    (places.spool / "bundles").mkdir(parents=True)
    places.keys.mkdir(parents=True)
    (places.keys / "a.pub").write_text(key_line(PUBLISHER.public, "a"))
    return Spool(places.spool, places)


def fetcher(spool: Spool, *folders: Path, shop: Shop | None = None, may: Callable[[], bool] = lambda: True) -> Fetcher:
    network = None
    if shop is not None:
        network = Network(INDEX, may, lambda: httpx2.Client(transport=httpx2.MockTransport(shop)))
    return Fetcher(spool, HERE, folders=folders, network=network)


def put(stick: Path, name: str, data: bytes) -> None:
    stick.mkdir(exist_ok=True)
    (stick / name).write_bytes(data)


def test_the_newest_on_the_stick_is_taken_and_proven(spool: Spool, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    for version in ("0.2.0-11112222", "0.3.0-33334444", "0.0.9-00000000"):
        put(stick, f"{version}.bundle", bundle_of(tmp_path / "made", PUBLISHER, manifest_of(version=version)))
    put(stick, "other.bundle", bundle_of(tmp_path / "made", STRANGER, manifest_of(version="9.9.9-99999999")))
    (spool.bundles / "left.part").write_bytes(b"of another time")
    spool.want_look()
    found = fetcher(spool, stick).look()
    assert (found.state, found.offer and found.offer["version"]) == ("ready", "0.3.0-33334444")
    assert [path.name for path in spool.bundles.iterdir()] == ["capture-station-0.3.0-33334444.bundle"]
    assert spool.found() == found
    assert not (spool.folder / "look.json").exists()
    stick_gone = fetcher(spool).look()
    assert stick_gone.offer == found.offer  # it was copied; the stick may go


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: bundle_of(folder, STRANGER), "no trusted key"),
        (lambda folder: bundle_of(folder, PUBLISHER, manifest_of(machines=("aarch64",))), "for aarch64"),
        (lambda folder: b"no archive at all" * 300, "damaged"),
        (lambda folder: bundle_of(folder, PUBLISHER)[:-700], "damaged"),
    ],
)
def test_what_must_not_be_installed_is_refused_with_its_reason(
    spool: Spool, tmp_path: Path, make: Callable[[Path], bytes], said: str
) -> None:
    put(tmp_path / "stick", "a.bundle", make(tmp_path / "made"))
    found = fetcher(spool, tmp_path / "stick").look()
    assert (found.state, found.offer) == ("failed", None)
    assert said in (found.message or {})["en"]
    assert list(spool.bundles.iterdir()) == []


def test_a_download_goes_on_where_it_broke_off(spool: Spool, tmp_path: Path) -> None:
    data = bundle_of(tmp_path / "made", PUBLISHER)
    shop = Shop(data)
    shop.breaks_after = 2000
    found = fetcher(spool, shop=shop).look()
    assert (found.state, found.offer) == ("idle", None)
    assert "broke off" in (found.message or {})["en"]
    shop.breaks_after = None
    found = fetcher(spool, shop=shop).look()
    assert (found.state, found.offer and found.offer["source"]) == ("ready", "network")
    assert shop.asked[-1] == ("/a.bundle", "bytes=2000-")
    asked = len(shop.asked)
    fetcher(spool, shop=shop).look()
    assert len(shop.asked) == asked + 1  # only the index: the bundle is here


def test_a_server_that_begins_anew_is_followed(spool: Spool, tmp_path: Path) -> None:
    shop = Shop(bundle_of(tmp_path / "made", PUBLISHER))
    shop.breaks_after = 2000
    fetcher(spool, shop=shop).look()
    shop.breaks_after, shop.ranges = None, False
    assert fetcher(spool, shop=shop).look().state == "ready"


def test_a_link_that_costs_is_not_used(spool: Spool, tmp_path: Path) -> None:
    shop = Shop(bundle_of(tmp_path / "made", PUBLISHER))
    found = fetcher(spool, shop=shop, may=lambda: False).look()
    assert (found.offer, shop.asked) == (None, [])
    assert "流量" in (found.message or {})["zh"]


@pytest.mark.parametrize(
    "index",
    [
        {"version": "0.2.0-11112222", "file": "http://elsewhere.example/a.bundle", "size_bytes": 10},
        {"version": "../x", "file": "a.bundle", "size_bytes": 10},
        {"version": "0.2.0-11112222", "file": "a.bundle", "size_bytes": 10**12},
        {"version": "0.2.0-11112222"},
        [],
    ],
)
def test_an_index_that_makes_no_sense_is_refused(spool: Spool, index: object) -> None:
    shop = Shop(b"x")
    shop.index = index  # type: ignore[assignment]
    found = fetcher(spool, shop=shop).look()
    assert (found.state, len(shop.asked)) == ("failed", 1)


def test_more_than_was_said_is_thrown_away(spool: Spool, tmp_path: Path) -> None:
    shop = Shop(bundle_of(tmp_path / "made", PUBLISHER))
    shop.index["size_bytes"] = 1000
    found = fetcher(spool, shop=shop).look()
    assert found.state == "failed"
    assert "not the 1000 bytes" in (found.message or {})["en"]


def test_sticks_are_looked_for_where_they_are_mounted(tmp_path: Path) -> None:
    for place in ("media/stick", "media/user/STICK/capture-station", "mnt", "srv/no"):
        put_in = tmp_path / place
        put_in.mkdir(parents=True)
        (put_in / "a.bundle").write_bytes(b"")
    found = [str(path.relative_to(tmp_path)) for path in bundles_on(list(mounted_folders(tmp_path)))]
    assert found == ["media/stick/a.bundle", "media/user/STICK/capture-station/a.bundle", "mnt/a.bundle"]
