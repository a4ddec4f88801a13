"""Fit a rule, a skill or an edit on one screen: long evidence is shortened to keep the rule visible."""

from collections.abc import Iterable

from t2s_local.cli.output import columns, paragraph, rows
from t2s_local.cli.recording_words import recording_lines
from t2s_local.cli.reviewing.words import item_lines, quote_lines, rules_lines
from t2s_local.runs.finished.why import Recording
from t2s_local.runs.reviewing.items import EditItem, Item, ProposedEditItem, RuleItem, SkillItem

_LEAST_DIFFERENCE = 4
"""Number of lines of a diff that are shown even in a small window."""
_SHORTEST_QUOTE, _LONGEST_QUOTE = 60, 200


def on_screen(item: Item, place: str, recordings: Iterable[Recording], *, below: int) -> list[str]:
    """Return lines on the item to judge, shortened to the height of the window where possible.

    Args:
        item: A rule, a skill or an edit.
        place: Position of the item in the order of questions.
        recordings: Recordings of the best quotes of a rule.
        below: Number of lines that the question needs.
    """
    if isinstance(item, EditItem | ProposedEditItem):
        bare = len(item_lines(item, place=place, most=0))
        return item_lines(item, place=place, most=max(rows() - below - bare, _LEAST_DIFFERENCE))
    lines = item_lines(item, place=place)
    if not isinstance(item, RuleItem):
        return lines
    room = rows() - below - _height(lines)
    around = evidence_lines(item, recordings)
    return [*lines, *(around if _height(around) <= room else _shortened(item, room))]


def in_full(item: Item, place: str, recordings: Iterable[Recording]) -> list[str]:
    """Return lines with everything about *item*; a rule comes after its evidence, directly above the question."""
    if isinstance(item, EditItem | ProposedEditItem):
        return item_lines(item, place=place, most=len(item.diff))
    if isinstance(item, SkillItem):
        return [*item_lines(item, place=place), *rules_lines(item)]
    around = evidence_lines(item, recordings) if isinstance(item, RuleItem) else []
    return [*around, *item_lines(item, place=place)]


def evidence_lines(item: RuleItem, recordings: Iterable[Recording]) -> list[str]:
    """Return lines with the best quotes of a rule and the steps around them."""
    shown = list(recordings)
    lines = [line for recording in shown for line in recording_lines(recording)]
    if item.support > len(shown):
        lines += paragraph(f"`t2s why {item.id} --all` shows all {item.support} recordings.").splitlines()
    return lines


def _shortened(item: RuleItem, room: int) -> list[str]:
    """Return lines with the quotes only, each cut so that all fit into *room* lines; empty if they do not fit."""
    hint = paragraph("[m]ore shows the steps around its quotes.").splitlines()
    longest = min((room - len(hint)) // max(len(item.quotes), 1) * (columns() - 8), _LONGEST_QUOTE)
    while longest >= _SHORTEST_QUOTE:
        lines = [*quote_lines(item, longest=longest), *hint]
        if _height(lines) <= room:
            return lines
        longest -= columns() // 4
    return hint


def _height(lines: Iterable[str]) -> int:
    """Return the number of window rows for *lines*: a line wider than the window needs several rows."""
    return sum(max(-(-len(line) // columns()), 1) for line in lines)
