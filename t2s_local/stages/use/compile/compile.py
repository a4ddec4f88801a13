"""Stage that compiles one context for one task: cores and parts of the chosen skills, and parts of other skills."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from t2s_local.skills.library.index.index import LibraryIndex
from t2s_local.stages.use.compile.borrowing import borrowed
from t2s_local.stages.use.compile.filling import Context, fill, with_core
from t2s_local.stages.use.compile.levels import Levels
from t2s_local.stages.use.compile.lines import CountTokens
from t2s_local.stages.use.compile.parts import TRIGGER, LinePlace, Part, Reason, SkillText, parts_of
from t2s_local.stages.use.compile.rescue import Attached, pool_size
from t2s_local.stages.use.compile.telling import JudgedPart, judged, with_reasons
from t2s_local.stages.use.route.topology import nodes_of
from t2s_local.values.routing.library_index import SubUnit
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

MOST_CHOSEN = 3
"""Largest number of skills whose cores a context contains."""
NEARLY = 0.7
"""Least score of a further chosen skill, as a share of the best skill's score."""


class ContextLine(Value, frozen=True, kw_only=True):
    """One line of a context, with its place."""

    place: str
    """Place as ``skill#line``."""
    text: str
    """The line, word for word."""
    reason: Reason


class UsedSkill(Value, frozen=True, kw_only=True):
    """A skill with lines in a context."""

    name: str
    score: float
    """Score for the task, from 0 to 1."""
    is_chosen: bool
    """Whether the core of the skill is in the context; otherwise only single parts are."""
    n_parts: int
    """Number of parts of the skill that are in the context."""
    n_left: int
    """Number of parts of the skill that are not in the context."""


class Compiled(Value, frozen=True, kw_only=True):
    """A context that fits into its budget."""

    text: str
    lines: tuple[ContextLine, ...]
    n_tokens: int
    budget: int
    skills: tuple[UsedSkill, ...]
    """Skills with lines in the context, the best first."""
    n_unused: int
    """Number of skills of the library without a line in the context."""
    too_large: tuple[str, ...] = ()
    """Names of skills that suit the task, but whose cores do not fit into the budget."""
    attached: tuple[Attached, ...] = ()
    """Parts of skills that were not chosen, each with the chosen skill that it supports."""
    parts: tuple[JudgedPart, ...] = ()
    """Parts of the chosen skills, the best first, each with the reason why it is in the context or not."""


ReadSkill = Callable[[str], SkillText | None]
"""Function that returns the files of a skill; None if the skill changed since it was indexed, or cannot be read."""


def compile_context(
    index: LibraryIndex,
    task: str,
    vector: "FloatMatrix",
    scores: "FloatMatrix",
    read: ReadSkill,
    *,
    budget: int,
    count: CountTokens,
) -> Compiled:
    """Compile the context of a task; the best skill must suit the task.

    Args:
        index: Index of the library, with at least one skill.
        task: Text of the task.
        vector: Unit vector of the task, shape ``(d,)``.
        scores: Score of each skill for the task, shape ``(n,)``.
        read: Reads the files of skills.
        budget: Largest number of tokens.
        count: Returns the number of tokens of a text.

    Raises:
        TooSmallError: the core of the best skill does not fit into the budget.
    """
    order = by_score(scores)
    leading = leading_skills(scores)
    required = required_skills(index, leading)
    lenders = [row for row in order if row not in leading and scores[row] >= index.least[row]]
    pool = lenders[: pool_size(len(leading))]
    levels = Levels(index, vector)
    needs = {node.place: node.dependencies for node in nodes_of(units_of(index, (*leading, *required)))}
    shelf = _Shelf(index, levels, read, needs, largest=float(scores[order[0]]) or 1.0)
    context = Context(
        skills=tuple(index.skills[row].name for row in order), read=shelf.line, count=count, budget=budget
    )
    chosen, too_large = list[int](), list[str]()
    for row in (*leading, *required):
        reason: Reason = "core" if row in leading else "required"
        parts = shelf.parts(row, float(scores[row]), is_required=row not in leading)
        name = index.skills[row].name
        grown = with_core(context, name, parts, reason, is_needed=row == order[0])
        if grown is None:
            too_large.append(name)
        elif parts:
            context = grown
            chosen.append(row)
    ranked = sorted(shelf.known.values(), key=lambda part: (-round(part.value, 6), part.place))
    telling, verdicts = judged(ranked, context, without=too_large)
    own = fill(context, telling, shelf.known, "part")
    cues = borrowed(task, pool, chosen, levels, shelf.texts, [shelf.line(place) for place in own.context.lines], scores)
    every = {**shelf.known, **{part.place: part for part, _ in cues}}
    rescue = fill(own.context, [part for part, _ in cues], every, "rescued")
    attached = [one for _, one in cues if one.place in rescue.inside]
    return _compiled(index, rescue.context, scores, chosen, every, attached, too_large, verdicts)


