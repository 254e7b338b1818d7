"""What the platform asks of its storage, held against each kind of it; and what is said where one cannot be used."""

from __future__ import annotations

import dataclasses
import importlib.util
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from platform_fixtures import free_port
from storage_fixtures import Storage

from appliance.platform.reference import postgres as postgres_module
from appliance.platform.reference import s3 as s3_module
from appliance.platform.reference.composition import Platform, PlatformSettings
from appliance.platform.reference.events import read_events, tell
from appliance.platform.reference.objects import FolderStore, ObjectStore
from appliance.platform.reference.s3 import S3Address, S3Store
from appliance.platform.reference.storage import StorageMissing, StorageUnavailable
from appliance.platform.reference.tables import TokenRow


@pytest.fixture(params=["folder", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "objects")
    shared: Storage = request.getfixturevalue("shared_storage")
    return S3Store(S3Address.read(shared.objects))


@pytest.fixture
def shared_platform(shared_storage: Storage, tmp_path: Path) -> Any:
    platform = Platform.at(PlatformSettings(tmp_path, database=shared_storage.database, objects=shared_storage.objects))
    yield platform
    platform.close()


def test_an_object_is_whole_replaced_whole_and_gone(objects: ObjectStore) -> None:
    with pytest.raises(FileNotFoundError):
        objects.get("a/b")
    objects.put("a/b", [b"one", b"", b"two"])
    assert objects.get("a/b") == b"onetwo"
    objects.put("a/b", [b"onetwo"])
    objects.put("a/b", [b"other"])
    assert objects.get("a/b") == b"other"
    objects.put("a/c/d", [b"x" * 2_000_000])
    objects.put("ab", [b""])
    assert sorted(objects.keys("a")) == ["a/b", "a/c/d"]
    assert list(objects.keys("a", older_than_s=3600)) == []
    for _ in range(2):
        objects.delete("a/b")
    assert list(objects.keys("a")) == ["a/c/d"]
    with pytest.raises(ValueError, match="leaves the store"):
        objects.put("a/../../b", [b""])


def test_of_many_writers_of_one_object_nobody_fails_and_it_is_whole(objects: ObjectStore) -> None:
    data, wrong = b"p" * 200_000, []

    def write() -> None:
        try:
            objects.put("same/one", [data])
        except OSError as error:
            wrong.append(error)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    assert objects.get("same/one") == data


def test_the_store_itself_refuses_bytes_that_are_not_those_announced(shared_storage: Storage) -> None:
    store = S3Store(S3Address.read(shared_storage.objects))
    real = store._client.put_object

    def changed_on_the_way(**wanted: Any) -> Any:
        return real(**{**wanted, "Body": wanted["Body"] + b"!"})

    store._client.put_object = changed_on_the_way
    with pytest.raises(StorageUnavailable):
        store.put("a", [b"right"])
    assert list(store.keys("")) == []


def count_up(platform: Platform, lock: tuple[str, ...], times: int) -> None:
    for _ in range(times):
        with platform.database.write(*lock) as session:
            row = session.get(TokenRow, "counter")
            before = int(row.created_at) if row else 0
            session.merge(TokenRow(token_sha256="counter", created_at=str(before + 1)))


def at_once(work: Callable[[int], None], many: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


def test_what_is_checked_under_a_lock_holds_until_it_is_written(shared_platform: Platform) -> None:
    count_up(shared_platform, ("c",), 1)
    at_once(lambda _: count_up(shared_platform, ("a", "c"), 10), 4)
    with shared_platform.database.read() as session:
        assert session.get_one(TokenRow, "counter").created_at == "41"


def test_a_cursor_never_steps_over_an_event_that_was_numbered_earlier_and_kept_later(shared_platform: Platform) -> None:
    platform, seen, done = shared_platform, [], threading.Event()

    def follow() -> None:
        cursor = ""
        while True:
            last = done.is_set()
            page = read_events(platform, "st-1", cursor)
            seen.extend(event.data["n"] for event in page.events)
            cursor = page.cursor
            if last and not page.events:
                return

    def speak(writer: int) -> None:
        for number in range(15):
            with platform.database.write() as session:
                tell(platform, session, "st-1", "order", {"n": f"{writer}/{number}"})
                session.flush()
                done.wait(0.002 * writer)

    follower = threading.Thread(target=follow)
    follower.start()
    at_once(speak, 4)
    done.set()
    follower.join(60)
    assert sorted(seen) == sorted(f"{writer}/{number}" for writer in range(4) for number in range(15))


def test_a_character_that_postgresql_cannot_keep_is_refused_not_a_crash(shared_platform: Platform) -> None:
    with (
        pytest.raises(Exception, match="NUL"),
        shared_platform.database.write() as session,
    ):
        session.add(TokenRow(token_sha256="a\x00b", created_at=""))


@pytest.mark.parametrize(
    ("database", "objects", "says"),
    [
        ("mysql://x", "", "postgresql://USER@HOST/NAME"),
        ("", "http://x/y", "s3://BUCKET"),
        ("", "s3:///x", "s3://BUCKET"),
    ],
)
def test_an_address_of_no_known_kind_says_what_it_should_be(
    tmp_path: Path, database: str, objects: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        Platform.at(PlatformSettings(tmp_path, database=database, objects=objects))
    assert not (tmp_path / "platform.sqlite").exists(), "nothing was opened that nobody would close"


def test_the_address_of_a_bucket_has_its_parts() -> None:
    address = S3Address.read("s3://photos/2026/june?endpoint=http://store:8333&region=cn-south-1")
    assert dataclasses.astuple(address) == ("photos", "2026/june/", "http://store:8333", "cn-south-1")
    assert dataclasses.astuple(S3Address.read("s3://photos")) == ("photos", "", None, "us-east-1")


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    told = {"PLATFORM_DATABASE": "postgresql://a@b/c", "PLATFORM_OBJECTS": "s3://d", "PLATFORM_PUBLIC_URL": "http://e"}
    settings = PlatformSettings.at(tmp_path, told)
    assert (settings.database, settings.objects, settings.public_url) == ("postgresql://a@b/c", "s3://d", "http://e")
    assert PlatformSettings.at(tmp_path, {}).database == ""


@pytest.mark.parametrize(
    ("module", "settings", "library"),
    [(postgres_module, {"database": "postgresql://x/y"}, "psycopg"), (s3_module, {"objects": "s3://x"}, "boto3")],
)
def test_a_missing_library_names_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: Any, settings: dict[str, str], library: str
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == library else real(name))
    with pytest.raises(StorageMissing, match=r"\[platform\]") as missing:
        Platform.at(PlatformSettings(tmp_path, **settings))  # type: ignore[arg-type]
    assert library in str(missing.value)


def test_a_store_that_does_not_answer_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("boto3")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(StorageUnavailable, match="object storage"):
        S3Store(S3Address.read(f"s3://x?endpoint=http://127.0.0.1:{free_port()}"))
