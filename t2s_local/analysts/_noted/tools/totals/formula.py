"""Formulas of a total: a sum of looked-up numbers, times the length of a list, plus fixed amounts for extras."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import msgspec
from msgspec import structs

from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common
from t2s_local.analysts._noted.tools.totals.parts import Parts, Source
from t2s_local.analysts._notes import Note
from t2s_local.records.outcome import finite
from t2s_local.text.text import join_words
from t2s_local.values.value import Value

LEAST_CALLS = 5
"""Fewest calls, each of another run or total, that a formula must explain."""
LEAST_TOTALS = 3
LEAST_SHARE = 0.9
"""Share that a formula must explain exactly, of the calls whose parts are all known."""
LEAST_KNOWN = 0.5
"""Share of all calls whose parts must be known."""
LEAST_RUNS = 2
"""Fewest runs that show the amount of an extra."""
_MOST_EXTRAS = 2
_MOST_AMOUNTS = 10
"""Most extras of which every pair is tried: those whose amount most runs show."""
_NEAR = 0.005


class Observed(Value, frozen=True, kw_only=True):
    """The parts of one call with the run that it belongs to."""

    run: str
    parts: Parts


class Row(Value, frozen=True, kw_only=True):
    """A call with the rest of its total, which extras must explain."""

    of: Observed
    rest: float
    extras: Mapping[str, float]


class Formula(Value, frozen=True, kw_only=True):
    """Way to work out a total."""

    source: Source
    tools: tuple[str, ...]
    """Tools whose results have the numbers."""
    times: str | None
    """List whose length the sum is multiplied by."""
    extras: tuple[tuple[str, float], ...]
    """Arguments with the amount that each adds."""
    n_explained: int
    n_known: int
    wrong: tuple[str, str, int] | None = None
    """Field whose sum refused calls stated by mistake, its tool, and the number of runs; None for no field."""
    once: tuple[str, float] | None = None
    """Extra of the only call with a higher total than the formula's, and the difference; None if unclear."""
    fixed: tuple[tuple[str, str], ...] = ()
    """Arguments to which all explained calls gave one value; with another value the formula may not apply."""

    @property
    def words(self) -> str:
        """The formula as a clause."""
        source = self.source
        picked = f" for the `{source.picked}` of the call" if source.picked else ""
        shown = join_words((f"`{tool}`" for tool in self.tools), last="or")
        told = f"add up `{source.field}`{picked} over the `{source.items}`, as {shown} shows them now"
        told += f" (not `{self.wrong[0]}` in what `{self.wrong[1]}` shows)" if self.wrong else ""
        told += f", multiply by the number of `{self.times}`" if self.times else ""
        added = join_words(_added(self.extras))
        return f"{told}{f', and add {added}' if added else ''}"

    @property
    def limits(self) -> str:
        """Sentence on the arguments whose effect on the total is unknown; empty if there are no such arguments."""
        if not self.fixed:
            return ""
        usual = join_words(f"`{name}` `{value}`" for name, value in self.fixed)
        told = f" Recorded totals show this for {usual} only: with another value there, add what that costs."
        if self.once is None or "=" not in self.once[0]:
            return told
        name, _, value = self.once[0].partition("=")
        return f"{told[:-1]} ({_figure(self.once[1])} more in the only call with `{name}` `{value}`)."

    @property
    def counts(self) -> str:
        """The calls that the formula explains, as a clause."""
        told = f"the sum so worked out is right for {self.n_explained} of {self.n_known} totals"
        if self.once is not None:
            name, _, value = self.once[0].partition("=")
            told += f"; one with `{name}` `{value}` came to {_figure(self.once[1])} more" if value else ""
        return f"{told}; {self.wrong[2]} runs gave the other sum" if self.wrong else told


def _added(extras: Iterable[tuple[str, float]]) -> Iterator[str]:
    for name, amount in extras:
        argument, _, value = name.partition("=")
        figure = _figure(amount)
        yield f"{figure} if `{argument}` is `{value}`" if value else f"{figure} for each of `{argument}`"


def _figure(number: float) -> str:
    """Return *number* with all its digits."""
    return repr(number).removesuffix(".0")


def formula_of(pairs: Sequence[tuple[Run, Note]]) -> Formula | None:
    """Return the simplest formula that explains most calls in *pairs*, whose details are their parts; or None."""
    read = [
        Observed(run=run.piece.trajectory.id, parts=msgspec.json.decode(note.detail, type=Parts)) for run, note in pairs
    ]
    every = tuple({(one.run, one.parts.total, one.parts.extras): one for one in reversed(read)}.values())
    if len({(one.run, one.parts.total) for one in every}) < LEAST_CALLS:
        return None
    sources = sorted({source for one in every for source, _ in one.parts.sums}, key=_order)
    lists = sorted({name for one in every for name, _ in one.parts.counts})
    found = [
        formula
        for source in sources
        for times in (None, *(name for name in lists if name != source.items))
        if (formula := _fitted(every, source, times)) is not None
    ]
    best = min(
        found, key=lambda one: (-one.n_explained, len(one.extras), one.times or "", _order(one.source)), default=None
    )
    return None if best is None else structs.replace(best, wrong=_wrong(read, best))


