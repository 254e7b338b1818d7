"""The updater: proves, prepares, switches, keeps or goes back; and whatever moment the power goes, a release that works runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from bundle_fixtures import FILES, Publisher, bundle_of, manifest_of

from appliance.release.bundle import bundle_name
from appliance.release.documents import read_document, write_document
from appliance.release.keys import key_line, trusted_keys
from appliance.release.places import REFUSED, Places
from provisioning.updater.__main__ import at_boot
from provisioning.updater.asking import take_question
from provisioning.updater.judging import Judgement
from provisioning.updater.links import point
from provisioning.updater.prepare import Progress, build_release
from provisioning.updater.services import Services
from provisioning.updater.switching import Switch
from provisioning.updater.telling import last_told
from provisioning.updater.trial import MOST_BOOTS, Trial, read_trial, write_trial
from provisioning.updater.work import answer_questions, finish_trial

OLD, NEW = "0.1.0-aaaaaaaa", "0.2.0-11112222"
PUBLISHER = Publisher()
WHY = {"zh": "坏", "en": "bad"}


class PowerCut(BaseException):
    """The machine goes off."""


class Device:
    """A device's folders; systemd, the installer and the station are played."""

    def __init__(self, root: Path) -> None:
        self.places = Places(root)
        self.release(OLD)
        for link in (self.places.current, self.places.confirmed):
            point(link, OLD)
        for folder in (self.places.progress.parent, self.places.spool / "bundles", self.places.keys):
            folder.mkdir(parents=True)
        (self.places.keys / "a.pub").write_text(key_line(PUBLISHER.public, "a"))
        self.calls: list[str] = []
        self.units = OLD  # whose units are in place
        self.good = {OLD, NEW}
        self.cut_at: int | None = None

    def release(self, version: str) -> None:
        (self.places.releases / version / "systemd").mkdir(parents=True)
        (self.places.releases / version / ".complete").touch()

    def step(self, what: str) -> None:
        """Something happened; the power may go right after it."""
        self.calls.append(what)
        if self.cut_at is not None and len(self.calls) > self.cut_at:
            raise PowerCut

    def switch(self) -> Switch:
        def systemctl(arguments: object) -> str:
            self.step(" ".join(map(str, arguments)))  # type: ignore[call-overload]
            return ""

        return Switch(self.places, Services(systemctl), self._judge, self._settle)

    def _judge(self, trial: Trial, version: str) -> Judgement:
        self.step(f"judge {version}")
        return Judgement(None if version in self.good else WHY)

    def _settle(self, release: Path) -> None:
        self.units = release.name
        self.step(f"units of {release.name}")

    def ask(self, do: str, **more: object) -> None:
        write_document(self.places.spool / "ask.json", {"do": do, "number": 1, "version": NEW, **more})

    def bundle(self, data: bytes | None = None, **other: object) -> str:
        name = bundle_name(NEW)
        made = data or bundle_of(self.places.root / "made", PUBLISHER, manifest_of(**other))
        (self.places.spool / "bundles" / name).write_bytes(made)
        return name

    def run(self, build: Callable[[Path, Progress], None] | None = None) -> None:
        switch = self.switch()
        finish_trial(self.places, switch)
        answer_questions(self.places, switch, build or self.build)

    def build(self, folder: Path, progress: Progress) -> None:
        assert {name: (folder / name).read_bytes() for name in FILES} == FILES
        progress(0.5)
        self.release(NEW)

    @property
    def runs(self) -> str | None:
        return self.places.named(self.places.current)


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path / "root")


def test_a_bundle_is_prepared_beside_the_running_release(device: Device) -> None:
    device.ask("prepare", file=device.bundle(keys=(key_line(PUBLISHER.public, "b"),)))
    device.run()
    assert (last_told(device.places).state, device.runs) == ("prepared", OLD)
    assert read_document(device.places.releases / NEW / "release.json")["serial"] == 10
    assert not device.places.incoming.exists()
    assert device.calls == []  # nothing was stopped


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: data[:-600], "damaged"),
        (lambda data: bytes([*data[:3000], data[3000] ^ 1, *data[3001:]]), "refused|damaged|what its|no bundle|signed"),
        (lambda data: b"", "no bundle"),
    ],
)
def test_a_spoilt_bundle_is_never_built(device: Device, spoil: Callable[[bytes], bytes], said: str) -> None:
    data = spoil(bundle_of(device.places.root / "made", PUBLISHER))
    device.ask("prepare", file=device.bundle(data or b"\0"))

    def never(_folder: Path, _progress: Progress) -> None:
        raise AssertionError("a spoilt bundle was built")

    device.run(never)
    told = last_told(device.places)
    assert told.state == "failed"
    assert told.message is not None
    assert not device.places.incoming.exists()
    assert not (device.places.releases / NEW).exists()


def test_an_older_release_needs_to_be_asked_for_in_so_many_words(device: Device) -> None:
    point(device.places.current, "0.9.0-bbbbbbbb")
    device.release("0.9.0-bbbbbbbb")
    file = device.bundle()
    device.ask("prepare", file=file)
    device.run()
    assert "--allow-downgrade" in (last_told(device.places).message or {})["en"]
    device.ask("prepare", file=file, downgrade=True)
    device.run()
    assert last_told(device.places).state == "prepared"


