"""Read existing skills as a model is shown them beside recorded runs: sections, prohibitions and rejected edits."""

from collections.abc import Iterable, Sequence

from t2s_local.skills.patch.page import Page
from t2s_local.skills.source import SkillSource
from t2s_local.stages.deepen.forbidding import forbidding_sentences
from t2s_local.stages.deepen.units import Unit, name_of, pages_of, units_of
from t2s_local.text.text import squeeze
from t2s_local.values.edit import ProposedEdit
from t2s_local.values.skill import FrozenSkills, SkillPart


def frozen_skills(sources: Sequence[SkillSource], rejected: Iterable[ProposedEdit]) -> FrozenSkills:
    """Return the sections of the skills in *sources*, their prohibitions, and the texts of *rejected* edits."""
    parts: list[SkillPart] = []
    prohibitions: dict[str, None] = {}
    for source in sources:
        for page in pages_of(source.texts):
            by_section: dict[str | None, list[Unit]] = {}
            for unit in units_of(page, frozenset()):
                by_section.setdefault(unit.section, []).append(unit)
                prohibitions |= dict.fromkeys(forbidding_sentences(unit.text))
            for section, units in by_section.items():
                title = _title(section, page) or source.name
                parts.append(SkillPart(skill=source.name, title=title, lines=tuple(unit.text for unit in units)))
    texts = [squeeze(item.edit.text).lstrip(" -*+0123456789.)") for item in rejected if item.change != "reinforce"]
    return FrozenSkills(parts=tuple(parts), prohibitions=tuple(prohibitions), rejected=tuple(dict.fromkeys(texts)))


def _title(section: str | None, page: Page) -> str | None:
    """Return the title of a section after the titles above it, the title of the page left out; None without one."""
    found = next((one for one in page.sections if name_of(one, page) == section), None)
    return section if found is None else " > ".join((*found.parents[1:], found.title))
