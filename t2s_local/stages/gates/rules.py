"""Read the rules of a skill for a gate: the situation of each rule, and the ways to act in that situation."""

import re
from pathlib import Path

from t2s_local.skills.library.texts import Tree, digests_in, tree_digest
from t2s_local.skills.source import MAIN, SkillSource
from t2s_local.stages.check.audit.items import LINK_ALONE, SkillItem, items
from t2s_local.stages.check.audit.statements import is_about_use
from t2s_local.text.lesson_words import CODE, MESSAGE, code_spans
from t2s_local.values.gates.results import GatedRule, GatedSkill

_LONGEST = 2_000
"""Characters of a passage that are read; the longest passage in the skills of this project has 700."""
_MOST_PASSAGES = 40
_NO_RULE = re.compile(r"\b(?:examples?|references|when to use|evidence)\b", re.IGNORECASE)
_MARK = re.compile(r"\s*\(R\d+: \d[\d,]* runs?\)")
_WAY = re.compile(r"(?:Do|Or)(?: \(\d[\d,]* runs?\))?: (.*)", re.DOTALL)
_ASIDE = re.compile(r"(?:Why|Example|Note)\b|\d+ calls? in |No run behind |In \d+ ")
_CONDITION = re.compile(r"(?:when|whenever|if|before|after|so that|where|once|while|in case)\b", re.IGNORECASE)
_ENDS = re.compile(
    r":\s|,\s+(?!(?:and|or|but|which|who|that|so|as|with|without|for|then|such|in|at|of|on|not)\b)(?=[a-z])"
)
"""The end of a condition: a colon, or a comma before a word that does not continue the condition."""
_START = re.compile(
    r"(?:before the first|to begin with|at the (?:very )?(?:start|beginning)|first of all)\b", re.IGNORECASE
)
_PROJECT = re.compile(r"In ([A-Za-z][\w./-]*), ")


def gated_skill(source: SkillSource, path: Path) -> GatedSkill:
    """Read the skill in *source* for a gate.

    Args:
        source: The files of the skill.
        path: The folder of the skill.
    """
    return GatedSkill(
        name=source.name,
        path=str(path),
        digest=tree_digest(Tree(files=digests_in(source), programs=source.programs)),
        text=source.texts.get(MAIN, ""),
        rules=tuple(_rule(item) for item in items(source) if _is_rule(item)),
    )


def _is_rule(item: SkillItem) -> bool:
    """Return whether a list item is a rule: no link, and in no section of examples or on when to use the skill."""
    aside = is_about_use(item.section) or _NO_RULE.search(item.section)
    return not aside and not LINK_ALONE.match(item.passages[0].text)


def _rule(item: SkillItem) -> GatedRule:
    first = _MARK.sub("", item.passages[0].text[:_LONGEST])
    about = _PROJECT.match(first)
    situation, order = _parted(first, item)
    below = [passage.text[:_LONGEST] for passage in item.passages[1:_MOST_PASSAGES]]
    rest = [_MARK.sub("", text) for text in below if not _ASIDE.match(text)]
    ways = [found[1] for text in rest if (found := _WAY.match(text))]
    others = [text for text in rest if not _WAY.match(text)]
    if about is not None:
        situation, order = "", first[about.end() :]
    elif not order and not rest:
        order = situation if code_spans(situation) else ""
        situation = "" if order else situation
    orders = ways or [" ".join(filter(None, (order, *others)))]
    return GatedRule(
        is_at_start=bool(about or _START.match(situation)),
        name=item.rule or f"line {item.line}",
        line=item.line,
        situation=situation,
        orders=tuple(order for order in orders if order.strip()),
        project=None if about is None else about[1],
    )


def _parted(first: str, item: SkillItem) -> tuple[str, str]:
    """Split the first passage of a rule into the condition and the instruction, which is empty if no text is left."""
    if _CONDITION.match(first.lstrip("* ")):
        veiled = CODE.sub(_dots, MESSAGE.sub(_dots, first))
        found = _ENDS.search(veiled)
        if found is not None:
            return first[: found.start()].strip("* "), first[found.end() :]
    situation = item.situation[:_LONGEST]
    rest = first[len(situation) :] if len(item.passages[0].text) > len(situation) else ""
    return _MARK.sub("", situation).strip("* "), rest


def _dots(found: re.Match[str]) -> str:
    return "." * len(found.group())
