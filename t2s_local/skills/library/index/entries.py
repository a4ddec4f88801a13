"""Build the entries of an index: the parts, vectors and words of each skill."""

from collections.abc import Mapping, Sequence
from itertools import islice

import msgspec

from t2s_local.ports.grouping import Embedder
from t2s_local.skills.library.index.packed_rows import pack
from t2s_local.skills.library.index.terms import LONGEST, read_task, summed, terms
from t2s_local.skills.library.index.units import required, sub_units
from t2s_local.skills.source import SkillSource
from t2s_local.text.text import clip, first_line, squeeze
from t2s_local.values.routing.library_index import IndexedSkill, SubUnit
from t2s_local.values.value import Value, digest

MOST_SITUATIONS = 16
"""Largest number of rules of a skill whose situations have vectors of their own."""
MOST_TASKS = 64
"""Largest number of tasks behind a skill that are indexed, drawn by digest."""
_SITUATION = 300
_NAME, _DESCRIPTION, _HEAD, _BODY, _TASK = 2.0, 2.0, 1.0, 0.5, 0.5
"""Weights of a word by its place in a skill."""


class IndexEntry(Value, frozen=True, kw_only=True):
    """Data of one skill in an index; vectors are packed rows."""

    skill: IndexedSkill
    units: tuple[SubUnit, ...]
    unit_rows: bytes
    own_rows: bytes
    """Packed vectors of the description and then of the situations of rules."""
    own_terms: dict[int, float]
    task_rows: bytes
    task_terms: tuple[dict[int, float], ...]
    """Terms of each task, so that the skill can be scored without the task."""


def make_entries(
    sources: Sequence[tuple[SkillSource, str]], tasks: Mapping[str, Sequence[str]], embedder: Embedder
) -> list[IndexEntry]:
    """Return the entries of skills, in their order.

    Args:
        sources: The skills, each with the digest of all its files.
        tasks: Texts of the tasks behind each skill, by name of the skill.
        embedder: Embedder for all texts, which are embedded at once.
    """
    units = [sub_units(source) for source, _ in sources]
    described = [_description(source) for source, _ in sources]
    asked = [_chosen(tasks.get(source.name, ())) for source, _ in sources]
    own = [
        [f"{source.name.replace('-', ' ')}: {said}", *_situations(parts)]
        for (source, _), said, parts in zip(sources, described, units, strict=True)
    ]
    texts = [[clip(squeeze(unit.text), LONGEST) for unit in parts] for parts in units]
    rows = iter(
        _packed(embedder, [text for group in zip(texts, own, asked, strict=True) for part in group for text in part])
    )
    return [
        IndexEntry(
            skill=_skill(source, version, described[at], n_tasks=len(asked[at])),
            units=units[at],
            unit_rows=b"".join(islice(rows, len(texts[at]))),
            own_rows=b"".join(islice(rows, len(own[at]))),
            own_terms=_terms(source.name, own[at], texts[at]),
            task_rows=b"".join(islice(rows, len(asked[at]))),
            task_terms=tuple(dict.fromkeys(sorted(terms(task)), _TASK) for task in asked[at]),
        )
        for at, (source, version) in enumerate(sources)
    ]


def with_tasks(entry: IndexEntry, tasks: Sequence[str], embedder: Embedder) -> IndexEntry:
    """Return *entry* with other tasks."""
    asked = _chosen(tasks)
    return msgspec.structs.replace(
        entry,
        skill=msgspec.structs.replace(entry.skill, n_tasks=len(asked)),
        task_rows=b"".join(_packed(embedder, asked)),
        task_terms=tuple(dict.fromkeys(sorted(terms(task)), _TASK) for task in asked),
    )


def _packed(embedder: Embedder, texts: Sequence[str]) -> list[bytes]:
    return pack(embedder.embed(texts))


def _chosen(tasks: Sequence[str]) -> list[str]:
    return sorted({read_task(task) for task in tasks if task.strip()}, key=digest)[:MOST_TASKS]


def _skill(source: SkillSource, version: str, description: str, *, n_tasks: int) -> IndexedSkill:
    about = source.front.get("metadata")
    said = {str(key): str(value) for key, value in about.items()} if isinstance(about, dict) else {}
    return IndexedSkill(
        name=source.name,
        digest=version,
        description=description,
        requires=required(source),
        branch=said.get("branch", "task"),
        category=said.get("category", ""),
        tool=said.get("tool", ""),
        is_high_risk=said.get("risk_level") == "high",
        n_tasks=n_tasks,
    )


def _description(source: SkillSource) -> str:
    said = source.front.get("description")
    return squeeze(said) if isinstance(said, str) else ""


def _situations(units: Sequence[SubUnit]) -> list[str]:
    """Return the first lines of a skill's rules, which say when the rules apply."""
    rules = [unit for unit in units if unit.kind in ("rule", "prohibition")]
    return [first_line(unit.text, limit=_SITUATION) for unit in rules[:MOST_SITUATIONS]]


def _terms(name: str, own: Sequence[str], texts: Sequence[str]) -> dict[int, float]:
    description, *heads = own
    weighted = [(name.replace("-", " "), _NAME), (description, _DESCRIPTION)]
    weighted += [(head, _HEAD) for head in heads] + [(text, _BODY) for text in texts]
    return dict(sorted(summed(weighted).items()))
