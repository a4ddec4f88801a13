"""Pairs of recorded runs of one task, with and without a skill (SelSkill, arXiv 2606.00510)."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Literal, NamedTuple

from t2s_local.stages.export.trainers.rows import PairRow, Rows
from t2s_local.stages.export.trainers.turns import Turn, acts_of, opening_of, turns_of
from t2s_local.values.trajectory import Trajectory

_FILE = re.compile(r"([\w.@-]+)[/\\]+SKILL\.md")
_WORD = re.compile(r"[A-Za-z][a-z]*")
_NAME = re.compile(r"[A-Za-z0-9][\w.:-]{0,63}")
_KEEPING = frozenset({"add", "create", "delete", "edit", "find", "install", "list", "search", "update", "write"})
"""Words in the names of tools that do something with skills other than loading them."""


class _Candidate(NamedTuple):
    run: Trajectory
    turns: tuple[Turn, ...]
    skills: tuple[str, ...]

    @property
    def n_acts(self) -> int:
        return len(acts_of(self.turns))

    @property
    def has_succeeded(self) -> bool:
        return self.run.outcome == "success"


def loaded_skills(run: Trajectory) -> tuple[str, ...]:
    """Return the sorted names of the skills that *run* loaded, with a tool for skills or by reading their file."""
    found = set[str]()
    failed = {step.call_id for step in run.steps if step.is_error or step.exit_code} - {None}
    for step in run.steps:
        if step.kind != "tool_call" or step.call_id in failed:
            continue
        words = {word.lower() for word in _WORD.findall(step.tool or "")}
        if words & {"skill", "skills"} and not words & _KEEPING:
            values = [value for value in (step.arguments or {}).values() if isinstance(value, str)]
            found.update(value for value in values if _NAME.fullmatch(value))
        elif words.isdisjoint({"write", "edit", "create"}):
            found.update(_FILE.findall(step.text))
    return tuple(sorted(found))


def pair_rows(runs: Sequence[Trajectory], *, skill: str | None = None) -> Rows:
    """Pair every run of a task that loaded a skill with every run of it that did not, and prefer the better run.

    A successful run is better than another run; of two successful runs, the run with fewer acts is better. Pairs of
    failures, and pairs of successes with equally many acts, are discarded. A pair consists of whole runs, whose
    openings may differ.

    Args:
        runs: Labelled and redacted runs; their order does not change the result.
        skill: Name of the skill that counts; None for any skill.
    """
    left_out = Counter[str]()
    by_task = defaultdict[str, list[_Candidate]](list)
    for run in sorted(runs, key=lambda one: one.id):
        turns = turns_of(run)
        reason = _unusable(run, turns)
        if reason is not None or run.task_id is None:
            left_out[reason or "runs without a task id"] += 1
            continue
        loaded = tuple(name for name in loaded_skills(run) if skill in (None, name))
        by_task[run.task_id].append(_Candidate(run, turns, loaded))
    rows = list[PairRow]()
    for task, members in sorted(by_task.items()):
        invoked, skipped = ([one for one in members if bool(one.skills) is has] for has in (True, False))
        if not invoked or not skipped:
            left_out["tasks without runs both with and without a skill"] += 1
            continue
        for found in _paired(task, invoked, skipped):
            if isinstance(found, str):
                left_out[found] += 1
            else:
                rows.append(found)
    return Rows(rows, left_out)


def _unusable(run: Trajectory, turns: Sequence[Turn]) -> str | None:
    if run.outcome not in {"success", "failure"}:
        return "runs that neither succeeded nor failed, as far as is known"
    return None if acts_of(turns) and opening_of(turns) else "runs without a request or without an act"


def _paired(task: str, invoked: Sequence[_Candidate], skipped: Sequence[_Candidate]) -> Iterator[PairRow | str]:
    for invoke, skip in product(invoked, skipped):
        if not invoke.has_succeeded and not skip.has_succeeded:
            yield "pairs that both failed"
        elif invoke.has_succeeded and skip.has_succeeded and invoke.n_acts == skip.n_acts:
            yield "pairs that succeeded in as many steps"
        else:
            yield _row(task, invoke, skip)


def _row(task: str, invoke: _Candidate, skip: _Candidate) -> PairRow:
    is_shorter = invoke.n_acts < skip.n_acts if skip.has_succeeded else True
    preferred: Literal["invoke", "skip"] = "invoke" if invoke.has_succeeded and is_shorter else "skip"
    chosen, rejected = (invoke, skip) if preferred == "invoke" else (skip, invoke)
    return PairRow(
        prompt=opening_of(chosen.turns),
        chosen=tuple(turn.message for turn in chosen.turns[acts_of(chosen.turns)[0] :]),
        rejected=tuple(turn.message for turn in rejected.turns[acts_of(rejected.turns)[0] :]),
        preferred=preferred,
        skills=invoke.skills,
        task=task,
        chosen_trajectory=chosen.run.id,
        rejected_trajectory=rejected.run.id,
    )
