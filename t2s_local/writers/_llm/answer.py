"""Reads what a model wrote for a skill: rules that stand on lessons it was given; the rest is refused."""

import re
from typing import Annotated

import msgspec

from t2s_local.text.mentions import Haystack, is_empty, mentions
from t2s_local.text.text import clip, has_hidden, squeeze, words
from t2s_local.values.lesson import Refusal
from t2s_local.values.skill import RuleWords, Wording
from t2s_local.values.value import Value
from t2s_local.writers._llm.offer import Offer
from t2s_local.writers._page.rules import FORBIDS, Cause, Rule, RuleKind
from t2s_local.writers._page.wording import Option

NOT_JSON = "writer: answer is not JSON"
OFF_SCHEMA = "writer: answer does not fit the schema"
UNKNOWN_LESSON = "writer: rule of unknown lessons"
SEVERAL_RULES = "writer: rule that joins several"
TWICE = "writer: rule stated twice"
UNKNOWN = "writer: {} that is in no lesson"
EMPTY = "writer: empty generality"
HIDDEN = "writer: hidden characters"
TURNED = "writer: advice turned around"
BAD_NAME = "writer: name of another subject"
BAD_DESCRIPTION = "writer: description that cannot be used"

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){1,4}")
_MOST_NAME = 48
_DESCRIPTION = range(100, 401)
_EARLY = 250
_TAG = re.compile(r"[<>]|-{3,}")
_LEAST_TRIGGERS = 2


class Worded(Value, frozen=True, kw_only=True):
    """One rule in the model's words."""

    lessons: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=8)]
    section: RuleKind
    when: Annotated[str, msgspec.Meta(min_length=1, max_length=600)]
    do: Annotated[str, msgspec.Meta(min_length=1, max_length=600)]
    because: Annotated[str, msgspec.Meta(min_length=1, max_length=600)]


class WriterAnswer(Value, frozen=True, kw_only=True):
    """A whole answer."""

    rules: tuple[Worded, ...]
    name: Annotated[str, msgspec.Meta(max_length=600)]
    description: Annotated[str, msgspec.Meta(max_length=600)]


def refusal_rate(wording: Wording) -> float:
    """Share of the rules stated that were refused; 1.0 where there was no readable answer."""
    n_refused = sum(refusal.reason not in {BAD_NAME, BAD_DESCRIPTION} for refusal in wording.refused)
    return n_refused / (n_refused + len(wording.rules)) if n_refused + len(wording.rules) else 1.0


def read_answer(answer: str, offer: Offer) -> Wording:
    """Read one answer.

    Args:
        answer: What the model wrote.
        offer: What it was given.
    """
    try:
        found = msgspec.json.decode(answer, type=WriterAnswer)
    except msgspec.ValidationError as error:
        return Wording(refused=(Refusal(reason=OFF_SCHEMA, detail=str(error)),))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return Wording(refused=(Refusal(reason=NOT_JSON, detail=str(error)),))
    rules: dict[str, RuleWords] = {}
    refused: list[Refusal] = []
    for worded in found.rules:
        problem = _problem(worded, offer, rules)
        if problem is None:
            rule = offer.rules[offer.labels[worded.lessons[0]]]
            rules[rule.id] = RuleWords(
                section=worded.section,
                when=squeeze(worded.when),
                do=squeeze(worded.do),
                because=squeeze(worded.because),
            )
        else:
            refused.append(Refusal(reason=problem[0], detail=clip(problem[1], 80)))
    name = found.name if _is_name(found.name, offer) else None
    description = squeeze(found.description) if _is_description(found.description, offer) else None
    if name is None:
        refused.append(Refusal(reason=BAD_NAME, detail=clip(found.name, 80)))
    if description is None:
        refused.append(Refusal(reason=BAD_DESCRIPTION, detail=clip(found.description, 80)))
    return Wording(rules=rules, name=name, description=description, refused=tuple(refused))


