"""Raise the counts of a rule that further runs confirm, in its evidence and behind it in the text, and nothing else."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from t2s_local.skills.evidence import (
    MOST_LISTED,
    PATH,
    EvidenceClaim,
    outcome_words,
    parse_evidence,
    support_fact,
    trajectories_fact,
)
from t2s_local.skills.patch.placing import Refused
from t2s_local.skills.source import MAIN
from t2s_local.text.text import counted
from t2s_local.values.edit import BackingRun

_FACT = re.compile(r"- (Support|Outcomes|Last confirmed|Trajectories)\b")
_LEARNED = re.compile(rb"(?m)^(Learned from )([\d,]+) recorded runs? of ([\d,]+) tasks?\b")
_LAST = re.compile(rb"[^\r\n]*?, the last on (\d{4}-\d{2}-\d{2})")
_TASKS = re.compile(r"- Support: \d+ trajectories, (\d{1,12}) tasks?\r?$")


def reinforced(files: Mapping[str, bytes], rule: str, runs: Sequence[BackingRun]) -> dict[str, bytes]:
    """Return the files that change when a rule is confirmed by *runs*, by path; empty if all of them count already.

    Args:
        files: Every file of the skill, by path.
        rule: Number of the rule in the evidence of the skill, such as ``R2``.
        runs: Runs that confirm the rule; runs that the evidence names already are not counted again.

    Raises:
        Refused: the evidence has no such rule, or does not name every run behind the rule.
    """
    text = files.get(PATH, b"").decode("utf-8", "replace")
    claims = {claim.rule: claim for claim in parse_evidence(text)}
    claim = claims.get(rule)
    if claim is None or claim.support is None or claim.outcomes is None:
        raise Refused(reason="no_evidence", detail=f"{PATH} has no counts of {rule}")
    if claim.n_trajectories is not None:
        raise Refused(reason="not_listed", detail=f"{PATH} names only some of the runs behind {rule}")
    known = set(claim.trajectory_ids)
    added = [run for run in runs if run.id not in known]
    if not added:
        return {}
    stops = [other.line - 1 for other in claims.values() if other.line > claim.line]
    lines = text.split("\n")
    start, stop = claim.line - 1, min(stops, default=len(lines))
    section = _section(lines[start:stop], claim, added)
    changed = {PATH: "\n".join([*lines[:start], *section, *lines[stop:]]).encode()}
    total = claim.support + len(added)
    mark = re.compile(rf"\({rule}: [\d,]+ runs?\)".encode())
    for path, data in files.items():
        if path.endswith(".md") and path != PATH and mark.search(data):
            changed[path] = mark.sub(f"({rule}: {total} runs)".encode(), data)
    if MAIN in changed:
        changed[MAIN] = _with_total(changed[MAIN], claims.values(), added)
    return dict(sorted(changed.items()))


def _with_total(page: bytes, claims: Iterable[EvidenceClaim], added: Sequence[BackingRun]) -> bytes:
    """Return a page with the number of runs behind its rules raised, in its first sentence and its front matter.

    The page is unchanged unless the evidence names every run behind each of its rules, since otherwise a run could
    count twice. The description is never changed. The count of tasks is a lower bound.
    """
    own = [claim for claim in claims if f"({claim.rule}: ".encode() in page]
    known = {run for claim in own for run in claim.trajectory_ids}
    new = [run for run in added if run.id not in known]
    found = _LEARNED.search(page)
    if not new or found is None or any(claim.n_trajectories is not None for claim in own):
        return page
    n_runs, n_tasks = (int(found[at].replace(b",", b"")) for at in (2, 3))
    more_runs, more_tasks = n_runs + len(new), max(n_tasks, len({run.task or run.id for run in added}))
    head, rest = page[: found.start()], page[found.end() :]
    head = head.replace(b'\n  support: "%d"' % n_runs, b'\n  support: "%d"' % more_runs, 1)
    head = head.replace(b'\n  tasks: "%d"' % n_tasks, b'\n  tasks: "%d"' % more_tasks, 1)
    told = f"{counted(more_runs, 'recorded run')} of {counted(more_tasks, 'task')}".encode()
    days = [run.day for run in new if run.day is not None]
    if days and (last := _LAST.match(rest)) is not None and last[1].decode() < max(days):
        rest = rest.replace(last[1], max(days).encode(), 1)
    return head + found[1] + told + rest


def _section(lines: Sequence[str], claim: EvidenceClaim, added: Sequence[BackingRun]) -> list[str]:
    """Return the lines of the section of a rule with the counts of its facts raised.

    The count of tasks is a lower bound: the evidence does not say which tasks the runs before had.
    """
    runs = sorted({*claim.trajectory_ids, *(run.id for run in added)})
    outcomes = Counter(claim.outcomes or {})
    outcomes.update(run.outcome or "unknown" for run in added)
    before = next((int(found[1]) for line in lines if (found := _TASKS.match(line))), 0)
    facts = {
        "Support": support_fact(len(runs), max(before, len({run.task or run.id for run in added}))),
        "Outcomes": f"Outcomes: {outcome_words(outcomes)}",
        "Trajectories": trajectories_fact(runs, quoted=[quote.trajectory_id for quote in claim.quotes]),
    }
    days = [day for day in (claim.last_confirmed, *(run.day for run in added)) if day is not None]
    if claim.last_confirmed is not None:
        facts["Last confirmed"] = f"Last confirmed: {max(days)}"
    return [_with_fact(line, facts) for line in lines]


def _with_fact(line: str, facts: Mapping[str, str]) -> str:
    """Return *line* with its fact replaced by the fact of the same name in *facts*; its line ending is kept."""
    fact = _FACT.match(line)
    if fact is None or fact[1] not in facts:
        return line
    end = "\r" if line.endswith("\r") else ""
    return f"- {facts[fact[1]]}{end}"


def is_countable(claim: EvidenceClaim, n_added: int) -> bool:
    """Return whether the evidence names every run behind a rule, and can name *n_added* more."""
    is_whole = claim.support is not None and claim.outcomes is not None and claim.n_trajectories is None
    return is_whole and len(claim.trajectory_ids) + n_added <= MOST_LISTED
