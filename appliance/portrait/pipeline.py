"""The judge as a station uses it: preview frames in, guidance out; a still in, verdict and standard photo out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from appliance.portrait.errors import CannotStandardise, PlateRefused
from appliance.portrait.guidance import Guidance, Guide
from appliance.portrait.live_rules import LiveRules
from appliance.portrait.measure.subject import Stage
from appliance.portrait.measurement import Outcome
from appliance.portrait.observe import Networks, Observation, Observer, Pixels
from appliance.portrait.overlay import Overlay, overlay
from appliance.portrait.picture_file import FileFacts, read_picture
from appliance.portrait.plate import sound_plate
from appliance.portrait.profile import Profile
from appliance.portrait.rules import judge
from appliance.portrait.standard_photo import StandardPhoto, standardise
from appliance.portrait.stopwatch import Stopwatch
from appliance.portrait.verdict import RuleResult, Verdict
from models.likeness import Points, landmarks_of

OF_THE_PHOTO = ("file.", "geometry.", "background.colour")
"""Rules, by the start of their names, that the finished photo is held to once more."""


@dataclass(frozen=True, slots=True)
class LiveView:
    """What was seen in one preview frame."""

    observation: Observation
    verdict: Verdict
    guidance: Guidance
    overlay: Overlay


@dataclass(frozen=True, slots=True)
class Judged:
    """A still with its verdict; `photo` is `None` when none could be made. `timings_ms` are laps; `judge` is what was left of
    judging once the photo was made beside it."""

    verdict: Verdict
    photo: StandardPhoto | None
    timings_ms: dict[str, float]
    observation: Observation


class Portrait:
    """One judge for one profile. `live` from one thread, `still` from any: they share the networks, of which each serves one
    call at a time, so that a frame waits for a still at most as long as the slowest network runs.

    `plate` is the empty backdrop as the same camera sees it, (H, W, 3), uint8, BGR; `use_plate` changes it.

    Raises `NetworkMissing`, `ProfileError`, `PlateRefused`.
    """

    def __init__(self, networks: Path, profile: Profile, threads: int = 2, plate: Pixels | None = None) -> None:
        self.profile = profile
        self._plate: Pixels | None = None
        loaded = Networks(networks, threads)
        self._live, self._still = Observer(loaded), Observer(loaded)
        self._rules = LiveRules(profile)
        self._guide = Guide()
        if plate is not None:
            self.use_plate(plate)

    def use_plate(self, plate: Pixels | None) -> None:
        """Take another picture of the empty backdrop, (H, W, 3), uint8, BGR, or none. Raises `PlateRefused` for one that cannot
        serve, or shows somebody; the one before stays."""
        if plate is not None and self._still.people(sound_plate(plate)):
            raise PlateRefused(
                "背景图里有人，请在无人时重拍", "there is somebody in the plate: retake it with nobody there"
            )
        self._plate = plate

    def follow(self, profile: Profile) -> None:
        """Judge by this profile from now on, live frames and stills alike."""
        self.profile = profile
        self._rules = LiveRules(profile)

    def reset(self) -> None:
        """Another student, or another try."""
        self._live.reset()
        self._rules.reset()
        self._guide.reset()

    def live(self, pixels: Pixels, now: float) -> LiveView:
        """Judge a preview frame (H, W, 3), uint8, BGR, at monotonic time `now`."""
        seen = self._live.live(pixels)
        verdict = self._rules.judge(seen)
        return LiveView(seen, verdict, self._guide.step(verdict, now), overlay(seen, verdict))

    def still(self, pixels: Pixels, facts: FileFacts | None = None) -> Judged:
        """Judge a still (H, W, 3), uint8, BGR, make its standard photo, and judge that as the file it will be. `facts` are
        those of the file it was read from; without, it came from the camera."""
        clock = Stopwatch()
        seen = replace(self._still.still(pixels), relief=self._live.relief)
        clock.lap("observe")
        with ThreadPoolExecutor(1) as beside:  # the photo is made while the picture is judged: neither needs the other
            judging = beside.submit(judge, seen, self.profile, Stage.CAPTURE, facts)
            photo, obstacle = self._photo(seen, clock)
            verdict = judging.result()
        clock.lap("judge")
        if obstacle is not None:
            verdict = refused(verdict, obstacle)
        if photo is not None:
            verdict = self._with_photo(verdict, photo)
            clock.lap("judge_photo")
        return Judged(verdict, photo, clock.laps, seen)

    def face_points(self, pixels: Pixels) -> Points | None:
        """Five points (5, 2) of the largest face in (H, W, 3), uint8, BGR, as `models.likeness` wants them; None without one."""
        found = self._still.face(pixels)
        return None if found is None else np.asarray(landmarks_of(found[0]) * found[1], np.float32)

    def _photo(self, seen: Observation, clock: Stopwatch) -> tuple[StandardPhoto | None, CannotStandardise | None]:
        """The photo, or why there can be none; neither where there is nobody."""
        if seen.mesh is None:
            return None, None
        try:
            return standardise(seen, self.profile, self._plate, clock), None
        except CannotStandardise as error:
            return None, error

    def _with_photo(self, verdict: Verdict, photo: StandardPhoto) -> Verdict:
        """The capture's verdict, completed by what only the finished photo shows; the other rules say nothing new of it."""
        picture = read_picture(photo.jpeg)
        finished = judge(self._still.still(picture.pixels), self.profile, Stage.PHOTO, picture.facts, OF_THE_PHOTO)
        return merged(verdict, finished)


def merged(capture: Verdict, photo: Verdict) -> Verdict:
    """For each rule the worse of both outcomes; what could not apply to the capture is taken from the photo."""
    finished = {result.id: result for result in photo.rules}
    return Verdict(capture.profile, tuple(_worse(result, finished.get(result.id)) for result in capture.rules))


def refused(verdict: Verdict, error: CannotStandardise) -> Verdict:
    """The verdict of a still of which no photo can be made: the rule that the photo would break fails, and says why."""
    return Verdict(
        verdict.profile,
        tuple(
            replace(result, outcome=Outcome.FAIL, message=error.message) if result.id == error.rule else result
            for result in verdict.rules
        ),
    )


_ORDER = {Outcome.FAIL: 0, Outcome.UNKNOWN: 1, Outcome.PASS: 2, Outcome.EXEMPT: 3}


def _worse(capture: RuleResult, photo: RuleResult | None) -> RuleResult:
    if photo is None or not capture.id.startswith(OF_THE_PHOTO):
        return capture
    return min(capture, photo, key=lambda result: _ORDER[result.outcome])
