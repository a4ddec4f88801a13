"""List the parts of skills without their texts: title, keywords, summary, and required parts (SkillCAT)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from t2s_local.ports.grouping import Embedder
from t2s_local.skills.library.index.index import LibraryIndex
from t2s_local.skills.library.index.terms import read_task
from t2s_local.stages.use.compile.compile import leading_skills, required_skills, units_of
from t2s_local.stages.use.compile.lines import CountTokens
from t2s_local.stages.use.compile.parts import TRIGGER
from t2s_local.stages.use.route.topology import Node, nodes_of
from t2s_local.text.text import join_words
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix


class Outline(Value, frozen=True, kw_only=True):
    """Parts of skills, without their texts, within a token budget."""

    text: str
    nodes: tuple[Node, ...]
    """Parts that are listed, by skill, file and line."""
    n_left: int
    """Number of parts that do not fit into the budget."""
    n_tokens: int


def outline_of(
    index: LibraryIndex, task: str, scores: "FloatMatrix", embedder: Embedder, *, budget: int, count: CountTokens
) -> Outline:
    """Return the parts of the skills that suit a task best, and of the skills that these skills require.

    If not all parts fit into the budget, the parts most similar to the task are kept, each with its required parts.

    Args:
        index: Index of the library.
        task: Text of the task.
        scores: Score of each skill for the task, shape ``(n,)``.
        embedder: Compares the task with title, keywords and summary of each part.
        budget: Largest number of tokens.
        count: Returns the number of tokens of a text.
    """
    leading = leading_skills(scores)
    requires = {skill.name: skill.requires for skill in index.skills}
    units = units_of(index, (*leading, *required_skills(index, leading)))
    told = [unit for unit in units if not unit.heading.casefold().startswith(TRIGGER)]
    nodes = nodes_of(told, requires=requires)
    vectors = embedder.embed([read_task(task), *(node.text for node in nodes)])
    values = [round(float(row @ vectors[0]), 6) for row in vectors[1:]]
    place = {node.place: at for at, node in enumerate(nodes)}
    kept: set[int] = set()
    for at in sorted(range(len(nodes)), key=lambda at: (-values[at], at)):
        wanted = kept | {at} | {place[one] for one in _needed(nodes[at], nodes, place)}
        if count(_text([nodes[one] for one in sorted(wanted)])) <= budget:
            kept = wanted
    shown = [nodes[at] for at in sorted(kept)]
    text = _text(shown)
    return Outline(text=text, nodes=tuple(shown), n_left=len(nodes) - len(shown), n_tokens=count(text))


def _needed(node: Node, nodes: Sequence[Node], place: dict[str, int]) -> list[str]:
    found: list[str] = []
    todo = list(node.dependencies)
    while todo:
        one = todo.pop(0)
        if one in place and one not in found:
            found.append(one)
            todo += nodes[place[one]].dependencies
    return found


def _text(nodes: Sequence[Node]) -> str:
    return "".join(f"{_line(node)}\n" for node in nodes)


def _line(node: Node) -> str:
    keywords = f" [{', '.join(node.keywords)}]" if node.keywords else ""
    needs = f"; needs {join_words(node.dependencies)}" if node.dependencies else ""
    return f"- {node.place}: {node.title}{keywords} ({node.summary}{needs})"
