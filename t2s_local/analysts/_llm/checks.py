"""Checks by code of a model's wordings, whatever their effect: orders from results, invented names, filler, copies."""

import re
from collections.abc import Sequence
from functools import cached_property

from t2s_local.analysts._llm.orders import orders_in, repeats
from t2s_local.analysts._llm.situation import Kind, Situation
from t2s_local.analysts._llm.wording import PROMPTS, LessonWords, shown_texts
from t2s_local.prompts import template
from t2s_local.text.effect.shown import changed_spans
from t2s_local.text.mentions import Haystack, is_empty, mentions
from t2s_local.text.text import clip, has_hidden, mask, squeeze, words
from t2s_local.values.lesson import Refusal
from t2s_local.values.trajectory import Slice

ORDERED = "order from a result of a tool"
HIDDEN = "hidden characters"
UNKNOWN = "{} that occurs in no step"
EMPTY = "empty generality"
EXAMPLE = "words of the prompt's own example"
REPEATED = "advice that repeats what failed"
BESIDE = "advice that names nothing of what made the difference"
TURNED = "advice turned around"
TYPED = "advice that is a piece of a command and no order"
VAGUE = "situation that names nothing of what was done"
ASKED = "question of the user, taken for a wish"
ONE_RUN = "advice with an id of one run"
_FORBIDS = re.compile(r"(?:never|do not|don't|don’t|avoid|stop)\b", re.IGNORECASE)
_SPAN = re.compile(r"`[^`]*`")
_SHELL = re.compile(r"[|;=<>{}$\\]|\w\(|&&")
_SENTENCE_END = re.compile(r"[.!?？؟。！]+(?:\s|$)")
_QUESTION_MARKS = ("?", "？", "؟")
_REPEATED = 4
"""Number of consecutive words shared with the instructions from which on a cause counts as copied from them."""
_STEM = 5
"""Number of first letters by which related words are recognized: installed and installing."""
_IN_A_ROW = 3
"""Number of consecutive words of a command, outside code marks, from which on advice counts as copied from it."""
_MOST_EXAMPLE = 2
"""Most words of the prompt's example, and of no other text, in an answer that does not count as a copy of it."""
_OF_ONE_RUN = ("<id>", "<hash>", "<email>", "<date>")


