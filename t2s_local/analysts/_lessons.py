"""Build lessons: ids by content, signatures masked, quotes verbatim and short."""

import re
from collections.abc import Iterable, Sequence

from t2s_local.text.recovery.recovered import spelt
from t2s_local.text.text import clip, mask, quoted, squeeze
from t2s_local.values.lesson import Lesson, LessonId, Polarity, Quote, QuoteRole
from t2s_local.values.trajectory import Slice, Trajectory
from t2s_local.values.value import digest

ANALYST = "mined"
TAG = re.compile(r"</?\w+>")
"""Tags some harnesses put around an output."""
_QUOTE_LIMIT = 400
_CODE_LIMIT = 160
_LONGEST_WORD = 40
"""Most characters by which a quote is extended at either end, so that it does not cut a word in two."""


def lesson(
    *,
    when: str,
    do: str,
    because: str | None,
    polarity: Polarity,
    pattern: str,
    evidence: Iterable[Quote],
    trajectories: Iterable[Trajectory],
    tools: Iterable[str] = (),
    analyst: str = ANALYST,
) -> Lesson:
    """Build a lesson; its id is a digest of its text, its quotes and the runs they come from."""
    runs = {run.id: run for run in trajectories}
    quotes = tuple(sorted(set(evidence)))
    signature = squeeze(mask(f"{when}. {do}"))
    identity = digest(
        analyst, pattern, polarity, when, do, because or "", *sorted(runs), *(quote.text for quote in quotes)
    )
    return Lesson(
        id=LessonId(identity),
        when=when,
        do=do,
        because=because,
        polarity=polarity,
        pattern=pattern,
        signature=signature,
        evidence=quotes,
        trajectory_ids=tuple(sorted({*runs, *(quote.trajectory_id for quote in quotes)})),
        task_ids=tuple(sorted({run.task_id or run.id for run in runs.values()})),
        analyst=analyst,
        tools=tuple(sorted(set(tools))),
    )


def quote(piece: Slice | Trajectory, step: int, text: str, *, role: QuoteRole) -> Quote:
    """Quote *text* from step number *step*, verbatim; a long text is cut at the end of a line or word.

    Raises:
        ValueError: the step does not contain the text.
    """
    run = piece.trajectory if isinstance(piece, Slice) else piece
    verbatim = _verbatim_start(text, _QUOTE_LIMIT)
    at = run.steps[step].text.find(verbatim)
    if at < 0:
        message = f"step {step} of {run.id} does not hold {verbatim[:60]!r}"
        raise ValueError(message)
    whole = _in_whole_words(run.steps[step].text, at, at + len(verbatim))
    return Quote(trajectory_id=run.id, step=step, role=role, text=whole)


def _in_whole_words(text: str, start: int, stop: int) -> str:
    """Return *text* from *start* to *stop*, extended to the ends of short words that the limits would cut in two.

    A letter after a backslash is no letter of a word: JSON writes the end of a line in this way.
    """
    begin, end = start, stop
    while 0 < begin < stop and _is_in_word(text[begin - 1 : begin + 1]) and text[max(0, begin - 2)] != "\\":
        begin -= 1
    while start < end < len(text) and _is_in_word(text[end - 1 : end + 1]):
        end += 1
    begin = begin if start - begin <= _LONGEST_WORD else start
    return text[begin : end if end - stop <= _LONGEST_WORD else stop]


def _is_in_word(pair: str) -> bool:
    return all(sign.isalnum() or sign == "_" for sign in pair)


def _verbatim_start(text: str, limit: int) -> str:
    text = text.strip()
    if len(text) <= limit:
        return text
    cut = text[:limit]
    at = max(cut.rfind("\n"), cut.rfind(" "))
    return (cut[:at] if at > limit // 2 else cut).rstrip()


def code(text: str, *, limit: int = _CODE_LIMIT) -> str:
    """Return *text* as inline code on one line, between more backticks than *text* contains in a row."""
    line = clip(squeeze(text), limit)
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {line} {fence}" if line.startswith("`") or line.endswith("`") else f"{fence}{line}{fence}"


def said(error: str) -> str:
    """Return an error line for a lesson: details of one run masked, cut to 140 characters, in typographic quotes."""
    return quoted(clip(squeeze(mask(TAG.sub("", error))), 140))


def is_short_enough(command: str) -> bool:
    """Return whether a command is short enough for advice: one line, not longer than an inline code span."""
    return "\n" not in command.strip() and len(command) <= _CODE_LIMIT


def open_names(text: str, names: Sequence[str]) -> str:
    """Return *text* with every name in *names* replaced by ``<name>`` (``<name 2>`` … for further names)."""
    for position, name in enumerate(names):
        label = "<name>" if position == 0 else f"<name {position + 1}>"
        text = spelt(name).sub(label, text)
    return text


def last_words(run: Trajectory, start: int, stop: int) -> Iterable[tuple[int, str]]:
    """Yield the agent's messages and thoughts in steps *start* to *stop*, each with the step's index."""
    for index in range(start, stop):
        step = run.steps[index]
        if step.kind in {"assistant", "thought"} and step.text.strip():
            yield index, step.text
