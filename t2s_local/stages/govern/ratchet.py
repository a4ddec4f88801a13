"""Rules of Ratchet (arXiv 2605.22148): retire skills by the outcomes of their runs, and cap the number of skills."""

from collections.abc import Iterator, Mapping, Sequence

from t2s_local.stages.govern.standing import NOTHING_KNOWN, TOLERANCE, Standing
from t2s_local.values.decision import Proposal, ProposalKind
from t2s_local.values.event import ASIDE
from t2s_local.values.value import Value

CAP = 50
"""Largest number of skills that an agent gets; the better of 50 and 100 in the paper."""
MIN_TRIALS = 100
"""Trials before a skill is judged: with earlier retirement the paper's library lost .019, with this number it gained
.328."""
WORST = -0.10
"""Balance, (successes - failures) / trials, at or below which a skill is retired."""


class Governed(Value, frozen=True, kw_only=True):
    """The facts about one skill that the rules of a policy need."""

    name: str
    digest: str
    state: str
    is_ours: bool
    is_there: bool
    """Whether the skill's folder is in the library, from which agents read skills."""


class Limits(Value, frozen=True, kw_only=True):
    """Cap and minimum number of trials, which a person may change."""

    cap: int = CAP
    min_trials: int = MIN_TRIALS


def ratchet(
    skills: Sequence[Governed], known: Mapping[str, Standing], limits: Limits, *, leaving: frozenset[str] = frozenset()
) -> Iterator[Proposal]:
    """Yield the proposals of the rules: first retirements by outcome, then the skills over the cap.

    Args:
        skills: The skills of the library.
        known: Trials of the skills, by name.
        limits: Cap and minimum number of trials.
        leaving: Names of skills that leave anyway, such as a skill that is joined with another skill.
    """
    present = [one for one in skills if one.is_there and one.state not in ASIDE and one.name not in leaving]
    retired = {one.name for one in present if is_worst(known.get(one.name, NOTHING_KNOWN), limits)}
    for one in present:
        if one.name in retired:
            yield _proposal("deprecate", one, outcomes(known[one.name]))
    rest = [one for one in present if one.name not in retired]
    over = sorted(rest, key=lambda one: _worth(known.get(one.name, NOTHING_KNOWN), one.name))
    for one in over[: max(0, len(rest) - limits.cap)]:
        standing = known.get(one.name, NOTHING_KNOWN)
        said = outcomes(standing) if standing.n_trials else "no trial yet"
        yield _proposal("archive", one, f"{len(rest)} skills, {limits.cap} fit; the lowest balance: {said}")


def is_worst(standing: Standing, limits: Limits) -> bool:
    """Return whether a skill has enough trials, and a balance of -.10 or less."""
    balance = standing.balance
    return balance is not None and standing.n_trials >= limits.min_trials and balance <= WORST + TOLERANCE


def outcomes(standing: Standing) -> str:
    """Return a clause with the successes, the failures and the balance of the runs that used a skill."""
    balance = standing.balance or 0.0
    return (
        f"{standing.n_success} successes, {standing.n_failure} failures in {standing.n_trials} trials ({balance:+.2f})"
    )


def _worth(standing: Standing, name: str) -> tuple[float, int, str]:
    return standing.balance or 0.0, standing.n_uses, name


def _proposal(kind: ProposalKind, one: Governed, reason: str) -> Proposal:
    return Proposal(kind=kind, skill=one.name, digest=one.digest, reason=reason, is_ours=one.is_ours)
