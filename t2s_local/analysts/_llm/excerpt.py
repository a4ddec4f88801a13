"""What a model is shown of a recording: the telling steps, long ones cut, as many as a budget of tokens holds."""

import re
from collections.abc import Callable, Mapping, Sequence

from t2s_local.values.trajectory import Slice, Step
from t2s_local.values.value import Value

Count = Callable[[str], int]
"""Counts the tokens of a text."""

_CHARACTERS_A_TOKEN = 3
"""In recorded runs 3.0 characters make a word piece; tokens of a large byte-level vocabulary are somewhat longer."""
_WHOLE = 240
"""Characters up to which a step is never cut: the mark of a cut would cost as much as it saves."""
_AROUND = 80
"""Characters kept at most on either side of what is wanted of a long step: whole lines where lines are short."""
_KINDS = {"tool_call": "call", "tool_result": "result", "assistant": "agent"}
_WORTH_CUTTING = 40
"""Characters below which a gap is shown: its mark would be as long."""
_UNSAFE = re.compile(r"[^\w.:/-]")


def estimated(text: str) -> int:
    """About how many tokens *text* has: to choose steps by, which asking a busy model for would take longer."""
    return -(-len(text) // _CHARACTERS_A_TOKEN)


class Entry(Value, frozen=True, kw_only=True):
    """One step as it is shown."""

    run: str
    """``A`` or ``B`` where two recordings are shown, otherwise empty."""
    step: int
    """Index of the step in its trajectory."""
    head: str | None
    """What its marker line says of it; None for a line of the outline."""
    text: str
    n_cut: int = 0
    """Characters left out."""
    n_tokens: int
    """Estimated, its marker included."""


class Excerpt(Value, frozen=True, kw_only=True):
    """What is shown of one or two recordings."""

    entries: tuple[Entry, ...]
    """By run and step; those of the outline among the others."""
    n_steps: int
    """Steps there are."""

    @property
    def n_tokens(self) -> int:
        """Tokens of all entries, estimated."""
        return sum(entry.n_tokens for entry in self.entries)

    @property
    def n_cut(self) -> int:
        """Characters left out of the steps that are shown."""
        return sum(entry.n_cut for entry in self.entries)

    @property
    def steps(self) -> frozenset[tuple[str, int]]:
        """Run and index of every step that is shown."""
        return frozenset((entry.run, entry.step) for entry in self.entries)


class StepSelection:
    """Collects steps until a budget is used up."""

    def __init__(self, *, budget: int) -> None:
        """Begin with nothing.

        Args:
            budget: Tokens all entries may have together, estimated; what must be shown is shown beyond it.
        """
        self._budget = budget
        self._spans: dict[tuple[str, int], list[tuple[int, int]]] = {}
        self._shown: dict[tuple[str, int], Entry] = {}
        self._used = 0

    def show(self, piece: Slice, step: int, wanted: str, *, run: str = "", must: bool = False) -> bool:
        """Show *wanted*, words of a step, with what stands around them; says whether there was room.

        Args:
            piece: The slice the step is in.
            step: Its index in the trajectory.
            wanted: Words that stand in it, shown whole.
            run: Which of two recordings it is.
            must: Show it whatever the budget.
        """
        key = (run, step)
        shown = piece.trajectory.steps[step]
        old = self._spans.get(key, [])
        spans = _joined([*old, _span(shown.text, wanted)])
        if spans == old:
            return True
        text, n_cut = _cut(shown.text, spans)
        head = _head(run, step, shown)
        cost = estimated(f"@0000 {head}\n{text}\n")
        before = self._shown[key].n_tokens if key in self._shown else 0
        if not must and self._used + cost - before > self._budget:
            return False
        self._spans[key] = spans
        self._used += cost - before
        self._shown[key] = Entry(run=run, step=step, head=head, text=text, n_cut=n_cut, n_tokens=cost)
        return True

    def outline(self, step: int, line: str, *, run: str = "", n_cut: int = 0) -> bool:
        """Show a step as one line of the outline, unless it is shown already; says whether it is shown now."""
        key = (run, step)
        if key in self._shown:
            return True
        text = f"{run}{step} {line}"
        cost = estimated(f"{text}\n")
        if self._used + cost > self._budget:
            return False
        self._used += cost
        self._shown[key] = Entry(run=run, step=step, head=None, text=text, n_cut=n_cut, n_tokens=cost)
        return True

    def excerpt(self, *, n_steps: int) -> Excerpt:
        """What was collected."""
        return Excerpt(entries=tuple(self._shown[key] for key in sorted(self._shown)), n_steps=n_steps)


def parts(excerpt: Excerpt, *, room: int, count: Count, overlap: int = 2) -> tuple[Excerpt, ...]:
    """Split *excerpt* at steps, so that each part has at most *room* tokens.

    Args:
        excerpt: What is shown.
        room: Tokens a part may have; a single step above it becomes a part of its own.
        count: Counts the tokens of a text exactly; asked once where everything fits, which is the rule.
        overlap: Steps a part repeats of the one before, so that nothing that spans the border is lost.
    """
    if count("".join(_laid_out(entry) for entry in excerpt.entries)) <= room:
        return (excerpt,)
    sizes = {entry: count(_laid_out(entry)) for entry in excerpt.entries}
    made: list[list[Entry]] = [[]]
    used = 0
    for entry in excerpt.entries:
        if made[-1] and used + sizes[entry] > room:
            made.append(_repeated(made[-1], sizes, overlap=overlap, room=room - sizes[entry]))
            used = sum(sizes[item] for item in made[-1])
        made[-1].append(entry)
        used += sizes[entry]
    return tuple(Excerpt(entries=tuple(part), n_steps=excerpt.n_steps) for part in made)


def _repeated(entries: Sequence[Entry], sizes: Mapping[Entry, int], *, overlap: int, room: int) -> list[Entry]:
    kept: list[Entry] = []
    for entry in reversed(entries[-overlap:]):
        room -= sizes[entry]
        if room < 0:
            break
        kept.insert(0, entry)
    return kept if len(kept) < len(entries) else []


def _laid_out(entry: Entry) -> str:
    return f"{entry.text}\n" if entry.head is None else f"@0000 {entry.head}\n{entry.text}\n"


def _span(text: str, wanted: str) -> tuple[int, int]:
    if len(text) <= _WHOLE:
        return 0, len(text)
    at = max(0, text.find(wanted))
    stop = min(len(text), at + len(wanted))
    low, high = max(0, at - _AROUND), min(len(text), stop + _AROUND)
    line_start, line_stop = text.find("\n", low, at), text.rfind("\n", stop, high)
    start = low if low == 0 or line_start < 0 else line_start + 1
    stop = high if high == len(text) or line_stop < 0 else line_stop
    return 0 if start < _WORTH_CUTTING else start, len(text) if len(text) - stop < _WORTH_CUTTING else stop


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if joined and start <= joined[-1][1] + _WORTH_CUTTING:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, int]:
    pieces: list[str] = []
    at = n_cut = 0
    for start, stop in [*spans, (len(text), len(text))]:
        if text[at:start].strip():
            pieces.append(f"[… {start - at} characters cut …]")
            n_cut += start - at
        if stop > start:
            pieces.append(text[start:stop].strip("\n"))
        at = stop
    return "\n".join(pieces), n_cut


def _head(run: str, index: int, step: Step) -> str:
    kind = _KINDS.get(step.kind, step.kind)
    tool = f" {_UNSAFE.sub('_', step.tool)[:40]}" if step.kind == "tool_call" and step.tool else ""
    return f"{run}{index} {kind}{tool}"
