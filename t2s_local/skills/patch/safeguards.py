"""Check that an edit changes nothing outside its place, and that its text has no unclosed block."""

from collections import Counter
from collections.abc import Mapping, Sequence

from t2s_local.skills.lint import lint
from t2s_local.skills.patch.page import Leaf, Page
from t2s_local.skills.patch.placing import Place, Refused
from t2s_local.skills.rulebook import Finding
from t2s_local.skills.source import SkillSource

_MEASURED = frozenset({"body-lines", "body-tokens"})
"""Rules with a number in their message: an edit may change the number although the rule was broken before the edit."""
_AFTER = "Everything after it"


def refuse_unclosed(text: str) -> None:
    """Check that the last block of a text is closed, so that it does not include the text after it.

    Raises:
        Refused: the text ends in an open fence or an open comment.
    """
    leaves = Page(path="", text=f"{text.rstrip()}\n\n{_AFTER}").leaves
    if not leaves or leaves[-1].content != _AFTER or leaves[-1].level != 1:
        detail = "a fence, a comment or a list in it is not closed"
        raise Refused(reason="unclosed", detail=detail)


def refuse_breaking(page: Page, places: Sequence[Place]) -> None:
    """Check that changes leave all parsed text outside of their places the same.

    Raises:
        Refused: a heading, a fence or a paragraph elsewhere would change.
    """
    new = Page(path=page.path, text=patched(page.text, places))
    gone = [(page.line_at(one.start), _last_line(page, one)) for one in places if one.stop > one.start]
    kept = [leaf for leaf in page.leaves if not any(first < leaf.last and leaf.first < last for first, last in gone)]
    if new.head != page.head or not _are_in(kept, new.leaves):
        detail = "something outside of its place would read otherwise"
        raise Refused(reason="breaks", detail=detail)


def patched(text: str, places: Sequence[Place]) -> str:
    """Return *text* with the changes at *places*, which must not overlap."""
    parts: list[str] = []
    at = 0
    for one in sorted(places, key=lambda place: (place.start, place.stop, place.turn)):
        parts += [text[at : one.start], one.text]
        at = one.stop
    return "".join((*parts, text[at:]))


def _last_line(page: Page, one: Place) -> int:
    """Return the number of the line after the last line of a change."""
    return page.line_at(one.stop - 1) + 1


def _are_in(kept: Sequence[Leaf], found: Sequence[Leaf]) -> bool:
    """Return whether *found* contains all pieces of *kept* in order, with the same kind, level and content."""
    there = iter(found)
    return all(any(one[:3] == other[:3] for other in there) for one in kept)


def broken_rule(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Finding | None:
    """Return a breach of the rules of the format that edits added; None if they added none.

    Args:
        before: Current files of the skill.
        after: Files after the edits.
    """
    known = Counter(_key(found) for found in _errors(before))
    for found in _errors(after):
        if not known[_key(found)]:
            return found
        known[_key(found)] -= 1
    return None


def _key(found: Finding) -> tuple[str, str, str]:
    return found.path, found.rule, "" if found.rule in _MEASURED else found.message


def _errors(files: Mapping[str, bytes]) -> list[Finding]:
    main = dict(sorted(files.items()))
    source = SkillSource(name=_name(main), raw=main, sizes={path: len(data) for path, data in main.items()})
    return [found for found in lint(source) if found.severity == "error"]


def _name(files: Mapping[str, bytes]) -> str:
    """Return the name in the front matter, to use as folder name so that no rule finds a difference."""
    source = SkillSource(name="", raw=dict(files), sizes={})
    return str(source.front.get("name", ""))
