"""Fill a token budget with parts of skills, the most important first, each with the parts that it requires."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from t2s_local.stages.use.compile.compaction import TooSmallError
from t2s_local.stages.use.compile.lines import CountTokens
from t2s_local.stages.use.compile.parts import LinePlace, Part, Reason

ReadLine = Callable[[LinePlace], str]


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of a context chosen so far, each with the reason; every addition returns a new object."""

    skills: tuple[str, ...]
    """Order of the skills in the text."""
    read: ReadLine
    count: CountTokens
    budget: int
    lines: Mapping[LinePlace, Reason] = msgspec.field(default_factory=dict)

    def text(self) -> str:
        """Return the lines as text; a mark ``[skill#line]`` above each run of lines states the place of its first line.

        Blank lines between two lines of a run are kept, so that the k-th line below a mark is k - 1 lines after that
        place in the file.
        """
        found: list[str] = []
        last: LinePlace | None = None
        for place in self.ordered():
            gap = None if last is None or place[:2] != last[:2] else self._between(last, place)
            if gap is None:
                found += ([""] if found else []) + [f"[{place}]"]
            else:
                found += gap
            found.append(self.read(place))
            last = place
        return "\n".join(found) + "\n" if found else ""

    def ordered(self) -> list[LinePlace]:
        """Return the lines by skill, file (SKILL.md first) and number."""
        rank = {name: at for at, name in enumerate(self.skills)}
        return sorted(
            self.lines, key=lambda place: (rank[place.skill], place.path != "SKILL.md", place.path, place.line)
        )

    @property
    def n_tokens(self) -> int:
        """Number of tokens of the text."""
        return self.count(self.text())

    def with_lines(self, more: Iterable[LinePlace], reason: Reason) -> "Context":
        """Return the context with further lines, even beyond its budget; lines already in it keep their reason."""
        return msgspec.structs.replace(self, lines={**dict.fromkeys(more, reason), **self.lines})

    def fits(self) -> bool:
        """Return whether the text is within the budget."""
        return self.n_tokens <= self.budget

    def _between(self, last: LinePlace, place: LinePlace) -> list[str] | None:
        """Return the blank lines between two lines of a file; None if other lines are between them."""
        between = [self.read(last._replace(line=number)) for number in range(last.line + 1, place.line)]
        return None if any(line.strip() for line in between) else between


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """A context, and the parts that are not in it."""

    context: Context
    inside: tuple[str, ...]
    """Places of the parts that are in the context."""
    outside: tuple[str, ...]
    """Places of the parts that did not fit into the budget."""


def with_core(
    context: Context, skill: str, parts: Sequence[Part], reason: Reason, *, is_needed: bool
) -> Context | None:
    """Return *context* with the whole core of a skill; None if the core does not fit.

    Args:
        context: The context so far.
        skill: Name of the skill, for the error.
        parts: Parts of the skill.
        reason: Reason of the core's lines.
        is_needed: Whether the context makes no sense without this core.

    Raises:
        TooSmallError: the core is needed and does not fit.
    """
    grown = context.with_lines((line for part in parts if part.is_core for line in part.lines), reason)
    if grown.fits():
        return grown
    if is_needed:
        raise TooSmallError(grown.n_tokens, context.budget, f"the core of {skill}")
    return None


def fill(context: Context, parts: Sequence[Part], known: Mapping[str, Part], reason: Reason) -> Filled:
    """Add *parts* in their order while they fit, each together with the parts that it requires.

    Args:
        context: The context so far.
        parts: Parts to add, the most important first.
        known: All parts by place; required parts are looked up here.
        reason: Reason of the parts' lines; lines of required parts have the reason ``required``.
    """
    inside, outside = [], []
    for part in parts:
        grown = context.with_lines(part.lines, reason)
        for place in needed_by(part, known):
            grown = grown.with_lines(known[place].lines, "required")
        if grown.fits():
            context = grown
            inside.append(part.place)
        else:
            outside.append(part.place)
    return Filled(context=context, inside=tuple(inside), outside=tuple(outside))


def needed_by(part: Part, known: Mapping[str, Part]) -> tuple[str, ...]:
    """Return the places of the parts that *part* requires, directly or indirectly, in order of discovery."""
    found: dict[str, None] = {}
    todo = list(part.requires)
    while todo:
        place = todo.pop(0)
        if place in known and place not in found and place != part.place:
            found[place] = None
            todo += known[place].requires
    return tuple(found)
