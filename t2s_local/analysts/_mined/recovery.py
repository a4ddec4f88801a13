"""Error -> recovery: the action that failed, its message, and the action that worked afterwards."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import TAG, code, last_words, lesson, open_names, quote, said
from t2s_local.analysts._mined.fix import Fix, describe_fix, instruction
from t2s_local.text.check_results import check_of, read_result
from t2s_local.text.commands import changes_state, heads_of, is_idle, is_shell, without_cd
from t2s_local.text.events import Event
from t2s_local.text.recovery.recovered import mended_at, recovered_at, shared_names
from t2s_local.text.text import words
from t2s_local.values.lesson import Lesson, Polarity, Quote, Refusal
from t2s_local.values.trajectory import Slice

_TEST_FILE = re.compile(r"[\w./-]*test[\w/-]*\.\w{1,4}\b", re.IGNORECASE)
_OPTION = re.compile(r"(?<!\S)--?[A-Za-z][\w-]*")
_SHOWN_LINES = 3
_CAUSE = re.compile(
    r"\b(?:because|root cause|the (?:issue|problem|error|reason|bug) (?:is|was|seems|occurs|comes)|due to|caused by|"
    r"this (?:fails|failed|happens|means) (?:because|when|that)|turns out|is not installed|isn['’]?t installed|"
    r"is not available|was removed|requires|must be|needs to|does not (?:exist|support|have)|"
    r"doesn['’]?t (?:exist|support|have)|"
    r"instead of|not enough|already|conflicts? with|is missing|are missing|not defined|expects?)\b",
    re.IGNORECASE,
)
_STRONG_CAUSE = re.compile(
    r"\b(?:root cause|the (?:issue|problem|reason|bug) (?:is|was|seems)|because|turns out|due to|caused by)\b",
    re.IGNORECASE,
)
_VAGUE = frozenset({"error", "errors", "failed", "task", "tool_use_error", "line", "file", "with", "this", "that"})
_PLAN = re.compile(r"^(?:now|next|first,? i)\b|\b(?:let me|let's|i'?ll|i will|i'?m going to)\b", re.IGNORECASE)
"""Announcements of the agent's next action, which are no cause."""
_SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-Z`\"'*])|\n+")


def recoveries(piece: Slice, events: Sequence[Event]) -> Iterator[Lesson | Refusal]:
    """Yield for every failure of *piece* the lesson of the later success, or the reason why there is no lesson."""
    for position, event in enumerate(events):
        if event.failed:
            yield _recovery(piece, events, position)


def _recovery(piece: Slice, events: Sequence[Event], position: int) -> Lesson | Refusal:
    """Return the fix of the failure at *position* as a lesson, or the reason why there is none."""
    event = events[position]
    if event.error is None:
        return Refusal(reason="failure without a message")
    later = recovered_at(events, position)
    fix = None if later is None else describe_fix(piece, event, events[position + 1 : later], events[later])
    if event.is_infrastructure and (later is None or not _other_options(event, events[later])):
        return Refusal(reason="infrastructure error")
    fix = fix or _named_fix(events, position)
    against = _against(event, None if later is None else events[later], fix)
    return _lesson(piece, event, fix) if fix is not None and against is None else Refusal(reason=against or "no fix")


def _against(failed: Event, worked: Event | None, fix: Fix | None) -> str | None:
    """Return the reason to reject a recovery or its fix; None if there is no reason."""
    if worked is not None and _differs_in_case(failed, worked):
        return "the same call in another letter case passed"
    if fix is not None:
        return "a check was changed, or checked nothing" if _proves_nothing(failed, fix) else None
    return "failure without a recovery" if worked is None else "no small fix tells failure from success"


def _proves_nothing(failed: Event, fix: Fix) -> bool:
    """Return whether a passing check proves no fix.

    It proves no fix if the failed test itself was edited, or if the failed check had checked nothing.
    """
    if not is_shell(failed.tool) or check_of(failed.action) is None:
        return False
    result = read_result(failed.output)
    if result is not None and result.verdict == "nothing":
        return True
    named = {path.rsplit("/", 1)[-1] for path in _TEST_FILE.findall(failed.action)}
    changing = [event for event in fix.events[:-1] if changes_state(event.tool, event.head)]
    return any(name in event.action for event in changing for name in named)


def _differs_in_case(failed: Event, worked: Event) -> bool:
    """Return whether two calls differ in capital letters alone.

    Such a difference is often made by the harness.
    """
    return failed.action != worked.action and failed.action.lower() == worked.action.lower()


def _other_options(failed: Event, worked: Event) -> bool:
    """Return whether the call that passed had other options or more programs than the failed call.

    A mere repetition only shows that a service is available again.
    """
    before, after = (
        sum(not is_idle(program) for program in heads_of(event.action)) if is_shell(event.tool) else 1
        for event in (failed, worked)
    )
    return after > before or bool(set(_OPTION.findall(worked.action)) - set(_OPTION.findall(failed.action)))


def _named_fix(events: Sequence[Event], position: int) -> Fix | None:
    """Return the action on what the error named, after which the same program got past the error; otherwise None."""
    mended = mended_at(events, position)
    first = None if mended is None else instruction(events[mended.helper])
    if mended is None or first is None:
        return None
    do = f"{first}, then repeat `{events[position].head}`."
    return Fix(do=do, events=(events[mended.helper], events[mended.proof]))


def _lesson(piece: Slice, failed: Event, fix: Fix) -> Lesson:
    error = failed.error or ""
    names = shared_names(error, fix.do)
    cause = stated_cause(piece, failed, fix.events[-1])
    what = describe_call(failed)
    when = open_names(f"{what} fails with {said(error)}", names)
    quotes = [
        quote(piece, failed.call, failed.action, role="action"),
        quote(piece, failed.result or failed.call, error, role="observation"),
        *(quote(piece, event.call, event.action, role="fix") for event in fix.events),
    ]
    because = fix.because
    if cause is not None:
        because = open_names(cause[1], names)
        quotes.append(quote(piece, cause[0], cause[1], role="cause"))
    quotes += _result_quote(piece, fix.events[-1])
    polarity: Polarity = "failure"
    return lesson(
        when=when,
        do=open_names(fix.do, names),
        because=because,
        polarity=polarity,
        pattern="recovery" if cause is None else "root_cause",
        evidence=quotes,
        trajectories=(piece.trajectory,),
        tools=(failed.tool,),
    )


def describe_call(event: Event) -> str:
    """Return a call as inline code for a lesson: a short command whole, otherwise the name of its program or tool."""
    command = without_cd(event.action)
    is_plain = is_shell(event.tool) and len(command) <= 80 and "\n" not in command
    return code(command) if is_plain else f"`{event.head}`"


def _result_quote(piece: Slice, event: Event) -> list[Quote]:
    """Return a quote of the first three lines that the successful action returned, without a harness's tags."""
    if event.result is None or event.failed:
        return []
    # a quote stands verbatim in its step: of other ends of lines, such as U+2028, none may become another
    lines = event.output.split("\n")
    while lines and not TAG.sub("", lines[0]).strip(" 0"):
        lines.pop(0)
    shown = "\n".join(lines[:_SHOWN_LINES]).strip()
    return [quote(piece, event.result, shown, role="result")] if shown and not TAG.fullmatch(shown) else []


def stated_cause(piece: Slice, failed: Event, worked: Event) -> tuple[int, str] | None:
    """Return the sentence in which the agent explains why *failed* failed, with its step index; None if there is none.

    The sentence lies between the failure and *worked*, and shares a word with the error.
    """
    found: tuple[int, str] | None = None
    about = {word for word in words(failed.error or "") if len(word) > 3} - _VAGUE
    for index, text in last_words(piece.trajectory, (failed.result or failed.call) + 1, worked.call):
        for sentence in _SENTENCE.split(text[:4000]):
            stated = sentence.strip()
            if not 25 <= len(stated) <= 260 or _PLAN.search(stated) or not _CAUSE.search(stated):
                continue
            if not about & set(words(stated)):
                continue
            if _STRONG_CAUSE.search(stated):
                return index, stated
            found = found or (index, stated)
    return found
