"""Harnesses (agent programs or benchmarks) of runs, and the rules that are true in one harness only."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from t2s_local import registry
from t2s_local.ports.format import Harness
from t2s_local.ports.writer import Background
from t2s_local.stages.intake.corpus import Outline
from t2s_local.stages.naming.domains import objects_in, tools_of
from t2s_local.stages.reading.detect import FORMATS
from t2s_local.text.commands import is_shell
from t2s_local.values.cluster import Cluster, ClusterId
from t2s_local.values.lesson import OF_TOOLS, supporting_runs
from t2s_local.values.trajectory import TrajectoryId

_OF_CODE = frozenset({"bare", "lint_rule", "too_new"})
"""Patterns of rules about code and what code requires, which are true in any harness."""
_BEHAVIOUR = OF_TOOLS - _OF_CODE | {"left_behind", "prose", "suggested"}
"""Patterns of rules about the behaviour of tools, and about how the harness treats answers and files left behind."""
_OF_WORLD = frozenset({"answer", "answer_form", "ending", "first_failed", "last_words"})
"""Patterns of rules about what a benchmark contains, expects and marks as right."""
_OF_NO_TOOL = frozenset({"ending", "limit", "prose"})
"""Patterns of rules about how a harness replies and when it ends a run, whatever tools the agent has."""
_ON_ANY_MACHINE = frozenset({"code", "directories", "files", "folders", "lines", "patches", "terminals", "texts"})
"""Objects of the tools of any agent that works on a computer; they name no domain."""
_SERVER = "__"
"""Mark between the name of a server and the name of its tool; such a tool belongs to no harness."""


def harnesses_of(outlines: Iterable[Outline]) -> dict[TrajectoryId, Harness]:
    """Return the harness of every run whose format names a harness, or whose recording names an agent that is one."""
    found = ((item.id, _harness(item.format, item.agent)) for item in outlines)
    return {run: harness for run, harness in found if harness is not None}


@cache
def _harness(format_name: str, agent: str | None) -> Harness | None:
    return _of_format(format_name) or (None if agent is None else _by_name().get(_spelt(agent)))


def _of_format(name: str) -> Harness | None:
    if name not in registry.names(FORMATS):
        return None
    found = getattr(registry.load(FORMATS, name), "HARNESS", None)
    return found if isinstance(found, Harness) else None


@cache
def _by_name() -> dict[str, Harness]:
    known = map(_of_format, registry.names(FORMATS))
    return {_spelt(one.name): one for one in known if one is not None}


def _spelt(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def bound_rules(clusters: Sequence[Cluster], background: Background) -> frozenset[ClusterId]:
    """Return the rules about the behaviour of the tools or the environment of one harness.

    Rules of a project are left out, and so are rules that name a tool for the objects of a domain
    (``book_reservation``): they are true wherever these tools exist. A rule that names no tool is about the tools that
    most of its runs call. A rule of an agent must be about a tool of the agent's own, since the shell belongs to the
    machine.
    """
    return frozenset(cluster.id for cluster in clusters if _is_bound(cluster, background))


def _is_bound(cluster: Cluster, background: Background) -> bool:
    lessons = background.members((cluster,))
    found = [background.harnesses.get(run) for run in sorted(supporting_runs(lessons))]
    first = found[0] if found else None
    if first is None or any(one is None or one.name != first.name for one in found):
        return False
    known = _BEHAVIOUR | _OF_WORLD if first.is_world else _BEHAVIOUR
    if any(one.is_said or one.pattern not in known for one in lessons) or background.project((cluster,)) is not None:
        return False
    if first.is_world and all(one.pattern in _OF_NO_TOOL for one in lessons):
        return True
    tools = tools_of(cluster, background)
    is_of_domain = any(_SERVER in tool or not _ON_ANY_MACHINE.issuperset(objects_in(tool)) for tool in tools)
    return bool(tools) and not is_of_domain and (first.is_world or not all(map(is_shell, tools)))
