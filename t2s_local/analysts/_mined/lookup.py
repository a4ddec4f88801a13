"""Lookups: calls that found a value that the user could not state."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.text.commands import changes_state
from t2s_local.text.events import Event
from t2s_local.text.text import clip, join_words, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

_NOT = r"(?:do not|don['’]?t|can['’]?t|cannot|couldn['’]?t)"
_VALUE = (
    r"(?:[a-z][\w-]*\s+){0,2}(?:id|ids|number|numbers|code|path|name|version|url|file|branch|date|details?|password)"
)
_LACKS = re.compile(
    rf"\b(?:i|we)\s+{_NOT}\s+(?:actually |really |currently |even )?"
    r"(?:have|remember|recall|know|find)\s+(?:what |which )?(?:my|the|that|our|those|his|her|their|any of the)?\s*"
    rf"(?P<lacked>{_VALUE})\b"
    rf"|\b(?P<asked>{_VALUE}):\s*(?:i|we)\s+{_NOT}\s+(?:actually |really |currently )?(?:have|remember|recall|know)\b",
    re.IGNORECASE,
)
_DENIALS = ("not", "n't", "n’t", "dont", "cant", "couldnt")
"""Texts, in lower case, of which every match of ``_LACKS`` contains at least one."""
_WITHIN = 8
"""Steps after the user's words in which the lookup is expected."""
_MOST_CALLS = 2
_SHOWED = "Users often do not have it, and these calls return it"


def lookups(piece: Slice, events: Sequence[Event]) -> Iterator[Lesson]:
    """Yield at most one lesson, on the first value that the user of *piece* could not state and a tool returned."""
    steps = piece.trajectory.steps
    for index in range(piece.start, piece.stop):
        found = _lacked(steps[index].text) if steps[index].kind == "user" else None
        if found is None:
            continue
        calls = _that_tell(_calls_after(events, index), _named(found))
        if calls and not _asks_for(piece, _named(found), calls[0]):
            yield _lesson(piece, index, found, calls)
            return


def _lacked(text: str) -> re.Match[str] | None:
    lower = text.lower()
    return _LACKS.search(text) if any(denial in lower for denial in _DENIALS) else None


def _calls_after(events: Sequence[Event], index: int) -> Sequence[Event]:
    near = [event for event in events if index < event.call <= index + _WITHIN]
    calls: list[Event] = []
    for event in near:
        if event.failed or event.result is None or changes_state(event.tool, event.head):
            break
        if event.head not in {call.head for call in calls}:
            calls.append(event)
    return calls[:_MOST_CALLS]


def _that_tell(calls: Sequence[Event], what: str) -> Sequence[Event]:
    """Return *calls* up to the last one whose answer mentions the missing value: later calls had another purpose."""
    telling = [place for place, call in enumerate(calls, 1) if _subject(what) in call.output.lower()]
    return calls[: max(telling, default=0)]


def _asks_for(piece: Slice, what: str, call: Event) -> bool:
    """Return whether *call* has an argument for the missing value itself."""
    return _subject(what) in " ".join(piece.trajectory.steps[call.call].arguments or {}).lower()


def _subject(what: str) -> str:
    return what.lower().split()[0].rstrip("s")


def _lesson(piece: Slice, index: int, found: re.Match[str], calls: Sequence[Event]) -> Lesson:
    what = _named(found)
    sentence = _sentence(piece.trajectory.steps[index].text, found)
    evidence = [quote(piece, index, sentence, role="request")]
    evidence += [quote(piece, call.call, call.action, role="fix") for call in calls]
    return lesson(
        when=f"the user does not have the {what}",
        do=_advice(piece, what, calls),
        because=_SHOWED,
        polarity="success",
        pattern="recovery",
        evidence=evidence,
        trajectories=(piece.trajectory,),
        tools=[call.tool for call in calls],
    )


def _advice(piece: Slice, what: str, calls: Sequence[Event]) -> str:
    """Return the advice to look *what* up: with one call, or with a list whose items a second call shows."""
    first = calls[0]
    names = [f"`{name}`" for name in piece.trajectory.steps[first.call].arguments or {}]
    needs = join_words(names)
    given = f" (it needs the {needs})" if needs else ""
    if len(calls) > 1 and _asks_for(piece, what, calls[1]):
        thing = what.rpartition(" ")[0]
        listed = f"the {thing.removesuffix('s')}s" if thing else "what there is"
        enough = (
            f"The {needs} {'is' if len(names) == 1 else 'are'} enough, so do not ask for it again: list"
            if names
            else "List"
        )
        return f"{enough} {listed} with `{first.head}`, and open each with `{calls[1].head}` until one fits."
    if len(calls) > 1:
        return f"Look the {what} up with `{first.head}`{given}, then `{calls[1].head}`."
    return f"Look the {what} up with `{first.head}`{given}."


def _named(found: re.Match[str]) -> str:
    """Return the name of the value that the user lacks, in the singular: ``reservation ID``."""
    name = squeeze(found["lacked"] or found["asked"]).lower()
    return re.sub(r"\bids?$", "ID", name.removesuffix("s") if name.endswith(("numbers", "codes", "ids")) else name)


def _sentence(text: str, found: re.Match[str]) -> str:
    start = max(text.rfind(mark, 0, found.start()) + 1 for mark in ".!?\n")
    stops = [at for mark in ".!?\n" if (at := text.find(mark, found.end())) != -1]
    return clip(text[start : min(stops) + 1 if stops else len(text)].strip(), 400).rstrip("…")
