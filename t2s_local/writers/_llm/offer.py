"""What a model is given to write a skill from: rules with their lessons, under labels it can copy."""

from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest

from t2s_local.ports.writer import Evidence
from t2s_local.prompts import fence_code, fill
from t2s_local.skills.evidence import outcome_words
from t2s_local.text.text import clip, first_line, normalise, squeeze
from t2s_local.values.cluster import Family
from t2s_local.values.lesson import Lesson
from t2s_local.values.value import Value
from t2s_local.writers._page.rules import Rule

PROMPT = "family.v2.md"
MOST_RULES = 10
"""Rules a model words at once: an answer of ten is about 1,400 tokens, and small models lose the thread above."""
_MOST_LESSONS = 3
_MOST_QUOTES = 3
_TEXT = 300
_QUOTE = 160
_MOST_TASKS = 4
_TASK = 120
_MARKER = 8
"""Tokens of what stands around a rule."""


class Offer(Value, frozen=True, kw_only=True):
    """A family as a model sees it."""

    prompt: str
    labels: dict[str, str]
    """Label of each lesson shown (``L1`` …) to the id of its rule."""
    rules: dict[str, Rule]
    """Rules shown, by id."""
    tasks: tuple[str, ...] = ()
    """What some of the runs were asked for."""


def offer(
    rules: Sequence[Rule], family: Family, evidence: Evidence, *, room: int, count: Callable[[str], int]
) -> Offer:
    """The first of *rules*, as many as *room* tokens hold; the others keep the template writer's words.

    Args:
        rules: By support, largest first.
        family: Names the skill could have.
        evidence: Tasks of the runs.
        room: Tokens the prompt may have.
        count: Counts tokens exactly.
    """
    shown: list[tuple[str, str]] = []
    labels: dict[str, str] = {}
    known = {rule.id: rule for rule in rules[:MOST_RULES]}
    for rule in known.values():
        named = _lessons(rule)
        numbers = range(len(labels) + 1, len(labels) + 1 + len(named))
        lines = [line for number, lesson in zip(numbers, named, strict=True) for line in _told(f"L{number}", lesson)]
        shown.append((_head(rule), "\n".join((*lines, *_quotes(named)))))
        labels |= {f"L{number}": rule.id for number in numbers}
    tasks = _tasks(known.values(), evidence)
    asked = "\n".join(tasks) or "nothing that was recorded"
    shown = shown[: max(1, _fitting([("asked for", asked), *shown], room, count) - 1)]
    known = dict(list(known.items())[: len(shown)])
    labels = {label: owner for label, owner in labels.items() if owner in known}
    code = fence_code((*tasks, *(text for block in shown for text in block)))
    laid_out = "\n".join(f"@{code} {head}\n{text}" for head, text in shown)
    names = ", ".join(family.candidates[:4]) or "none is offered"
    return Offer(
        prompt=fill(PROMPT, nonce=code, tasks=asked, rules=laid_out, candidates=names),
        labels=labels,
        rules=known,
        tasks=tasks,
    )


def _tasks(rules: Iterable[Rule], evidence: Evidence) -> tuple[str, ...]:
    """What runs behind *rules* were asked for: one run of each rule in turn, each wording once."""
    queues = [[evidence.tasks.get(run) or "" for run in rule.trajectory_ids] for rule in rules]
    told = dict.fromkeys(first_line(task, limit=_TASK) for turn in zip_longest(*queues, fillvalue="") for task in turn)
    return tuple(task for task in told if task)[:_MOST_TASKS]


def _fitting(blocks: Sequence[tuple[str, str]], room: int, count: Callable[[str], int]) -> int:
    """How many of *blocks* have room; a busy model is asked once where all have, which is the rule."""
    if count("\n".join(f"{head}\n{text}" for head, text in blocks)) + _MARKER * len(blocks) <= room:
        return len(blocks)
    for number, (head, text) in enumerate(blocks):
        room -= count(f"{head}\n{text}") + _MARKER
        if room < 0:
            return number
    return len(blocks)


def _head(rule: Rule) -> str:
    kind = {"step": "what to do", "gotcha": "a failure", "never": "what must not be done"}[rule.kind]
    return f"rule {rule.id}: {kind}, {rule.support} runs ({outcome_words(rule.outcomes)})"


def _lessons(rule: Rule) -> list[Lesson]:
    """The medoid and others in different words."""
    told: dict[str, Lesson] = {}
    for lesson in (rule.lesson, *rule.quoted):
        told.setdefault(normalise(f"{lesson.when} {lesson.do}"), lesson)
    return list(told.values())[:_MOST_LESSONS]


def _told(label: str, lesson: Lesson) -> list[str]:
    lines = [f"{label} when: {clip(squeeze(lesson.when), _TEXT)}", f"{label} do: {clip(squeeze(lesson.do), _TEXT)}"]
    return [*lines, *([f"{label} because: {clip(squeeze(lesson.because), _TEXT)}"] if lesson.because else [])]


def _quotes(lessons: Sequence[Lesson]) -> list[str]:
    """One quote a role, of the first lesson that has it."""
    by_role: dict[str, str] = {}
    for lesson in lessons:
        for quote in lesson.evidence:
            by_role.setdefault(quote.role, quote.text)
    return [f"{role}: {clip(squeeze(text), _QUOTE)}" for role, text in list(by_role.items())[:_MOST_QUOTES]]
