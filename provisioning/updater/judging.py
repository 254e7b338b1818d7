"""Whether a release that was just started does its work: its processes, and what the station says of itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from appliance.release.documents import read_document
from appliance.release.places import Places
from provisioning.updater.services import DELIVERY, STATION, Services
from provisioning.updater.telling import both
from provisioning.updater.trial import Trial

PATIENCE_S = (
    240.0  # from the start of its processes to its proof: networks load, a camera wakes; a Pi takes about a minute
)
STEADY_S = 10.0  # so long it must go on being well
MOST_RESTARTS = 3
_LOOK_S = 1.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """`why` it is not well, in both languages; None when it is."""

    why: dict[str, str] | None

    @property
    def well(self) -> bool:
        """Whether the release may stay."""
        return self.why is None


def judge(
    places: Places,
    services: Services,
    trial: Trial,
    version: str,
    *,
    patience_s: float = PATIENCE_S,
    steady_s: float = STEADY_S,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Judgement:
    """Watch until `version` was well for `steady_s`, or `patience_s` are over. What was not well before the trial is forgiven."""
    until = monotonic() + patience_s
    since: tuple[int, float] | None = None  # process, and from when on it was well
    why = both("程序没有启动", "its program did not start")
    while monotonic() < until:
        station, delivery = services.unit(STATION), services.unit(DELIVERY)
        if station.restarts >= MOST_RESTARTS:
            return Judgement(both(f"程序反复退出（{station.restarts} 次）", f"it ended {station.restarts} times"))
        health = read_document(places.spool / "health.json")
        mine = health.get("pid") == station.pid != 0 and health.get("version") == version
        if mine and health.get("mode") == "safe":
            return Judgement(both("程序启动失败，进入了安全模式", "it could not start and went into safe mode"))
        worse = sorted(set(map(str, health.get("failing", []))) - set(trial.failing)) if mine else []
        if not (station.active and mine):
            since = None
        elif worse:
            since, why = None, both(f"更新后变差：{'、'.join(worse)}", f"worse than before: {', '.join(worse)}")
        elif not delivery.active:
            since, why = None, both("上传程序没有运行", "its delivery does not run")
        elif since is None or since[0] != station.pid:
            since = (station.pid, monotonic())
        elif monotonic() - since[1] >= steady_s:
            return Judgement(None)
        sleep(_LOOK_S)
    return Judgement(why)