class RunWords:
    """Texts of one slice, prepared once for all checks of answers about the slice."""

    def __init__(self, piece: Slice) -> None:
        """Keep *piece*; its texts are read when the first answer is checked."""
        self._piece = piece

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Texts of all steps."""
        return tuple(step.text for step in self._piece.steps)

    @cached_property
    def all(self) -> Haystack:
        """Texts of every kind of step: messages, calls and results."""
        return Haystack(self.texts)

    @cached_property
    def acted(self) -> Haystack:
        """Texts of all steps but tool results, system messages and summaries."""
        return Haystack(
            step.text for step in self._piece.steps if step.kind not in {"tool_result", "system", "summary"}
        )

    @cached_property
    def asked(self) -> str:
        """Messages of the user."""
        return "\n".join(step.text for step in self._piece.steps if step.kind == "user")

    @cached_property
    def tools(self) -> frozenset[str]:
        """Names of the tools that were called."""
        return frozenset(step.tool for step in self._piece.steps if step.tool)

    @cached_property
    def orders(self) -> Sequence[str]:
        """Passages of tool results that give orders."""
        return orders_in((self._piece,))


def against(said: LessonWords, situation: Situation, run: RunWords) -> Refusal | None:
    """Return the reason to refuse the wording *said*; None if it can be used.

    Args:
        said: The wording of a lesson by the model.
        situation: The steps that it words.
        run: The texts of the run that these steps come from.
    """
    whole = f"{said.when}\n{said.do}\n{said.cause}"
    if has_hidden(whole):
        return Refusal(reason=HIDDEN)
    done = [situation.piece.trajectory.steps[index].text for index in situation.remedy]
    if repeats("\n".join((said.do, said.when, *done)), run.orders, asked=run.asked):
        return Refusal(reason=ORDERED, detail=clip(said.do, 80))
    return (
        _invented(said, whole, run)
        or _typed(said, situation)
        or _vague(said, situation)
        or _idle(said, situation, run)
        or _turned(said, situation, done)
        or _beside(said, situation, done)
    )


def repeats_instructions(cause: str, kind: Kind) -> bool:
    """Return whether *cause* copies four words in a row from the instructions, so that it says nothing of the run."""
    asked = f" {' '.join(words(template(PROMPTS[kind]).partition('Example')[0]))} "
    said = words(cause)
    runs = (said[at : at + _REPEATED] for at in range(max(1, len(said) - _REPEATED + 1)))
    return any(f" {' '.join(run)} " in asked for run in runs)


def _invented(said: LessonWords, whole: str, run: RunWords) -> Refusal | None:
    for mention in mentions(whole):
        if not run.all.holds(mention.text) and mention.text not in run.tools:
            return Refusal(reason=UNKNOWN.format(mention.kind), detail=clip(mention.text, 80))
    for mention in mentions(said.do):
        if mention.kind == "command" and not run.acted.holds(mention.text):
            return Refusal(reason=ORDERED, detail=clip(mention.text, 80))
        if any(part in mask(mention.text) for part in _OF_ONE_RUN):
            return Refusal(reason=ONE_RUN, detail=clip(mention.text, 80))
    return None


def _typed(said: LessonWords, situation: Situation) -> Refusal | None:
    """Refuse advice with a command outside of code marks: with shell signs, or three words in a row of a command."""
    prose = _SPAN.sub(" ` ", said.do)
    told = [word.strip(",.;:") for word in squeeze(prose).split()]
    runs = (" ".join(told[at : at + _IN_A_ROW]) for at in range(len(told) - _IN_A_ROW + 1))
    steps = situation.piece.trajectory.steps
    indices = (situation.before, *situation.remedy)
    ran = [f" {squeeze(steps[index].text)} " for index in indices if index is not None]
    is_copied = any(f" {run} " in text for run in runs for text in ran)
    return Refusal(reason=TYPED, detail=clip(said.do, 80)) if _SHELL.search(prose) or is_copied else None


def _vague(said: LessonWords, situation: Situation) -> Refusal | None:
    """Refuse a situation that shares no word of three letters with the run, and a wish that is only a question."""
    if situation.kind == "wish" and situation.got is not None:
        text = situation.piece.trajectory.steps[situation.got].text.strip()
        if text.endswith(_QUESTION_MARKS) and len(_SENTENCE_END.findall(text)) == 1:
            return Refusal(reason=ASKED, detail=clip(text, 80))
    known = _words((*shown_texts(situation), situation.piece.request or ""))
    named = [word for word in words(said.when) if len(word) > 2 and word != "task"]
    begun = tuple(word[:_STEM] for word in named)
    is_known = any(word.startswith(begun) for word in known) if begun else False
    return None if is_known or situation.kind == "wish" else Refusal(reason=VAGUE, detail=clip(said.when, 80))


def _idle(said: LessonWords, situation: Situation, run: RunWords) -> Refusal | None:
    if is_empty(said.do, known=run.texts):
        return Refusal(reason=EMPTY, detail=clip(said.do, 80))
    told = {squeeze(mention.text) for mention in mentions(said.do)}
    before = situation.before
    if before is not None and told and told <= {squeeze(situation.piece.trajectory.steps[before].text)}:
        return Refusal(reason=REPEATED, detail=clip(said.do, 80))
    example = set(words(template(PROMPTS[situation.kind]).partition("Example")[2]))
    own = {word for text in run.texts for word in words(text)}
    copied = [word for word in set(words(f"{said.when} {said.do}")) if len(word) > 3 and word in example - own]
    return Refusal(reason=EXAMPLE, detail=clip(said.do, 80)) if len(copied) > _MOST_EXAMPLE else None


def _turned(said: LessonWords, situation: Situation, done: Sequence[str]) -> Refusal | None:
    """Refuse advice that forbids an action that worked, or names the failed action first and none that worked."""
    if situation.kind == "wish" or not done:
        return None
    worked = Haystack(done)
    named = [mention.text for mention in mentions(said.do)]
    if _FORBIDS.match(said.do):
        return Refusal(reason=TURNED, detail=clip(said.do, 80)) if any(map(worked.holds, named)) else None
    if situation.before is None or not named:
        return None
    failed = Haystack([situation.piece.trajectory.steps[situation.before].text])
    is_turned = failed.holds(named[0]) and not any(map(worked.holds, named))
    return Refusal(reason=TURNED, detail=clip(said.do, 80)) if is_turned else None


def _beside(said: LessonWords, situation: Situation, done: Sequence[str]) -> Refusal | None:
    """Refuse advice that shares no word with the difference between failure and success, or with the user's wish."""
    if not done and situation.kind != "wish":
        return None
    known = _differing(situation, done) if situation.kind != "wish" else _words(shown_texts(situation))
    named = {word for word in words(said.do) if len(word) > 2}
    return None if named & (known | _tools(situation)) else Refusal(reason=BESIDE, detail=clip(said.do, 80))


def _differing(situation: Situation, done: Sequence[str]) -> set[str]:
    """Return the words of the actions that worked which the failed action lacks.

    If the failed action has all of these words, return the words at different places in the two actions.
    """
    if situation.before is None:
        return _words(done)
    failed = situation.piece.trajectory.steps[situation.before].text
    differing = _words([text[slice(*span)] for text in done for span in changed_spans(failed, text)])
    return differing - set(words(failed)) or differing


def _words(texts: Sequence[str]) -> set[str]:
    return {word for text in texts for word in words(text)}


def _tools(situation: Situation) -> set[str]:
    """Return the words in the names of tools that the remedy called and the failed action did not."""
    steps = situation.piece.trajectory.steps
    before = None if situation.before is None else steps[situation.before].tool
    tools = {steps[index].tool for index in situation.remedy} - {before}
    return {word for tool in tools if tool for word in words(tool)}
