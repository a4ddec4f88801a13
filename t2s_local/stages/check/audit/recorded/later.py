"""Look up, in runs recorded after a skill was written, how often a situation occurred again."""

from functools import cached_property

import msgspec

from t2s_local.stages.check.audit.recorded.facts import RecordedFacts
from t2s_local.text.lesson_words import runs_in
from t2s_local.text.mentions import Haystack
from t2s_local.text.text import squeeze
from t2s_local.values.trajectory import Trajectory

RECURS = 2
"""Least number of later runs with the situation of a rule; with fewer runs, a name missing from them proves nothing."""


class LaterRuns(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Runs that can be filtered by the day on which they ended."""

    runs: tuple[Trajectory, ...]

    @cached_property
    def days(self) -> tuple[str, ...]:
        """Sorted days on which a run ended."""
        return tuple(sorted(set(RecordedFacts(runs=self.runs).days.values())))

    def since(self, day: str | None) -> "RecurringRuns":
        """Return the runs that ended after *day*; if *day* is None, all runs with a recorded time."""
        if day not in self._since:
            known = RecordedFacts(runs=self.runs).days
            kept = tuple(run for run in self.runs if run.id in known and (day is None or known[run.id] > day))
            self._since[day] = RecurringRuns(facts=RecordedFacts(runs=kept))
        return self._since[day]

    @cached_property
    def _since(self) -> dict[str | None, "RecurringRuns"]:
        return {}


class RecurringRuns(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Runs in which the situations of rules are counted."""

    facts: RecordedFacts

    @cached_property
    def _outputs(self) -> dict[str, Haystack]:
        return {
            str(run.id): Haystack([squeeze(step.text[:20_000]) for step in run.steps if step.kind == "tool_result"])
            for run in self.facts.runs
        }

    @cached_property
    def _called(self) -> dict[str, frozenset[tuple[str, str | None]]]:
        return {run.id: RecordedFacts(runs=(run,)).calls for run in self.facts.runs}

    def n_with_message(self, message: str) -> int:
        """Return the number of runs with *message* in a tool result; masks and ellipses in it match any text."""
        plain = message.replace("`", "")
        return sum(found.holds(plain) for found in self._outputs.values())

    def n_with_call(self, code: str) -> int:
        """Return the number of runs that called the program or tool named by *code*."""
        wanted = [(one.program, one.subcommand) for one in runs_in(code)[:1]]
        names = {code.split("(", 1)[0].strip()}
        return sum(
            any(pair in called or (pair[1] is None and pair[0] in {name for name, _ in called}) for pair in wanted)
            or bool(names & {name for name, _ in called})
            for called in self._called.values()
        )
