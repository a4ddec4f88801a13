"""Turn rules that a skill lacks or contradicts into edits, each at its place in the skill."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from t2s_local.ports.grouping import Embedder
from t2s_local.skills.patch.page import Page, Section
from t2s_local.skills.patch.placing import Refused, resting_on
from t2s_local.stages.deepen.matching import Relations
from t2s_local.stages.deepen.practice import Use
from t2s_local.stages.deepen.rules import FoundRule
from t2s_local.stages.deepen.units import Unit, name_of, names_in, tells_nothing
from t2s_local.stages.extract.instructed import is_said
from t2s_local.text.text import clip, counted, join_words, squeeze
from t2s_local.values.edit import Edit, ProposedEdit
from t2s_local.values.lesson import Quote

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix

LEAST_NEAR = 0.3
"""Least cosine of a rule and a section for the rule to belong to the skill although both share no name."""
SHARED_NAMES = 0.2
"""Amount added to the cosine of a section that names all tools of a rule; less if it names only some of them."""
_LONGEST = 1_500
_MOST_QUOTES = 3
_DONE = frozenset({"action", "fix"})
"""Roles of quotes that show what an agent did."""
NEW_SECTION = "Learned from runs"


class Draft(NamedTuple):
    """Edit to be proposed."""

    skill: str
    edit: Edit
    rule: int
    """Number of the rule behind the edit."""
    unit: int | None = None
    """Number of the piece that the edit replaces; None if the edit adds a rule."""
    gives_way: str | None = None
    contradiction: str | None = None

    @property
    def id(self) -> str:
        """Id of the proposal made from this draft."""
        return f"{self.skill}@e{self.edit.id[:8]}"


class Lacking(NamedTuple):
    """Number of a rule that belongs to no skill, with the reason."""

    rule: int
    reason: str


class _Home(NamedTuple):
    skill: str
    page: Page
    section: Section
    text: str
    names: frozenset[str]


class Proposer:
    """Drafts edits that bring rules into skills."""

    def __init__(
        self,
        pages: Mapping[str, Sequence[Page]],
        placed: Sequence[tuple[str, Unit]],
        rules: Sequence[FoundRule],
        embedder: Embedder,
        use: Use,
    ) -> None:
        """Prepare for the skills (pages by name), their pieces (each with its skill), and the rules."""
        self._pages = pages
        self._placed = placed
        self._rules = rules
        self._embedder = embedder
        self._use = use
        self._tools = frozenset(name for rule in rules for name in rule.names)
        self._homes: list[_Home] = []

    def revisions(self, relations: Relations) -> list[Draft]:
        """Return edits that replace a piece which the runs contradict by a rule that is true instead.

        A rule that the skill contains already replaces no other piece of it.
        """
        found: dict[int, Draft] = {}
        said = {number for number in relations.says.values() if self._rules[number].text is not None}
        for at, (skill, unit) in enumerate(self._placed):
            number = relations.opposes.get(at)
            against = None if number is None else self._rules[number]
            if number is None and at in relations.says and self._rules[relations.says[at]].has_failed:
                against = self._rules[relations.says[at]]
                number = self._instead(against, said | found.keys())
            is_open = number not in found and not (number is not None and self._contains(skill, number, relations))
            if number is not None and against is not None and is_open:
                found[number] = self._revised(skill, at, unit, number, against)
        return list(found.values())

    def additions(self, relations: Relations, known: Collection[int]) -> tuple[list[Draft], list[Lacking]]:
        """Return edits that add rules which no skill contains, and rules that suit no skill.

        Args:
            relations: The rules that the skills say or contradict already.
            known: Numbers of the rules that revisions bring in.
        """
        said = {*known, *relations.says.values()}
        texts = [page.text for there in self._pages.values() for page in there]
        lacking = [
            number
            for number, rule in enumerate(self._rules)
            if rule.text is not None and number not in said and not any(is_said(rule.text, text) for text in texts)
        ]
        drafts, left = [], []
        refuted = [unit.source for at, (_, unit) in enumerate(self._placed) if self._is_refuted(at, relations)]
        self._homes = [home for name, there in self._pages.items() for home in self._homes_of(name, there, refuted)]
        near = self._near(lacking)
        for row, number in enumerate(lacking):
            home = self._home(number, near[row])
            if home is None:
                left.append(Lacking(number, "about something else than the skill"))
            else:
                drafts.append(self._added(number, home))
        return drafts, left

    def _contains(self, skill: str, number: int, relations: Relations) -> bool:
        """Return whether a piece of *skill* says the rule with this number, or a page has its words."""
        told = self._rules[number].text
        if told is not None and any(is_said(told, page.text) for page in self._pages[skill]):
            return True
        return any(self._placed[at][0] == skill for at, said in relations.says.items() if said == number)

    def _instead(self, failed: FoundRule, known: Collection[int]) -> int | None:
        """Return the number of a rule about the same failure as *failed* that is not in *known*; None if none is."""
        for number, rule in enumerate(self._rules):
            if rule.text is not None and number not in known and rule.messages & failed.messages:
                return number
        return None

    def _revised(self, skill: str, at: int, unit: Unit, number: int, against: FoundRule) -> Draft:
        rule = self._rules[number]
        mark = unit.source[: len(unit.source) - len(unit.source.lstrip(" -*+0123456789.)"))]
        edit = self._whole(skill, "replace_in_section", unit.path, unit.section, rule, mark=mark, anchor=unit.source)
        return Draft(skill, edit, number, at, unit.text, _contradiction(rule, against))

    def _added(self, number: int, home: _Home) -> Draft:
        section = name_of(home.section, home.page)
        edit = self._whole(home.skill, "append_to_section", home.page.path, section, self._rules[number], mark="- ")
        return Draft(home.skill, edit, number)

    def _whole(
        self,
        skill: str,
        op: str,
        path: str,
        section: str | None,
        rule: FoundRule,
        *,
        mark: str,
        anchor: str | None = None,
    ) -> Edit:
        """Return an edit that writes the text of *rule*, with a digest of the text that the edit depends on."""
        counts = f" Seen in {counted(len(rule.runs), 'run')}."
        text = f"{mark}{(rule.text or '').rstrip()}{counts}"
        edit = msgspec.convert(
            {
                "op": op,
                "path": path,
                "section": section,
                "anchor": anchor,
                "text": text,
                "support": len(rule.runs),
                "counts": counts,
            },
            type=Edit,
        )
        page = next(page for page in self._pages[skill] if page.path == path)
        try:
            return msgspec.structs.replace(edit, digest=resting_on(edit, page))
        except Refused:
            return edit

    def _near(self, numbers: Sequence[int]) -> "FloatMatrix":
        """Return the cosines of rules and sections, of shape ``(rules, sections)``."""
        import numpy as np

        if not numbers or not self._homes:
            return np.zeros((len(numbers), len(self._homes)), dtype=np.float32)
        rows = self._embedder.embed([clip(self._rules[number].line, _LONGEST) for number in numbers])
        return rows @ self._embedder.embed([home.text for home in self._homes]).T

    def _home(self, number: int, cosines: "FloatMatrix") -> _Home | None:
        """Return the section that suits a rule best; None if no section suits it.

        If the rule's runs used a skill, only the sections of that skill are candidates.
        """
        rule = self._rules[number]
        in_use = self._in_use(rule)
        scored = []
        for at, home in enumerate(self._homes):
            tools = frozenset(rule.lesson.tools) or rule.names
            shared = len(home.names & tools) / max(len(tools), 1)
            belongs = home.skill == in_use or shared or cosines[at] >= LEAST_NEAR
            if belongs and in_use in (None, home.skill):
                worth = float(cosines[at]) + SHARED_NAMES * shared
                scored.append((worth, -at, home))
        return max(scored)[2] if scored else None

    def _in_use(self, rule: FoundRule) -> str | None:
        """Return the name of the skill used in the largest number of the rule's runs; None if they used no skill."""
        counts = {name: len(set(runs).intersection(rule.runs)) for name, runs in self._use.users.items()}
        best = max(sorted(counts), key=lambda name: counts[name], default=None)
        return best if best is not None and counts[best] else None

    def _is_refuted(self, at: int, relations: Relations) -> bool:
        """Return whether the runs contradict a piece; its text then does not count for the subject of its section."""
        return at in relations.opposes or (at in relations.says and self._rules[relations.says[at]].has_failed)

    def _homes_of(self, skill: str, pages: Sequence[Page], refuted: Sequence[str]) -> list[_Home]:
        found = []
        for page in pages:
            for section in page.sections:
                is_title = section.depth == 1 and len(page.sections) > 1
                if is_title or tells_nothing(section):
                    continue
                text = page.source(section.body, section.own)
                for source in refuted:
                    text = text.replace(source, "")
                way = " ".join((*section.parents[1:], section.title))
                found.append(
                    _Home(skill, page, section, clip(f"{way}: {squeeze(text)}", _LONGEST), names_in(text, self._tools))
                )
        return found