def _wrong(read: Sequence[Observed], best: Formula) -> tuple[str, str, int] | None:
    """Return the field whose sum refused calls of several runs stated instead, its tool, and the number of runs."""
    behind: dict[tuple[str, str], set[str]] = {}
    for one in read:
        tools = dict(one.parts.tools)
        for source, _ in one.parts.sums:
            value = _product(one.parts, source, best.times)
            if source != best.source and value is not None and one.parts.given == value:
                behind.setdefault((source.field, tools[source]), set()).add(one.run)
    key = min(behind, key=lambda name: (-len(behind[name]), name), default=None)
    return None if key is None or len(behind[key]) < LEAST_RUNS else (*key, len(behind[key]))


def _order(source: Source) -> tuple[str, ...]:
    return source.items, source.field, source.picked


def _fitted(every: Sequence[Observed], source: Source, times: str | None) -> Formula | None:
    """Return the formula with a given sum and multiplier that explains most calls with fewest extras, or None."""
    rows = [
        Row(of=one, rest=one.parts.total - value, extras=dict(one.parts.extras))
        for one in every
        if (value := _product(one.parts, source, times)) is not None
    ]
    if len(rows) < LEAST_KNOWN * len(every):
        return None
    amounts = _amounts(rows)
    ways = [extras for n_extras in range(_MOST_EXTRAS + 1) for extras in combinations(amounts, n_extras)]
    tried = ((way, _explained(rows, way)) for way in ways)
    extras, explained = min(tried, key=lambda found: (-len(found[1]), len(found[0]), found[0]))
    if len(explained) < LEAST_SHARE * len(rows) or len({(one.run, one.parts.total) for one in explained}) < LEAST_CALLS:
        return None
    if len({one.parts.total for one in explained}) < LEAST_TOTALS:
        return None
    return Formula(
        source=source,
        tools=tuple(
            most_common((tool for one in explained for name, tool in one.parts.tools if name == source), most=2)
        ),
        times=times,
        extras=extras,
        n_explained=len(explained),
        n_known=len(rows),
        once=_once(rows, explained),
        fixed=_fixed(explained, {source.picked, *(name.partition("=")[0] for name, _ in extras)}),
    )


def _fixed(explained: Sequence[Observed], used: Container[str]) -> tuple[tuple[str, str], ...]:
    """Return the arguments, other than *used*, that have one and the same value in all *explained* calls."""
    values: dict[str, set[str | float]] = {}
    for one in explained:
        for extra, number in one.parts.extras:
            name, _, value = extra.partition("=")
            values.setdefault(name, set()).add(value or number)
    n_with = Counter(name for one in explained for name in {extra.partition("=")[0] for extra, _ in one.parts.extras})
    same = {name: next(iter(found)) for name, found in values.items() if len(found) == 1}
    return tuple(
        (name, value if isinstance(value, str) else _figure(value))
        for name, value in sorted(same.items())
        if name not in used and n_with[name] == len(explained)
    )


def _explained(rows: Sequence[Row], extras: Iterable[tuple[str, float]]) -> list[Observed]:
    return [row.of for row in rows if abs(row.rest - _of_extras(row, extras)) < _NEAR]


def _once(rows: Sequence[Row], explained: Sequence[Observed]) -> tuple[str, float] | None:
    """Return the extra that only the call with a higher total than the formula's has, and the difference, or None.

    The extra is a value of an argument that is the same in all other calls.
    """
    usual = {extra for one in explained for extra in one.parts.extras}
    varied = Counter(name.partition("=")[0] for name, _ in usual)
    higher = [row for row in rows if row.rest > _NEAR and row.of not in explained]
    own = [extra for row in higher for extra in row.of.parts.extras if extra not in usual]
    own = [(name, value) for name, value in own if varied[name.partition("=")[0]] == 1]
    return (own[0][0], round(higher[0].rest, 2)) if len(higher) == 1 and len(own) == 1 else None


def _product(parts: Parts, source: Source, times: str | None) -> float | None:
    value = dict(parts.sums).get(source)
    factor = 1.0 if times is None else dict(parts.counts).get(times)
    return None if value is None or factor is None else finite(value * factor)


def _amounts(rows: Iterable[Row]) -> list[tuple[str, float]]:
    """Return the extras with the amount that each adds to the total, by name.

    An amount must recur in several runs. Of many amounts those that most runs show are kept.
    """
    rates: dict[str, dict[float, set[str]]] = {}
    for row in rows:
        for name, value in row.extras.items() if row.rest > _NEAR else ():
            if value:
                rates.setdefault(name, {}).setdefault(round(row.rest / value, 2), set()).add(row.of.run)
    best = [
        (-len(runs), name, rate)
        for name, found in rates.items()
        for rate, runs in [min(found.items(), key=lambda item: (-len(item[1]), item[0]))]
        if len(runs) >= LEAST_RUNS
    ]
    return sorted((name, rate) for _, name, rate in sorted(best)[:_MOST_AMOUNTS])


def _of_extras(row: Row, extras: Iterable[tuple[str, float]]) -> float:
    return sum(row.extras.get(name, 0.0) * amount for name, amount in extras)
