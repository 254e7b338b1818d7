"""What is put in place is exactly what is pinned; everything else is refused and named."""

from __future__ import annotations

import dataclasses
import os
import threading

import pytest

from models.delivery import Unwatched, deliver
from models.errors import DeliveryIncomplete

OFFLINE = "npm error code ENOTFOUND\nFailed to establish a new connection\n"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "networks"


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def test_one_fetch_serves_every_member_of_an_archive(shelf, folder, make_item):
    archive = shelf.put("pypi", "faces", {"a": b"first", "b": b"second"})
    items = [make_item(archive, ("a",), b"first", "one"), make_item(archive, ("b",), b"second", "two")]
    assert deliver(items, folder, command="again", clients=shelf.clients) == ("one", "two")
    assert (folder / "two.tflite").read_bytes() == b"second"
    assert shelf.calls == ["download faces==1.0"]


def test_what_is_in_place_is_not_fetched_again(shelf, folder, make_item):
    items = [make_item(shelf.put("npm", "faces", {"a": b"data"}), ("a",), b"data")]
    deliver(items, folder, command="again", clients=shelf.clients)
    shelf.refuse("pack", OFFLINE)
    assert deliver(items, folder, command="again", clients=shelf.clients) == ()
    assert len(shelf.calls) == 1


def test_a_damaged_file_of_the_right_size_is_replaced(shelf, folder, make_item):
    item = make_item(shelf.put("pypi", "faces", {"a": b"data"}), ("a",), b"data")
    deliver([item], folder, command="again", clients=shelf.clients)
    (folder / item.file).write_bytes(b"dat4")
    assert item.present(folder)
    assert not item.intact(folder)
    assert deliver([item], folder, command="again", clients=shelf.clients) == ("eyes",)
    assert item.intact(folder)


def test_an_archive_with_another_sha256_is_not_opened(shelf, folder, make_item):
    archive = dataclasses.replace(shelf.put("pypi", "faces", {"a": b"data"}), sha256="0" * 64)
    with pytest.raises(DeliveryIncomplete, match="pinned is 0000") as caught:
        deliver([make_item(archive, ("a",), b"data")], folder, command="again", clients=shelf.clients)
    assert caught.value.missing == ("eyes",)
    assert names(folder) == []


def test_a_member_with_another_sha256_is_not_written(shelf, folder, make_item):
    archive = dataclasses.replace(shelf.put("pypi", "faces", {"a": b"evil"}), sha256=None)
    with pytest.raises(DeliveryIncomplete, match="sha256 is"):
        deliver([make_item(archive, ("a",), b"good")], folder, command="again", clients=shelf.clients)
    assert names(folder) == []


@pytest.mark.parametrize("trick", ["../outside", "../../outside", "/tmp/outside-of-everything", "a/../../outside"])
def test_names_in_an_archive_lead_nowhere(shelf, folder, make_item, trick):
    archive = shelf.put("pypi", "faces", {trick: b"data", "other/../../x": b"more"})
    deliver([make_item(archive, (trick,), b"data")], folder, command="again", clients=shelf.clients)
    assert names(folder) == ["eyes.tflite"]
    assert sorted(path.name for path in folder.parent.iterdir()) == ["networks", "shelf"]


def test_one_archive_that_fails_does_not_stop_the_others(shelf, folder, make_item):
    good, bad = shelf.put("pypi", "good", {"a": b"data"}), shelf.put("npm", "bad", {"b": b"more"})
    items = [make_item(bad, ("b",), b"more", "two"), make_item(good, ("a",), b"data", "one")]
    shelf.refuse("pack", OFFLINE)
    with pytest.raises(DeliveryIncomplete) as caught:
        deliver(items, folder, command="station models install", clients=shelf.clients)
    assert caught.value.missing == ("two",)
    assert names(folder) == ["one.tflite"]
    assert "connect this machine to the network and type: station models install" in caught.value.advice
    assert "bad-1.0.tgz" in caught.value.advice


def test_a_registry_that_does_not_answer_is_asked_once(shelf, folder, make_item):
    archives = [shelf.put("pypi", f"faces{n}", {"a": bytes([n])}) for n in range(3)]
    items = [make_item(archive, ("a",), bytes([n]), f"net{n}") for n, archive in enumerate(archives)]
    shelf.refuse("download", OFFLINE)
    with pytest.raises(DeliveryIncomplete) as caught:
        deliver(items, folder, command="again", clients=shelf.clients)
    assert len(shelf.calls) == 1
    assert caught.value.missing == ("net0", "net1", "net2")


def test_from_a_folder_no_client_is_run(shelf, folder, make_item):
    item = make_item(shelf.put("npm", "@maker/faces", {"a": b"data"}), ("a",), b"data")
    shelf.refuse("pack", OFFLINE)
    assert deliver([item], folder, command="again", source=shelf.folder, clients=shelf.clients) == ("eyes",)
    assert shelf.calls == []


def test_from_a_folder_that_lacks_the_archive(shelf, folder, make_item, tmp_path):
    item = make_item(shelf.put("npm", "@maker/faces", {"a": b"data"}), ("a",), b"data")
    with pytest.raises(DeliveryIncomplete, match=r"put maker-faces-1\.0\.tgz into"):
        deliver([item], folder, command="again", source=tmp_path, clients=shelf.clients)


def test_without_the_client_the_advice_leads_on(shelf, folder, make_item, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    item = make_item(shelf.put("npm", "faces", {"a": b"data"}), ("a",), b"data")
    clients = dataclasses.replace(shelf.clients, npm=(str(folder / "npm"),))
    with pytest.raises(DeliveryIncomplete, match=r"what to do: do as said above and type: again\n.*faces-1\.0\.tgz"):
        deliver([item], folder, command="again", clients=clients)


def test_two_deliveries_at_once_fetch_once(shelf, folder, make_item):
    items = [make_item(shelf.put("pypi", "faces", {"a": b"data"}), ("a",), b"data")]
    threads = [
        threading.Thread(target=deliver, args=(items, folder), kwargs={"command": "again", "clients": shelf.clients})
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shelf.calls) == 1
    assert items[0].intact(folder)


def test_the_watch_is_told_of_every_archive(shelf, folder, make_item):
    class Told(Unwatched):
        def __init__(self):
            self.told = []

        def started(self, archive):
            self.told.append(("started", archive.package))

        def received(self, archive, size):
            self.last = size

        def finished(self, archive):
            self.told.append(("finished", archive.package))

    watch = Told()
    archive = shelf.put("pypi", "faces", {"a": b"data"})
    deliver([make_item(archive, ("a",), b"data")], folder, command="again", clients=shelf.clients, watch=watch)
    assert watch.told == [("started", "faces"), ("finished", "faces")]
    assert watch.last == archive.size