def by_score(scores: "FloatMatrix") -> list[int]:
    """Return the numbers of the skills, the best first."""
    return [int(row) for row in np.argsort(-scores.round(6), kind="stable")]


def leading_skills(scores: "FloatMatrix") -> list[int]:
    """Return the skills that are chosen: the best skill, and up to two others with nearly the same score."""
    order = by_score(scores)
    return [row for row in order[:MOST_CHOSEN] if scores[row] >= NEARLY * scores[order[0]]]


def units_of(index: LibraryIndex, rows: Sequence[int]) -> list[SubUnit]:
    """Return the units of some skills, skill by skill."""
    return [unit for row in rows for unit in index.units_of(row)]


def required_skills(index: LibraryIndex, leading: Sequence[int]) -> list[int]:
    """Return the skills that the chosen skills require, directly or through another required skill."""
    rows = {skill.name: row for row, skill in enumerate(index.skills)}
    found: list[int] = []
    todo = [name for row in leading for name in index.skills[row].requires]
    while todo:
        row = rows.get(todo.pop(0))
        if row is not None and row not in leading and row not in found:
            found.append(row)
            todo += index.skills[row].requires
    return found


class _Shelf:
    """Files and parts of the skills that a context may use, read when they are needed."""

    def __init__(
        self,
        index: LibraryIndex,
        levels: Levels,
        read: ReadSkill,
        requires: Mapping[str, Sequence[str]],
        *,
        largest: float,
    ) -> None:
        self._index = index
        self._levels = levels
        self._read = read
        self._requires = requires
        self._largest = largest
        self._texts: dict[int, SkillText | None] = {}
        self._by_name: dict[str, SkillText] = {}
        self.known: dict[str, Part] = {}
        """Parts of the skills asked for so far, by place."""

    def texts(self, row: int) -> SkillText | None:
        """Return the files of a skill; None if the skill can no longer be read."""
        if row not in self._texts:
            found = self._texts[row] = self._read(self._index.skills[row].name)
            if found is not None:
                self._by_name[found.name] = found
        return self._texts[row]

    def line(self, place: LinePlace) -> str:
        """Return the text of a line."""
        return self._by_name[place.skill].line(place)

    def parts(self, row: int, score: float, *, is_required: bool) -> list[Part]:
        """Return the parts of a skill; of a required skill without a core, the best part counts as its core."""
        text = self.texts(row)
        if text is None:
            return []
        weight = score / self._largest
        units = [(unit, similarity * weight) for unit, similarity, _ in self._levels.units(row)]
        found = parts_of(units, text, requires=self._requires)
        if is_required and found and not any(part.is_core for part in found):
            best = max(found, key=lambda part: (part.value, part.place))
            found = [msgspec.structs.replace(part, is_core=part is best) for part in found]
        self.known |= {part.place: part for part in found}
        return found


def _compiled(
    index: LibraryIndex,
    context: Context,
    scores: "FloatMatrix",
    chosen: Sequence[int],
    known: Mapping[str, Part],
    attached: Sequence[Attached],
    too_large: Sequence[str],
    verdicts: Sequence[JudgedPart],
) -> Compiled:
    rows = {skill.name: row for row, skill in enumerate(index.skills)}
    used = list(dict.fromkeys(place.skill for place in context.ordered()))
    inside = Counter(part.skill for part in known.values() if set(part.lines) <= context.lines.keys())
    all_known = Counter(part.skill for part in known.values())
    every = {
        name: all_known[name] if rows[name] in chosen else max(inside[name], len(_places(index, rows[name])))
        for name in used
    }
    return Compiled(
        text=context.text(),
        lines=tuple(
            ContextLine(place=str(place), text=context.read(place), reason=context.lines[place])
            for place in context.ordered()
        ),
        n_tokens=context.n_tokens,
        budget=context.budget,
        skills=tuple(
            UsedSkill(
                name=name,
                score=round(float(scores[rows[name]]), 6),
                is_chosen=rows[name] in chosen,
                n_parts=inside[name],
                n_left=every[name] - inside[name],
            )
            for name in used
        ),
        n_unused=len(index.skills) - len(used),
        too_large=tuple(too_large),
        attached=tuple(attached),
        parts=with_reasons(verdicts, known, context),
    )


def _places(index: LibraryIndex, row: int) -> set[tuple[str, int, str]]:
    """Return the places of the parts that :func:`parts_of` forms: list items, and one part below each heading."""
    return {
        (unit.path, unit.line if unit.kind in ("rule", "prohibition") else 0, unit.heading)
        for unit in index.units_of(row)
        if not unit.heading.casefold().startswith(TRIGGER)
    }