def _problem(worded: Worded, offer: Offer, so_far: dict[str, RuleWords]) -> tuple[str, str] | None:
    """Why a rule cannot be used, with the words at fault; None where it can."""
    ids = {offer.labels.get(label) for label in worded.lessons}
    rule = offer.rules.get(next(iter(ids)) or "") if len(ids) == 1 else None
    if None in ids:
        return UNKNOWN_LESSON, ", ".join(worded.lessons)
    if rule is None:
        return SEVERAL_RULES, ", ".join(worded.lessons)
    if rule.id in so_far:
        return TWICE, rule.id
    said = f"{worded.when}\n{worded.do}\n{worded.because}"
    if has_hidden(said):
        return HIDDEN, worded.do
    texts = words_of(rule)
    known = Haystack(texts)
    named = (*mentions(worded.when), *mentions(worded.do), *mentions(worded.because))
    unknown = next((mention for mention in named if not known.holds(mention.text)), None)
    if unknown is not None:
        return UNKNOWN.format(unknown.kind), unknown.text
    if is_empty(worded.do, known=texts):
        return EMPTY, worded.do
    return (TURNED, worded.do) if _is_turned(worded, rule) else None


def words_of(rule: Rule) -> tuple[str, ...]:
    """Everything the lessons of *rule* say and quote."""
    return tuple(
        text
        for lesson in rule.lessons
        for text in (
            lesson.when,
            lesson.do,
            lesson.because or "",
            *lesson.tools,
            *(quote.text for quote in lesson.evidence),
        )
    )


def _is_turned(worded: Worded, rule: Rule) -> bool:
    """Whether a rule forbids what its lessons tell to do, or tells to do what they forbid."""
    forbids = bool(FORBIDS.match(worded.do))
    if (worded.section == "never") != forbids and "never" in (worded.section, rule.kind):
        return True
    forbidden = [lesson for lesson in rule.lessons if FORBIDS.match(lesson.do)]
    if not forbids:
        return len(forbidden) == len(rule.lessons)
    if forbidden:
        return False
    failed = Haystack(quote.text for lesson in rule.lessons for quote in lesson.evidence if quote.role == "action")
    worked = Haystack(quote.text for lesson in rule.lessons for quote in lesson.evidence if quote.role == "fix")
    named = mentions(worded.do)[:1]
    return not named or not failed.holds(named[0].text) or worked.holds(named[0].text)


def reworded(rule: Rule, said: RuleWords | None) -> Rule:
    """*rule* in other words; as it is where there are none."""
    if said is None:
        return rule
    best = rule.options[0]
    return msgspec.structs.replace(
        rule,
        kind=said.section,
        situation=said.when,
        options=(Option(do=said.do, trajectory_ids=best.trajectory_ids, successes=best.successes),),
        causes=(Cause(text=said.because, stated=False),),
    )


def _is_name(name: str, offer: Offer) -> bool:
    said = (*offer.tasks, *(text for rule in offer.rules.values() for text in words_of(rule)))
    known = {word for text in said for word in words(text)}
    return (
        _SLUG.fullmatch(name) is not None
        and len(name) <= _MOST_NAME
        and any(_same_stem(part, word) for part in name.split("-") for word in known)
    )


def _same_stem(part: str, word: str) -> bool:
    stem = part.removesuffix("ing").removesuffix("s")
    return len(stem) > 2 and word.startswith(stem)


def _is_description(text: str, offer: Offer) -> bool:
    line = squeeze(text)
    if len(line) not in _DESCRIPTION or has_hidden(text) or _TAG.search(line):
        return False
    texts = [*offer.tasks, *(said for rule in offer.rules.values() for said in words_of(rule))]
    known = Haystack(texts)
    if not all(known.holds(mention.text) for mention in mentions(line)):
        return False
    at = line.find("Use when")
    triggers = {word for word in words(line[at:]) if len(word) > 3 and word != "when"}
    return 0 <= at < _EARLY and len(triggers & {word for said in texts for word in words(said)}) >= _LEAST_TRIGGERS
