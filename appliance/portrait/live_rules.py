"""The live rules over a stream of frames: what changes from frame to frame is measured in every one, what stays, in turns.

Hair, ears, glasses, clothes and light do not change between two frames of a preview, and an instruction must last a third of a
second before it is shown (`guidance.SWITCH`); measured in one of five frames they are never older than that. Their turns are
spread, so that each frame has its share. The still is judged by all rules at once, as ever.
"""

from __future__ import annotations

from appliance.portrait.measure.subject import Stage, Subject
from appliance.portrait.measurement import Outcome
from appliance.portrait.observe import Observation
from appliance.portrait.profile import Profile
from appliance.portrait.rulebook import RULES, Rule
from appliance.portrait.rules import result_of
from appliance.portrait.verdict import RuleResult, Verdict

EVERY = 5  # frames: at 15 frames a second a third of a second
_MOVING = (  # rules that are measured in every frame, by the start of their names
    *("subject.single", "geometry.centred", "geometry.hair_top", "geometry.eyes", "geometry.face_width"),
    *("pose.", "eyes.", "mouth.", "expression."),
)
_TURNS = {  # what looks at the same pixels has the same turn, and the turns weigh about the same
    **dict.fromkeys(("light.exposure", "clothes.contrast"), 0),
    **dict.fromkeys(("light.even", "hair.brows"), 1),
    **dict.fromkeys(("geometry.shoulders", "glasses.tinted"), 2),
    **dict.fromkeys(("focus.sharp", "head.bare"), 3),
}
_OWN_TURN = 4  # of everything else
_LIVE: tuple[tuple[Rule, int | None], ...] = tuple(
    (rule, None if rule.id.startswith(_MOVING) else _TURNS.get(rule.id, _OWN_TURN))
    for rule in RULES
    if Stage.LIVE in rule.stages or Stage.LIVE in rule.exempt
)
"""Each rule with its turn; none where it has every one."""


class LiveRules:
    """The rules of one profile, applied to frame after frame of one person."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._frame = 0
        self._kept: dict[str, RuleResult] = {}

    def reset(self) -> None:
        """Another person, or another try: nothing that was measured before counts."""
        self._kept.clear()

    def judge(self, seen: Observation) -> Verdict:
        """The verdict on a preview frame. Raises `ProfileError` when the profile lacks a rule's limit."""
        subject = Subject(seen, self._profile, Stage.LIVE)
        if seen.mesh is None:
            self._kept.clear()
        self._frame += 1
        turn = self._frame % EVERY
        return Verdict(self._profile.name, tuple(self._result(rule, its, turn, subject) for rule, its in _LIVE))

    def _result(self, rule: Rule, its: int | None, turn: int, subject: Subject) -> RuleResult:
        if its is None:
            return result_of(rule, subject)
        kept = self._kept.get(rule.id)
        if kept is None or turn == its or kept.outcome is Outcome.UNKNOWN:
            kept = self._kept[rule.id] = result_of(rule, subject)
        return kept
