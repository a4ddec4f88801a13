"""Word results of gates: shares with intervals, and whether the skill was changed since the measurement."""

from t2s_local.report.facts import LibraryFacts
from t2s_local.report.values import GateView
from t2s_local.values.gates.note import GateNote
from t2s_local.vectors.exact_tests import wilson

_SHARES = (
    ("caught", "failures", "caught {} of {} failures"),
    ("contradicts", "successes", "contradicts {} of {} successes"),
)
"""Names of figures that are a count and its total, each pair with the phrase for both."""


def gate_views(name: str, library: LibraryFacts) -> tuple[GateView, ...]:
    """Return the last gate results of the skill *name*, by level and mode."""
    notes = sorted((item for item in library.gates if item.skill == name), key=lambda item: (item.level, item.mode))
    last = library.histories[name].last if name in library.histories else None
    return tuple(
        GateView(
            level=item.level,
            mode=item.mode,
            verdict=item.verdict.replace("_", " "),
            figures=_figures(item),
            day=item.at[:10],
            is_of_another_version=last is not None and last.digest != item.digest,
        )
        for item in notes
    )


def _figures(item: GateNote) -> tuple[str, ...]:
    """Return the figures of a result as phrases; a count and its total are one phrase."""
    told: list[str] = []
    left = dict(item.figures)
    for part, whole, words in _SHARES:
        n, of = left.pop(part, None), left.pop(whole, None)
        if n is not None and of is not None:
            interval = wilson(int(n), int(of))
            told.append(words.format(n, of) + ("" if interval is None else _interval(*interval)))
    named = (f"{name.replace('_', ' ')} {value:g}" for name, value in left.items() if value is not None)
    return (*told, *named)


def _interval(low: float, high: float) -> str:
    return f" (95 % interval {100 * low:.0f} to {100 * high:.0f} %)"
