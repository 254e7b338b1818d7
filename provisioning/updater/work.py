"""What the updater does when it is called: first the trial that is open, then each question that waits."""

from __future__ import annotations

from appliance.release.errors import BundleRefused
from appliance.release.places import Places
from provisioning.updater.asking import Asked, take_question
from provisioning.updater.prepare import Builder, NotPrepared, prepare
from provisioning.updater.switching import Switch
from provisioning.updater.telling import Told, both, last_told, tell
from provisioning.updater.trial import Trial, read_trial

_CUT = both("检查期间断电或重启", "the machine went off or restarted too often while it was being checked")


def finish_trial(places: Places, switch: Switch) -> None:
    """Go on with a trial that a power cut interrupted; and say so where one cut the preparation."""
    trial = read_trial(places)
    if trial is not None:
        if trial.undo:
            switch.back(trial, _CUT)
        else:
            switch.finish(trial)
        return
    told = last_told(places)
    if told.state == "applying":
        message = both("准备新版本时被中断，请再点一次“安装”", "preparing was interrupted: ask for it once more")
        tell(places, Told("failed", told.number, version=told.version, message=message))


def answer_questions(places: Places, switch: Switch, build: Builder) -> None:
    """One after the other, until none waits."""
    while (asked := take_question(places)) is not None:
        print(f"update: asked to {asked.do} {asked.version}", flush=True)
        if asked.do == "prepare":
            _prepare(places, asked, build)
        elif asked.do == "prepare-back":
            _prepare_back(places, asked)
        else:
            _switch(places, asked, switch)


def _prepare(places: Places, asked: Asked, build: Builder) -> None:
    message = both(f"正在准备 {asked.version}，可以继续拍照", f"preparing {asked.version}; visits go on meanwhile")
    heard = -1

    def progress(part: float) -> None:
        nonlocal heard
        if (hundredth := int(part * 100)) > heard:
            heard = hundredth
            tell(places, Told("applying", asked.number, asked.version, None, round(part, 2), message))

    try:
        prepare(places, asked, progress, build)
    except BundleRefused as refused:
        tell(places, Told("failed", asked.number, asked.version, message=refused.message))
    except (NotPrepared, OSError) as error:
        said = both(f"准备 {asked.version} 失败：{error}", f"{asked.version} could not be prepared: {error}")
        tell(places, Told("failed", asked.number, asked.version, message=said))
    else:
        ready = both(f"{asked.version} 已准备好", f"{asked.version} is prepared")
        tell(places, Told("prepared", asked.number, asked.version, message=ready))


def _prepare_back(places: Places, asked: Asked) -> None:
    if asked.version in places.complete():
        tell(places, Told("prepared", asked.number, asked.version, message=both("可以退回", "it can take over again")))
    else:
        gone = both(f"本机没有完整的 {asked.version}", f"there is no whole {asked.version} on this station")
        tell(places, Told("failed", asked.number, asked.version, message=gone))


def _switch(places: Places, asked: Asked, switch: Switch) -> None:
    told, current = last_told(places), places.named(places.current)
    if told.state != "prepared" or told.version != asked.version or current is None or current == asked.version:
        message = both(f"{asked.version} 还没有准备好", f"{asked.version} is not prepared")
        tell(places, Told("failed", asked.number, asked.version, message=message))
        return
    switch.forward(Trial(asked.version, current, asked.number, asked.failing))
