"""Rules of a skill held against what an agent did once it had loaded the skill."""

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
"""Heading above rules that say what not to do."""
_LONGEST = 20_000
"""Characters of a call or a result that are looked through."""


class Rule(Value, frozen=True, kw_only=True):
    """One rule of a skill, as far as a recording can show whether it was followed."""

    id: str
    """``R1`` where the skill numbers its rules, else ``I1`` for the first item of its lists."""
    orders: tuple[str, ...]
    """Commands, paths and names it tells to use; to use one of them is to follow it."""
    avoided: tuple[str, ...]
    """The same for what it tells to leave."""
    messages: tuple[str, ...]
    """Messages that its situation quotes: the error it is about."""


class RuleUse(Value, frozen=True, kw_only=True):
    """A rule in one recording."""

    rule: str
    was_followed: bool | None
    """None where neither following nor ignoring it can be seen."""
    came_back: bool
    """Whether the error that it is about occurred after the skill was loaded."""


class Conduct(Value, frozen=True, kw_only=True):
    """Rules of a skill in one recording, those that it shows nothing of left out."""

    rules: tuple[RuleUse, ...]
    is_checkable: bool
    """Whether the skill has a rule that a recording can show."""
    is_complete: bool
    """Whether a command of the skill then ran without an error; also where it has none."""

    @property
    def n_followed(self) -> int:
        """Count the rules that were followed."""
        return sum(rule.was_followed is True for rule in self.rules)


def rules_of(source: SkillSource) -> tuple[Rule, ...]:
    """Return the rules in the lists of a skill, those that only say when it is used or what lies beside it aside."""
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
    """Everything an agent did and met after a step of a recording."""

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
        """Return which of *rules* were followed, which ignored, and whose error came back."""
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
    """Return what an item tells to use, and what it tells to leave."""
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
