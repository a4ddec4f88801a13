"""Compare the rules of a skill with the actions of an agent after it had loaded the skill."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

import msgspec

from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.audit.items import LINK_ALONE, SkillItem, items
from t2s_local.stages.check.audit.overfit.claims import FORBIDS
from t2s_local.stages.check.audit.statements import Statement, is_about_use
from t2s_local.text.events import Event, events_of
from t2s_local.text.lesson_words import MESSAGE
from t2s_local.text.mentions import Haystack, mentions
from t2s_local.values.trajectory import Slice, SliceId, Trajectory
from t2s_local.values.value import Value

_INSTEAD = re.compile(r"\b(?:instead of|rather than)\b")
_AVOID = re.compile(r"^\W*(?:avoid|never|do not|don['’]t)\b", re.IGNORECASE)
"""Heading of a section with rules that say what not to do."""
_LONGEST = 20_000
"""Largest number of characters of a call or a result that are searched."""


class Rule(Value, frozen=True, kw_only=True):
    """One rule of a skill, reduced to the texts by which a recording shows whether the rule was followed."""

    id: str
    """``R1`` if the skill numbers its rules, else ``I1`` for the first item of its lists."""
    orders: tuple[str, ...]
    """Commands, paths and names that the rule orders to use; a run that uses any of them follows the rule."""
    avoided: tuple[str, ...]
    """Commands, paths and names that the rule forbids."""
    messages: tuple[str, ...]
    """Messages of the error that the rule is about, as its situation quotes them."""


class RuleUse(Value, frozen=True, kw_only=True):
    """Use of one rule in one recording."""

    rule: str
    was_followed: bool | None
    """True if followed, False if ignored; None if the recording shows neither."""
    came_back: bool
    """Whether the error that the rule is about occurred after the skill was loaded."""


class Conduct(Value, frozen=True, kw_only=True):
    """Uses of the rules of one skill in one recording; rules about which the recording shows nothing are left out."""

    rules: tuple[RuleUse, ...]
    is_checkable: bool
    """Whether the skill has a rule whose use a recording can show."""
    is_complete: bool
    """Whether a command of the skill ran without an error after the load, or the skill orders no command."""

    @property
    def n_followed(self) -> int:
        """Number of rules that were followed."""
        return sum(rule.was_followed is True for rule in self.rules)


def rules_of(source: SkillSource) -> tuple[Rule, ...]:
    """Return the rules in the lists of a skill, except list items on when to use the skill and bare links."""
    found = []
    told = [item for item in items(source) if not is_about_use(item.section) and not LINK_ALONE.match(item.text)]
    for number, item in enumerate(told, 1):
        orders, avoided = _orders(item)
        messages = tuple(dict.fromkeys(text.replace("`", "") for text in item.messages))
        if orders or avoided or messages:
            identity = item.rule or f"I{number}"
            found.append(Rule(id=identity, orders=orders, avoided=avoided, messages=messages))
    return tuple(found)


class AfterLoad(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Calls and results of an agent from one step of a recording on."""

    run: Trajectory
    start: int
    """Index of the first step that counts."""

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        whole = Slice(id=SliceId(self.run.id), trajectory=self.run, start=0, stop=len(self.run.steps), request=None)
        return tuple(event for event in events_of(whole) if event.call >= self.start)

    @cached_property
    def _actions(self) -> Haystack:
        return Haystack([event.action[:_LONGEST] for event in self._events])

    @cached_property
    def _that_worked(self) -> Haystack:
        return Haystack([event.action[:_LONGEST] for event in self._events if not event.failed])

    @cached_property
    def _results(self) -> Haystack:
        return Haystack([event.output[:_LONGEST] for event in self._events])

    def conduct(self, rules: Sequence[Rule]) -> Conduct:
        """Return which of *rules* were followed, which were ignored, and the error of which rules occurred again."""
        used = tuple(use for rule in rules if (use := self._use(rule)) is not None)
        orders = [order for rule in rules for order in rule.orders]
        has_run = any(map(self._that_worked.holds, orders))
        return Conduct(rules=used, is_checkable=bool(rules), is_complete=has_run or not orders)

    def _use(self, rule: Rule) -> RuleUse | None:
        came_back = any(map(self._results.holds, rule.messages))
        was_followed: bool | None = None
        if any(map(self._actions.holds, rule.orders)):
            was_followed = True
        elif any(map(self._actions.holds, rule.avoided)) or (came_back and rule.orders):
            was_followed = False
        if was_followed is None and not came_back:
            return None
        return RuleUse(rule=rule.id, was_followed=was_followed, came_back=came_back)


def _orders(item: SkillItem) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names that a list item orders to use, and the names that it forbids."""
    orders: dict[str, None] = {}
    avoided: dict[str, None] = {}
    situation = set(_named(item.situation))
    is_avoided = bool(_AVOID.search(item.section))
    for sentence in Statement(line=item.line, text=MESSAGE.sub("“…”", item.order), section="").sentences:
        told, *left = _INSTEAD.split(sentence)
        forbids = is_avoided or bool(FORBIDS.search(told))
        (avoided if forbids else orders).update(dict.fromkeys(_named(told)))
        avoided.update(dict.fromkeys(name for text in left for name in _named(text)))
    if not orders and not avoided and FORBIDS.search(item.situation):
        avoided.update(dict.fromkeys(situation))
    return tuple(name for name in orders if name not in situation), tuple(avoided)


def _named(text: str) -> Iterable[str]:
    return [mention.text for mention in mentions(text) if len(mention.text) > 2]
