"""Choose the section of existing skills that a slice (a piece of a run) concerns, and show it to a model as data."""

from collections import Counter
from collections.abc import Sequence
from math import log, sqrt

import msgspec

from t2s_local.prompts import fill
from t2s_local.text.effect.shown import cut
from t2s_local.text.text import containment, content, mask
from t2s_local.values.lesson import Refusal
from t2s_local.values.skill import NO_SKILLS, FrozenSkills, SkillPart, loads_skill
from t2s_local.values.trajectory import Slice, SliceId

BESIDE = "skill_beside.v1.md"
REJECTED = "advice that the user rejected before"
MOST_LINES = 8
"""Most lines of a section in a question, and most steps beside them: with the steps about 1,000 tokens."""
_MOST_SENTENCES = 4
"""Most prohibitions, and most rejected edits, in a question."""
_LINE = 140
_FEWEST = 2
"""Fewest words that a slice and a section share for the slice to concern the section: one word is too little."""
_MOST_CHARACTERS = 20_000
"""Most characters of a slice that are compared with sections."""
_LONGEST_STEP = 400
_SAME = 0.9
"""Least share of the words of an advice that a rejected edit contains if both say the same."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The section that a slice concerns."""

    part: SkillPart
    lines: tuple[str, ...]
    """The lines of the section nearest to the slice, in the order of the section, in full."""


class SkillReader:
    """Finds the section of existing skills that a slice concerns."""

    def __init__(self, skills: FrozenSkills = NO_SKILLS) -> None:
        """Prepare the words of all sections of *skills*."""
        self.skills = skills
        self._words = [content(mask(f"{part.title} {' '.join(part.lines)}")) for part in skills.parts]
        counts = Counter(word for words in self._words for word in words)
        self._weights = {word: log(1 + len(self._words) / n) for word, n in counts.items()}
        self._found: dict[SliceId, int | None] = {}
        self._names = sorted({part.skill for part in skills.parts})

    def part(self, piece: Slice) -> int | None:
        """Return the number of the section that *piece* concerns; None if it concerns none.

        If the run loaded one of the skills, only sections of the loaded skills count.
        """
        if piece.id not in self._found:
            self._found[piece.id] = self._nearest(piece) if self.skills.parts else None
        return self._found[piece.id]

    def shown(self, piece: Slice) -> Shown | None:
        """Return the section that *piece* concerns, with its nearest lines; None if it concerns none."""
        number = self.part(piece)
        if number is None:
            return None
        part = self.skills.parts[number]
        return Shown(part=part, lines=self._nearest_texts(part.lines, words_of(piece), MOST_LINES))

    def beside(self, piece: Slice) -> str:
        """Return the text on the skill for a question about *piece*; empty if the piece concerns no section."""
        shown = self.shown(piece)
        if shown is None:
            return ""
        told = words_of(piece)
        forbidden = self._nearest_texts(self.skills.prohibitions, told, _MOST_SENTENCES)
        rejected = self._nearest_texts(self.skills.rejected, told, _MOST_SENTENCES)
        return "\n" + fill(
            BESIDE,
            title=cut(shown.part.title, _LINE),
            lines=listed(shown.lines),
            prohibitions=listed(forbidden),
            rejected=listed(rejected),
        )

    def against(self, do: str) -> Refusal | None:
        """Return the reason to refuse the advice *do* if a rejected edit says the same; None if none does."""
        told = content(mask(do))
        for text in self.skills.rejected:
            if len(told) >= _FEWEST and containment(told, content(mask(text)), empty=0.0) >= _SAME:
                return Refusal(reason=REJECTED, detail=cut(do, 80))
        return None

    def _nearest(self, piece: Slice) -> int | None:
        loaded = [name for name in self._names if any(loads_skill(step, name) for step in piece.trajectory.steps)]
        told = words_of(piece)
        best: tuple[float, int] | None = None
        for number, words in enumerate(self._words):
            shared = words & told
            if (loaded and self.skills.parts[number].skill not in loaded) or len(shared) < _FEWEST:
                continue
            worth = self._weight(shared) / sqrt(self._weight(words))
            best = max(best, (worth, -number)) if best is not None else (worth, -number)
        return None if best is None else -best[1]

    def _weight(self, words: frozenset[str]) -> float:
        return sum(self._weights.get(word, 1.0) for word in sorted(words))

    def _nearest_texts(self, texts: Sequence[str], told: frozenset[str], most: int) -> tuple[str, ...]:
        """Return at most *most* of *texts*, those that share most words with a slice, in their order."""
        ranked = sorted(range(len(texts)), key=lambda at: (-self._weight(content(mask(texts[at])) & told), at))
        return tuple(texts[at] for at in sorted(ranked[:most]))


def words_of(piece: Slice) -> frozenset[str]:
    """Return the content words of what *piece* asks for, says and calls; results of tools do not count."""
    texts = [piece.request or ""]
    left = _MOST_CHARACTERS
    for step in piece.steps:
        if step.kind in {"user", "assistant", "thought", "tool_call"} and left > 0:
            texts.append(f"{(step.tool or '').replace('_', ' ')} {step.tool or ''} {step.text[:_LONGEST_STEP]}")
            left -= len(texts[-1])
    return content(mask("\n".join(texts)))


def listed(texts: Sequence[str]) -> str:
    """Return *texts* as numbered lines, each on one line, so that none can pass for another part of a question."""
    return "\n".join(f"({number}) {cut(text, _LINE)}" for number, text in enumerate(texts, start=1)) or "(nothing)"
