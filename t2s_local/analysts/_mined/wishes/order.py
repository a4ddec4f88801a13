"""Rewording of a user's message as an order for later agents, which did not see the conversation."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from importlib import resources

from t2s_local.analysts._mined.wishes.course import Course, names
from t2s_local.text.cues import cues_of, opening_of, pointers, without_asides, without_join
from t2s_local.text.lesson_words import CODE, INSTEAD_OF, SAID_OF
from t2s_local.text.text import squeeze

_SENTENCE = re.compile(r"(?<=[.!?。！？])(\s+)")
_QUESTION = re.compile(r"[?？][)\]\s]*$")
_TAG = re.compile(r"[,，、;–-]\s*¿?(?:[^\W\d_]+\s?){1,2}[?？]\s*$")
"""A question of one or two words after a statement: *…, right?*."""
_REMARKED = re.compile(r"(?P<main>[^()]+?)\s*\((?P<remark>[^()]+?)[.。]?\)[.。]?")
"""A sentence with a remark in brackets at its end."""
_HABIT = "habit"
"""Kind of cues for what is usual in a project."""
_JUST = re.compile(r"\b(and|or) just (?=[a-z]{2,}\b)")
_DIRECTIVE = re.compile(r"(?://|#) ?(?:\w+:[\w-]+|(?:noqa|type: ignore|eslint-disable|@ts-)[\w-]*)")
"""A comment for a linter or a compiler; text after the directive is about this line alone."""
_SILENCED = re.compile(
    r"(?://|#) ?(?:(?!type\b|pylint\b)(?P<tool>[A-Za-z]\w*):(?:ignore|disable)\b|nolint: ?(?P<linter>[\w-]+)"
    r"|(?:noqa: ?|eslint-disable[\w-]* |pylint: ?disable=|type: ignore\[)(?P<check>[\w/@-]+))"
)
"""A comment that silences a linter or one of its checks."""
_REASON = re.compile(r",? (?:since|because) ", re.IGNORECASE)
_OTHERS = re.compile(r"\b(?:other|others|otherwise|else|elsewhere)\b", re.IGNORECASE)
_NAME = re.compile(r"(?P<word>(?=[a-z]+[A-Z\d_])\w{3,})\s*[:;{(][;:{()\s]*")
"""A line of code with one name that is no word of prose: in mixed case, or with a digit or an underscore."""
_THEN = re.compile(r",?\s+then(?=[,.;!]|$)", re.IGNORECASE)
"""The word *then* at the end of a clause, which refers to an earlier sentence."""
_END = re.compile(r"[.!?。！？…][)\"”]?$")
_UNSPACED_END = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]$")
_PLAIN = re.compile(r"[^\W\d_]+(?=[\s,]|$)")
_SHORTENED = re.compile(r"\w+['’]\w+")
_NAMED = 2
"""Fewest distinctive words before a pronoun that can name what the pronoun refers to."""
_LONGEST = 80
"""Most characters of a line of code that is shown beside another line."""
_EARLY = 12
"""Most characters before a polite opening, such as *oh, and …*."""
_STEM = 4
"""Fewest letters that two forms of a word have in common at the start."""


def as_order(
    said: str, around: Course, *, line: str | None, below: str | None = None, is_undone: bool = False
) -> str | None:
    """Return *said* as an order; None if it refers to something that neither *said* nor *line* names.

    Args:
        said: The user's words, trimmed to the rule.
        around: Actions of the agent before and after the message.
        line: The agent's line that the words are about; None if it is not known.
        below: The line below it in what the agent wrote; None if there is none.
        is_undone: Whether the agent wrote the line and later replaced it: the order then says what to write instead.
    """
    told = without_join(squeeze("".join(map(_asserted, _SENTENCE.split(squeeze(said))))))
    told = _JUST.sub(r"\1 ", _THEN.sub("", told))
    if not told or not _is_clear(told, around, line):
        return None
    first = _PLAIN.match(told)
    if first is not None and not names(first[0]) & (around.written | around.added):
        told = _begun(told)
    if not _END.search(told):
        told = f"{told.rstrip(',;:，、；：')}{'。' if _UNSPACED_END.search(told) else '.'}"
    told = _with_code(_rule_first(told), around.dropped)
    if line is None:
        return told
    silenced = _SILENCED.match(line) if is_undone else None
    if silenced is None:
        return f"{told}{INSTEAD_OF if is_undone else SAID_OF}{_shown(line, below)}."
    return f"{_complained(silenced, below)}: {_unbegun(told)}{INSTEAD_OF}{_shown(line, None)}."


def _complained(silenced: re.Match[str], below: str | None) -> str:
    """Return the situation of an order against a comment that silences a linter: “Where the linter `x` complains”.

    The order begins with this situation, so that its words are no longer the user's alone.
    """
    check = (
        f"the check `{silenced['check']}`" if silenced["check"] else f"the linter `{silenced[silenced.lastgroup or 0]}`"
    )
    return f"Where {check} complains{f' about `{below}`' if _is_code(below) else ''}"


def _with_code(told: str, dropped: Sequence[str]) -> str:
    """Return *told* with code marks around each name that is a whole line among the *dropped* lines of the agent.

    Words of prose, such as *else* and *try*, and what already has code marks stay as they are.
    """
    found = sorted({name["word"] for line in dropped if (name := _NAME.fullmatch(line)) is not None})
    if not found:
        return told
    marked = re.compile(rf"{CODE.pattern}|(?<![\w`.-])(?P<word>{'|'.join(found)})(?![\w`-])", CODE.flags)
    return marked.sub(lambda one: f"`{one['word']}`" if one["word"] else one[0], told)


def _unbegun(sentence: str) -> str:
    first = _PLAIN.match(sentence)
    return sentence if first is None or sentence[:1] == "I" else f"{sentence[0].lower()}{sentence[1:]}"


def _shown(line: str, below: str | None) -> str:
    """Return *line* as code; of a comment for a linter only the directive, and the line *below* that it applies to."""
    found = _DIRECTIVE.match(line)
    if found is None:
        return f"`{line}`"
    return f"`{found[0]}`{f' above `{below}`' if _is_code(below) else ''}"


def _is_code(line: str | None) -> bool:
    return line is not None and "`" not in line and _DIRECTIVE.match(line) is None and len(line) <= _LONGEST


def _rule_first(told: str) -> str:
    """Return “*x* (usually *y*)” as “*Y*. Exception: *x*”; a sentence without such a remark in brackets unchanged.

    A reason in *x* becomes “where …”. If *x* has a reason and *y* is about other places, *y* comes after *x*.
    """
    found = _REMARKED.fullmatch(told)
    if found is None or _HABIT not in cues_of(found["remark"]):
        return told
    end = "。" if _UNSPACED_END.search(found["remark"]) else ". "
    main, usual = _REASON.sub(" where ", found["main"].rstrip(" ."), count=1), _begun(found["remark"])
    if main != found["main"].rstrip(" .") and _OTHERS.search(usual):
        return f"{main}{end}{usual}{end.strip()}"
    return f"{usual}{end}Exception: {main}{end.strip()}"


def _begun(sentence: str) -> str:
    return f"{sentence[0].upper()}{sentence[1:]}"


def _asserted(sentence: str) -> str:
    """Return a sentence without *could we*, *for this* or *right?*; an empty text if it asks for no action."""
    asks = _QUESTION.search(sentence) is not None
    opening = opening_of(sentence)
    if opening is not None and opening.start <= _EARLY:
        return without_asides(_QUESTION.sub("", sentence[opening.end :]).strip())
    tag = _TAG.search(sentence)
    if tag is not None:
        return without_asides(sentence[: tag.start()])
    return without_asides(_QUESTION.sub("", sentence)) if opening is not None or not asks else ""


def _is_clear(told: str, around: Course, line: str | None) -> bool:
    """Return whether the words before each pronoun, or the *line* quoted with the order, name what it refers to."""
    own = _telling(names(line or ""))
    known = own | _telling(around.added | around.written)
    for at in pointers(told):
        before = _telling(names(_SHORTENED.sub(" ", told[:at])))
        if len(before) < _NAMED and not any(_is_known(name, known) for name in before):
            return any(_is_known(name, own) for name in _telling(names(told)))
    return True


def _is_known(name: str, known: Collection[str]) -> bool:
    return name in known or any(
        len(name) >= _STEM and len(one) >= _STEM and (one.startswith(name) or name.startswith(one)) for one in known
    )


def _telling(found: Collection[str]) -> frozenset[str]:
    return frozenset(_told(found))


def _told(found: Collection[str]) -> Iterator[str]:
    for name in found:
        if len(name) > 1 and name not in _common():
            yield name


@cache
def _common() -> frozenset[str]:
    """Return English words that occur in any text and any code."""
    return frozenset(resources.files("t2s_local.analysts._mined").joinpath("stopwords.txt").read_text("utf-8").split())
