"""Signature of a run: the verbs of its actions in order, without the objects (SkillFlow, arXiv 2604.17308)."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import groupby

from t2s_local.text.commands import is_shell, is_shell_call
from t2s_local.text.lesson_words import Run, runs_in
from t2s_local.values.trajectory import Step

VERBS = (
    *("read", "extract", "retrieve", "normalise", "filter", "align"),
    *("compute", "compare", "detect", "update", "validate", "output"),
)
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LONGEST = 2_000
"""Number of characters of a call that are read."""
_ONLY_PRINTS = frozenset({"-n", "--quiet", "--silent"})
"""Options with which ``sed`` counts as reading."""


def signature_of(steps: Sequence[Step]) -> str:
    """Return the verbs of *steps* joined by hyphens: ``read-filter-compute-output``.

    Repetitions of a verb in a row count once. Actions that the table does not contain are left out; an assistant's
    message as the last step is *output*.
    """
    found = [verb for step in steps if step.kind == "tool_call" for verb in _verbs(step)]
    if steps and steps[-1].kind == "assistant":
        found.append("output")
    return "-".join(verb for verb, _ in groupby(found))


def _verbs(step: Step) -> Iterator[str]:
    """Yield the verbs of a call: for each program of a shell line, or for the first known word of a tool's name."""
    tool = step.tool or ""
    if not tool or is_shell(tool) or is_shell_call(tool, step.text, step.arguments, has_exit_code=False):
        yield from filter(None, map(_of_program, runs_in(step.text[:_LONGEST])))
        return
    table = _table()["tools"]
    parts = (part.lower() for part in _PART.findall(tool.rpartition("__")[2]))
    yield from [table[part] for part in parts if part in table][:1]


def _of_program(run: Run) -> str | None:
    table = _table()["programs"]
    if run.program == "sed" and not _ONLY_PRINTS.isdisjoint(run.arguments):
        return "read"
    return table.get(f"{run.program} {run.subcommand}") or table.get(run.program)


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    listed = tomllib.loads(resources.files("t2s_local.text.signature").joinpath("verbs.toml").read_text("utf-8"))
    return {kind: {word: verb for verb, words in verbs.items() for word in words} for kind, verbs in listed.items()}
