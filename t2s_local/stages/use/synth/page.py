"""Turn the page that a writer wrote from the cards into a throw-away skill: with its own head, and the run's rules."""

import re
from collections.abc import Sequence

import msgspec

from t2s_local.skills.document import parse_front
from t2s_local.skills.installing.ephemeral import KEY
from t2s_local.skills.markdown import bullets, front_matter, prose, sentence
from t2s_local.skills.patch.page import Page
from t2s_local.skills.source import MAIN
from t2s_local.stages.use.synth.cards import Card
from t2s_local.text.text import clip, content, counted, join_words, quoted, squeeze
from t2s_local.values.skill import Skill, SkillFile
from t2s_local.values.value import digest

CARDS = "references/runs.md"
_OWN = ("When to use",)
"""Sections of a writer's page that the head of a throw-away skill replaces."""
_REFERENCES = "References"
_WORD = re.compile(r"[a-z][a-z0-9]+")
_MOST_WORDS = 5


def name_of(task: str) -> str:
    """Return a name for the skill of a task: ``for-``, the first distinctive words, and a digest to make it unique."""
    told = content(task)
    words = [word for word in dict.fromkeys(_WORD.findall(task.lower())) if word in told][:_MOST_WORDS]
    return "-".join(["for", *(word[:20] for word in words), digest("synth", task)[:6]])[:64]


def throw_away(skill: Skill, task: str, cards: Sequence[Card], *, n_pool: int) -> Skill:
    """Return *skill* as a throw-away skill for one task.

    Args:
        skill: The skill that a writer wrote from the lessons on the cards.
        task: Text of the task.
        cards: Cards of the runs behind it, the nearest first.
        n_pool: Number of runs that could have been chosen.
    """
    (main, *rest) = skill.files
    page = Page(path=MAIN, text=main.text)
    front = parse_front("".join(page.lines[1 : page.head - 1]))
    asked = quoted(_plain(clip(squeeze(task), 200)))
    described = (
        f"Throw-away skill for one task only: {asked}. Use it for that task and drop it. Made from the"
        f" {counted(len(cards), 'recorded run')} of the most similar tasks."
    )
    metadata = {**_texts(front.get("metadata")), KEY: "true", "runs": str(len(cards))}
    top = [section for section in page.sections if section.depth == 2 and section.title not in _OWN]
    parts = [
        front_matter(skill.name, described, metadata).rstrip(),
        f"# For one task: {prose(clip(squeeze(task), 80))}",
        _standing(cards, n_pool),
        "## When to use",
        bullets(
            [
                f"Your task is {quoted(prose(clip(squeeze(task), 400)))}, and no other.",
                sentence("where the text of the task says otherwise than a line below, the task is right"),
            ]
        ),
        *(page.source(one.first, one.last).strip() for one in top if one.title != _REFERENCES),
        *(page.source(one.first, one.last).strip() for one in top if one.title == _REFERENCES),
        f"- [{CARDS}]({CARDS}): the runs in short, with their outcomes.",
    ]
    files = [SkillFile(path=MAIN, text="\n\n".join(parts[:-1]) + "\n" + parts[-1] + "\n"), *rest]
    files.append(SkillFile(path=CARDS, text="\n\n".join(["# Runs", *(card.text for card in cards)]) + "\n"))
    return msgspec.structs.replace(
        skill, description=described, files=(files[0], *sorted(files[1:], key=lambda file: file.path))
    )


def _standing(cards: Sequence[Card], n_pool: int) -> str:
    told = [
        f"{counted(sum((card.outcome or 'unknown') == name for card in cards), 'run')} of outcome {name}"
        for name in _present(cards)
    ]
    return (
        f"A throw-away skill, made from the {len(cards)} nearest of {counted(n_pool, 'recorded run')} of other tasks:"
        f" {join_words(told)}. Level L0: every rule is traceable to those runs and none has been measured, so treat"
        " each as a hint."
    )


def _present(cards: Sequence[Card]) -> list[str]:
    found = {card.outcome or "unknown" for card in cards}
    return [name for name in ("success", "partial", "failure", "unknown") if name in found]


def _plain(text: str) -> str:
    return text.replace("`", "").replace("<", "").replace(">", "")


def _texts(value: object) -> dict[str, str]:
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, dict) else {}
