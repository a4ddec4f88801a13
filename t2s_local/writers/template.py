"""The writer that needs no model: every word comes from the lessons, from counts, or from a fixed phrase."""

from t2s_local.ports import Evidence, Writer
from t2s_local.types import Family, Skill
from t2s_local.writers._body import assemble, choose_name
from t2s_local.writers._rules import rules_of


def load() -> Writer:
    """The template writer."""
    return TemplateWriter()


class TemplateWriter:
    """Writes a skill by filling fixed sections."""

    name = "template"
    version = "2"

    def write(self, family: Family, evidence: Evidence, *, taken: frozenset[str], min_support: int) -> Skill:
        """Write the skill; the same family and evidence give the same bytes."""
        return assemble(
            rules_of(family, evidence),
            family,
            evidence,
            name=choose_name(family, taken),
            described=None,
            min_support=min_support,
            writer=self.name,
        )
