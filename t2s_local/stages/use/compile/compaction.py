"""Shorten the text of one skill to a token budget: verbatim lines are kept, all other lines are ranked and cut.

Only whole lines are cut; the other lines keep their order and every byte (system 10: compaction of text).
"""

from collections.abc import Callable, Sequence

from t2s_local.errors import T2SError
from t2s_local.stages.use.compile.lines import CountTokens, LineKind, line_kinds
from t2s_local.values.value import Value

RankLines = Callable[[Sequence[str]], Sequence[float]]
"""Function that returns the value of each line for the task; larger values are kept first."""


class KeptLine(Value, frozen=True, kw_only=True):
    """A line of a file that a context contains."""

    line: int
    """Number of the line in its file, from 1."""
    text: str


class Compacted(Value, frozen=True, kw_only=True):
    """A text that fits into its budget."""

    text: str
    lines: tuple[KeptLine, ...]
    """Lines of *text* that are not blank, in order."""
    n_tokens: int
    n_left: int
    """Number of lines left out, without blank lines."""


class TooSmallError(T2SError):
    """Error: a budget is too small for the lines that must be kept word for word."""

    def __init__(self, needed: int, budget: int, what: str) -> None:
        """State the text *what* that is too large, the tokens that it needs, and the budget."""
        super().__init__(
            f"{what} needs {needed} tokens, and the budget is {budget}",
            hint=f"--budget {needed} holds its commands, constraints and prohibitions, which are never cut.",
        )
        self.needed = needed


def compact(
    text: str, *, budget: int, count: CountTokens, rank: RankLines, what: str, first_line: int = 1
) -> Compacted:
    """Shorten *text* to *budget* tokens; a text that fits is unchanged.

    Args:
        text: A Markdown text.
        budget: Largest number of tokens of the result, at least 1.
        count: Returns the number of tokens of a text.
        rank: Ranks the lines that may be cut.
        what: Name of the text, for the error.
        first_line: Number of the text's first line in its file.

    Raises:
        TooSmallError: the lines that must be kept word for word have more tokens than *budget*.
    """
    lines = text.split("\n")
    if count(text) <= budget:
        kept = set(range(len(lines)))
        return _result(lines, text, kept, count, first_line)
    kinds = line_kinds(text)
    kept = {at for at, kind in enumerate(kinds) if kind == "verbatim"}
    needed = count(_joined(lines, kinds, kept))
    if needed > budget:
        raise TooSmallError(needed, budget, what)
    free = [at for at, kind in enumerate(kinds) if kind == "rest"]
    scores = dict(zip(free, rank([lines[at] for at in free]), strict=True))
    heads = _headings(kinds)
    for at in sorted({*kept}):
        kept = _with(kept, [heads[at]], lines, kinds, count, budget)
    for at in sorted(free, key=lambda at: (-round(scores[at], 6), at)):
        kept = _with(kept, [at, heads[at]], lines, kinds, count, budget)
    return _result(lines, _joined(lines, kinds, kept), kept, count, first_line)


def _with(
    kept: set[int],
    more: Sequence[tuple[int, ...] | int],
    lines: Sequence[str],
    kinds: Sequence[LineKind],
    count: CountTokens,
    budget: int,
) -> set[int]:
    """Return *kept* with *more* lines if all of these lines fit, otherwise *kept*."""
    wanted = kept.union(*({one} if isinstance(one, int) else set(one) for one in more))
    return wanted if wanted != kept and count(_joined(lines, kinds, wanted)) <= budget else kept


def _headings(kinds: Sequence[LineKind]) -> list[tuple[int, ...]]:
    """Return for each line the lines of the nearest heading above it; none for lines above the first heading."""
    found: list[tuple[int, ...]] = []
    nearest: tuple[int, ...] = ()
    for at, kind in enumerate(kinds):
        if kind == "heading":
            nearest = (*nearest, at) if at and kinds[at - 1] == "heading" else (at,)
        found.append(nearest)
    return found


def _joined(lines: Sequence[str], kinds: Sequence[LineKind], kept: set[int]) -> str:
    """Return the kept lines, with a blank line between two of them if the text had one there."""
    found: list[str] = []
    last = None
    for at in sorted(kept):
        if kinds[at] == "blank":
            continue
        if last is not None and any(kinds[between] == "blank" for between in range(last + 1, at)):
            found.append("")
        found.append(lines[at])
        last = at
    return "\n".join(found) + "\n" if found else ""


def _result(lines: Sequence[str], text: str, kept: set[int], count: CountTokens, first_line: int) -> Compacted:
    shown = [at for at in sorted(kept) if lines[at].strip()]
    return Compacted(
        text=text,
        lines=tuple(KeptLine(line=at + first_line, text=lines[at]) for at in shown),
        n_tokens=count(text),
        n_left=sum(bool(line.strip()) for line in lines) - len(shown),
    )
