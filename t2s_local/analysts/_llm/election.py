"""Choice among wordings by effect: a wording must make the action that worked likelier than unrelated advice does."""

from collections.abc import Sequence

import msgspec

from t2s_local.analysts._llm.situation import Situation
from t2s_local.analysts._llm.wording import LessonWords
from t2s_local.ports.engine import Engine
from t2s_local.text.commands import is_shell, without_cd
from t2s_local.text.effect.effect import Advice, Ballot, ballot_of, effect_of, has_effect, scores
from t2s_local.values.lesson import Effect, Refusal
from t2s_local.values.trajectory import Step

NO_EFFECT = "no effect: words about something else do as much"


class Elected(msgspec.Struct, frozen=True, kw_only=True):
    """The chosen wording with its effect; the effect is None if nothing could be measured."""

    words: LessonWords
    effect: Effect | None


def ballot(situation: Situation) -> Ballot | None:
    """Return the context and the action that wordings of *situation* are scored on; None if no action worked."""
    if not situation.remedy:
        return None
    run = situation.piece.trajectory
    return ballot_of(
        run=run.id,
        task=situation.piece.request or "",
        before="" if situation.before is None else _as_typed(run.steps[situation.before]),
        got="" if situation.got is None else run.steps[situation.got].text,
        action=_as_typed(run.steps[situation.remedy[0]]),
    )


def elect(candidates: Sequence[LessonWords], on: Ballot | None, judge: Engine | None) -> Elected | Refusal:
    """Return the wording in *candidates* with the largest effect, or a refusal if none has an effect.

    Args:
        candidates: Wordings that passed the checks by code, the likeliest first; at least one.
        on: Context and action that they are scored on; None if nothing can be scored.
        judge: The model that scores; None if no engine can score. Without a score the first wording is chosen.

    Raises:
        ModelError: the judge cannot be run.
    """
    advice = [Advice(when=said.when, do=said.do) for said in candidates]
    found = None if on is None or judge is None else scores(judge, on, advice)
    if found is None:
        return Elected(words=candidates[0], effect=None)
    best = max(range(len(advice)), key=lambda at: (found.supports[at] - found.placebos[at], -at))
    effect = effect_of([(found.supports[best], found.placebos[best], found.surprise)])
    if not has_effect(effect):
        return Refusal(reason=NO_EFFECT, detail=candidates[best].do)
    return Elected(words=candidates[best], effect=effect)


def _as_typed(step: Step) -> str:
    name = "$" if step.tool is None or is_shell(step.tool) else step.tool
    return f"{name} {without_cd(step.text)}"
