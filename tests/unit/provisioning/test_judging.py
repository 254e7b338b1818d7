"""When a release is well: its own process says so, steadily, and nothing is worse than before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from appliance.release.documents import write_document
from appliance.release.places import Places
from provisioning.updater.judging import Judgement, judge
from provisioning.updater.services import Services
from provisioning.updater.trial import Trial

NEW = "0.2.0-11112222"


class Play:
    """A station that starts at second `ready` of a clock that only moves when somebody sleeps."""

    def __init__(self, root: Path, ready: float = 5, restarts: int = 0, delivery: bool = True, **word: object) -> None:
        self.places = Places(root)
        self.places.spool.mkdir(parents=True)
        self.now, self.ready, self.restarts, self.delivery = 0.0, ready, restarts, delivery
        self.word = {"pid": 42, "version": NEW, "mode": "working", "failing": [], **word}

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.now >= self.ready:
            write_document(self.places.spool / "health.json", self.word)

    def systemctl(self, arguments: Sequence[str]) -> str:
        if "delivery" in arguments[-1]:
            return f"ActiveState={'active' if self.delivery else 'failed'}\nMainPID=43\nNRestarts=0\n"
        active = "active" if self.now >= self.ready else "activating"
        return f"ActiveState={active}\nMainPID=42\nNRestarts={self.restarts}\n"

    def judged(self, *failing: str) -> Judgement:
        trial = Trial(NEW, "0.1.0-aaaaaaaa", 1, failing)
        clock = lambda: self.now  # noqa: E731
        return judge(
            self.places, Services(self.systemctl), trial, NEW, patience_s=60, monotonic=clock, sleep=self.sleep
        )


def test_one_that_comes_up_and_stays_is_kept(tmp_path: Path) -> None:
    play = Play(tmp_path)
    assert play.judged().well
    assert 15 <= play.now < 20


def test_what_was_broken_before_is_forgiven_and_what_is_new_is_not(tmp_path: Path) -> None:
    assert Play(tmp_path / "a", failing=["disk"]).judged("disk").well
    worse = Play(tmp_path / "b", failing=["camera", "disk"]).judged("disk")
    assert worse.why == {"zh": "更新后变差：camera", "en": "worse than before: camera"}


def test_one_that_never_says_a_word_or_is_another_is_not_well(tmp_path: Path) -> None:
    assert not Play(tmp_path / "a", ready=1000).judged().well
    assert not Play(tmp_path / "b", version="0.1.0-aaaaaaaa").judged().well
    assert not Play(tmp_path / "c", pid=7).judged().well
    assert Play(tmp_path / "d", delivery=False).judged().why == {
        "zh": "上传程序没有运行",
        "en": "its delivery does not run",
    }


def test_safe_mode_and_many_starts_are_not_waited_for(tmp_path: Path) -> None:
    safe = Play(tmp_path / "a", mode="safe")
    assert not safe.judged().well
    assert safe.now < 10
    again = Play(tmp_path / "b", restarts=3)
    assert not again.judged().well
    assert again.now < 10