def proposal_of(draft: Draft, rule: FoundRule) -> ProposedEdit:
    """Return the proposal that a person reviews for *draft*, with support and quotes from *rule*."""
    n_runs = len(rule.runs)
    return ProposedEdit(
        id=draft.id,
        skill=draft.skill,
        change="add" if draft.unit is None else "revise",
        edit=draft.edit,
        rule=rule.id,
        gives_way=draft.gives_way,
        contradiction=draft.contradiction,
        support=n_runs,
        n_worked=rule.n_worked,
        confidence=(rule.n_worked + 1) / (n_runs + 2),
        is_said=rule.is_said,
        level="L0",
        quotes=quotes_of(rule),
    )


def quotes_of(rule: FoundRule) -> tuple[Quote, ...]:
    """Return at most three distinct quotes: first of the occasion of the rule, then of the agent's response."""
    found = [quote for lesson in rule.lessons for quote in lesson.evidence if quote.role != "result"]
    found.sort(key=lambda quote: quote.role in _DONE)
    first = {quote.text: quote for quote in reversed(found)}
    return tuple(first[text] for text in dict.fromkeys(quote.text for quote in found))[:_MOST_QUOTES]


def _contradiction(rule: FoundRule, against: FoundRule) -> str:
    """Return a sentence that says how runs contradict a piece of a skill."""
    if rule is against and rule.is_wish:
        return f"Users asked for the opposite in {counted(len(rule.runs), 'run')}."
    if rule is against:
        who = "Users say" if rule.is_said else f"{counted(len(rule.runs), 'run')} show"
        return f"{who} the opposite."
    runs = join_words(f"`{run}`" for run in against.runs[:3])
    return (
        f"Of {counted(len(against.runs), 'run')} that did so {against.n_failed} failed and {against.n_succeeded}"
        f" succeeded ({runs}{' and others' if len(against.runs) > 3 else ''})."
    )
