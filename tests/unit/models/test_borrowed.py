"""A machine without npm borrows it for one delivery: pinned, without root, and nothing of it stays."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from models.borrowed import Lender, lender
from models.delivery import deliver
from models.errors import DeliveryIncomplete

NODE, NPM = "lent/bin/node", "lent/npm/"


@pytest.fixture
def lent(shelf):
    """A wheel whose node runs the stand-in of npm, which stands in it as npm's program."""
    client = shelf.clients.npm[1]
    node = f'#!/bin/sh\nshift\nexec {sys.executable} {client} {shelf.folder} "$@"\n'
    members = {NODE: node.encode(), f"{NPM}bin/cli.js": b"npm", "lent/include/large.h": b"not needed"}
    return Lender(shelf.put("pypi", "node-wheel", members), NODE, NPM, f"{NPM}bin/cli.js")


@pytest.fixture
def without_npm(shelf, tmp_path):
    return replace(shelf.clients, npm=(str(tmp_path / "no-npm"),))


def test_npm_is_borrowed_once_and_given_back(shelf, make_item, lent, without_npm, tmp_path):
    one = shelf.put("npm", "faces", {"package/net": b"network"})
    two = shelf.put("npm", "@maker/hands", {"package/net": b"another"})
    items = [make_item(one, ("package/net",), b"network"), make_item(two, ("package/net",), b"another", "hands")]
    folder = tmp_path / "networks"
    assert deliver(items, folder, command="x", clients=without_npm, lent_by=lent) == ("eyes", "hands")
    assert shelf.calls == ["download node-wheel==1.0", "pack faces@1.0", "pack @maker/hands@1.0"]
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "eyes.tflite", "hands.tflite"]


def test_where_npm_is_there_nothing_is_borrowed(shelf, make_item, lent, tmp_path):
    archive = shelf.put("npm", "faces", {"package/net": b"network"})
    item = make_item(archive, ("package/net",), b"network")
    deliver([item], tmp_path / "networks", command="x", clients=shelf.clients, lent_by=lent)
    assert shelf.calls == ["pack faces@1.0"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"archive": {"sha256": "0" * 64}}, "sha256 is"),
        ({"node": "lent/bin/other"}, "no lent/bin/other"),
        ({"archive": {"version": "9.9"}}, "left no"),
    ],
)
def test_what_is_not_as_pinned_is_not_run(shelf, make_item, lent, without_npm, tmp_path, change, says):
    archive = shelf.put("npm", "faces", {"package/net": b"network"})
    item = make_item(archive, ("package/net",), b"network")
    spoilt = replace(lent, archive=replace(lent.archive, **change.pop("archive", {})), **change)
    with pytest.raises(DeliveryIncomplete) as caught:
        deliver([item], tmp_path / "networks", command="x", clients=without_npm, lent_by=spoilt)
    assert says in str(caught.value)
    assert "sudo apt-get install -y --no-install-recommends npm" in str(caught.value)
    assert not any(call.startswith("pack") for call in shelf.calls)


def test_both_kinds_of_device_have_a_lender_and_others_are_told_what_to_type():
    names = {machine: lender(machine) for machine in ("x86_64", "aarch64", "riscv64")}
    assert names["riscv64"] is None
    pins = {found.archive.sha256 for machine, found in names.items() if found is not None}
    assert len(pins) == 2
    assert all(len(pin) == 64 for pin in pins)
