"""Writer that needs no model: every word comes from the lessons, from counts, or from a fixed phrase."""

from collections.abc import Iterable, Iterator, Mapping

from t2s_local.code_digest import sources_digest
from t2s_local.ports.writer import NO_RISKS, PLAIN_WORDING, Evidence, Writer
from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.skill import Skill, Wording
from t2s_local.writers._page.body import assemble, choose_name, rule_section
from t2s_local.writers._page.rules import rules_of


def load() -> Writer:
    """Return the template writer."""
    return TemplateWriter()


class TemplateWriter:
    """Writer that fills fixed sections."""

    name = "template"

    def __init__(self) -> None:
        """Compute the version from the sources: other rules give other words."""
        self.version = sources_digest(__name__)

    def word(self, families: Iterable[Family], evidence: Evidence) -> Iterator[tuple[Family, Wording]]:
        """Return no wordings: the skill uses the words of the lessons."""
        del families, evidence
        return iter(())

    def write(
        self,
        family: Family,
        evidence: Evidence,
        *,
        taken: frozenset[str],
        min_support: int,
        wording: Wording = PLAIN_WORDING,
        risks: Mapping[ClusterId, str] = NO_RISKS,
    ) -> Skill:
        """Write the skill; the same family and evidence give the same bytes, whatever the *wording*."""
        del wording
        return assemble(
            rules_of(family, evidence, risks),
            family,
            evidence,
            name=choose_name(family, taken),
            described=None,
            min_support=min_support,
            writer=self.name,
        )

    def rule(self, cluster: Cluster, evidence: Evidence) -> str:
        """Return the section with the rule of *cluster*, in the words of its lessons."""
        return rule_section(cluster, evidence)