def test_a_release_that_needs_more_of_the_system_is_refused_with_what_to_type(
    device: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    query = tmp_path / "bin/dpkg-query"
    query.write_text('#!/bin/sh\nfor name; do :; done\n[ "$name" != brand-new ]\n')
    query.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")

    def build(folder: Path, progress: Progress) -> None:
        listed = folder / "source/provisioning/apt-packages.txt"
        listed.parent.mkdir(parents=True, exist_ok=True)
        listed.write_text("run libzbar0 codes\ndevice brand-new why\npi python3-lgpio pins\ndev chromium tests\n")
        build_release(folder, progress)

    device.ask("prepare", file=device.bundle())
    device.run(build)
    told = last_told(device.places)
    assert (told.state, device.runs) == ("failed", OLD)
    assert told.message is not None
    for text in told.message.values():
        assert "apt-get install -y --no-install-recommends brand-new" in text
        assert "chromium" not in text
    assert not (device.places.releases / NEW).exists()


def prepared(device: Device) -> None:
    device.ask("prepare", file=device.bundle())
    device.run()
    device.ask("switch", failing=["disk"])


def test_a_good_release_is_kept_and_older_ones_go(device: Device) -> None:
    device.release("0.0.1-cccccccc")
    prepared(device)
    device.run()
    assert (last_told(device.places).state, device.runs, device.units) == ("applied", NEW, NEW)
    assert device.places.named(device.places.confirmed) == NEW
    assert sorted(path.name for path in device.places.releases.iterdir()) == [OLD, NEW]
    assert not device.places.trial.exists()


def test_a_bad_release_is_taken_back_by_itself_and_remembered(device: Device) -> None:
    device.good = {OLD}
    prepared(device)
    device.run()
    told = last_told(device.places)
    assert (told.state, device.runs, device.units) == ("rolled-back", OLD, OLD)
    assert told.message == {
        "zh": f"版本 {NEW} 没有通过检查：坏，已自动退回",
        "en": f"{NEW} did not pass: bad; the version before it works again",
    }
    assert (device.places.releases / NEW / REFUSED).exists()
    assert device.places.named(device.places.confirmed) == OLD


@pytest.mark.parametrize("good", [True, False])
def test_the_power_may_go_at_any_step(tmp_path: Path, good: bool) -> None:
    whole = Device(tmp_path / "whole")
    whole.good = {OLD, NEW} if good else {OLD}
    prepared(whole)
    whole.run()
    for moment in range(len(whole.calls)):
        device = Device(tmp_path / f"cut{moment}")
        device.good = whole.good
        prepared(device)
        device.cut_at = moment
        with pytest.raises(PowerCut):
            device.run()
        device.cut_at = None
        boot(device)
        device.run()
        assert read_trial(device.places) is None
        assert device.runs in device.good, moment
        assert device.units == device.runs, moment
        assert device.places.named(device.places.confirmed) in device.good


def boot(device: Device) -> None:
    """As the unit before the station does it."""
    at_boot(device.places, device._settle)


@pytest.mark.parametrize("on_trial", [False, True])
def test_units_that_a_read_only_system_forgot_are_put_in_place_again(device: Device, *, on_trial: bool) -> None:
    device.release(NEW)
    point(device.places.current, NEW)
    if on_trial:
        write_trial(device.places, Trial(NEW, OLD, 1))
    (device.places.releases / NEW / "systemd/station.service").write_text("newer")
    boot(device)
    assert (device.runs, device.units) == (NEW, NEW)
    device.calls.clear()
    units = device.places.root / "etc/systemd/system"
    units.mkdir(parents=True)
    (units / "station.service").write_text("newer")
    boot(device)
    assert device.calls == []


def test_a_release_that_takes_the_machine_down_runs_out_of_starts(device: Device) -> None:
    device.release(NEW)
    point(device.places.current, NEW)
    write_trial(device.places, Trial(NEW, OLD, 1))
    for _ in range(MOST_BOOTS):
        boot(device)
        assert device.runs == NEW
    boot(device)
    assert (device.runs, device.units) == (OLD, OLD)


def test_a_switch_to_what_was_not_prepared_is_refused(device: Device) -> None:
    device.ask("switch")
    device.run()
    assert (last_told(device.places).state, device.runs) == ("failed", OLD)


@pytest.mark.parametrize(
    "body",
    [
        {"do": "prepare", "number": 1, "version": NEW, "file": "../../etc/shadow.bundle"},
        {"do": "prepare", "number": 1, "version": NEW, "file": ".hidden.bundle"},
        {"do": "prepare", "number": 1, "version": "../0.2.0-11112222", "file": "a.bundle"},
        {"do": "erase", "number": 1, "version": NEW},
        {"do": "switch", "number": "1", "version": NEW},
        {"do": "switch", "number": 1, "version": NEW, "failing": "all"},
        [],
    ],
)
def test_a_question_that_makes_no_sense_is_thrown_away(device: Device, body: object) -> None:
    (device.places.spool / "ask.json").write_text(json.dumps(body))
    assert take_question(device.places) is None
    assert not (device.places.spool / "ask.json").exists()


def test_links_in_the_spool_lead_nowhere(device: Device) -> None:
    secret = device.places.root / "secret"
    secret.write_text(json.dumps({"do": "switch", "number": 1, "version": NEW}))
    (device.places.spool / "ask.json").symlink_to(secret)
    assert take_question(device.places) is None
    (device.places.spool / "bundles/a.bundle").symlink_to(secret)
    device.ask("prepare", file="a.bundle")
    device.run()
    assert last_told(device.places).state == "failed"
    assert secret.exists()


def test_a_release_brings_the_publishers_next_key_and_takes_the_last_away(device: Device) -> None:
    after = Publisher(2)
    device.ask("prepare", file=device.bundle(keys=(key_line(after.public, "next"),)))
    device.run()
    assert trusted_keys([device.places.keys]) == PUBLISHER.trusted  # not before it has proven itself
    device.ask("switch")
    device.run()
    assert trusted_keys([device.places.keys]) == after.trusted
