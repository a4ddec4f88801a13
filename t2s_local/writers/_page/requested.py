"""Clauses on what the tasks behind a skill ask for, to follow *Use …*."""

from collections.abc import Iterable

from t2s_local.ports.writer import Requests
from t2s_local.text.text import join_words, quoted
from t2s_local.writers._page.matters import plain
from t2s_local.writers._page.title import SPELT

MOST_TERMS = 14
"""Most nouns of the tasks: each brings up the skill for tasks that no other noun is in."""
_MOST_ACTIONS = 4
_MANY_TERMS, _FEW_EXAMPLES = 5, 2
"""Number of nouns from which a third example adds nothing: .74 of the tasks have the right skill first either way."""
_AROUND = "for any work {inside}, such as on {things}"


def request_words(asked: Requests) -> str:
    """Return a clause on the requests of tasks, to follow *Use …*; empty if they have nothing in common."""
    code = join_words((f"{SPELT.get(one, one.capitalize())} code" for one in asked.languages), last="or")
    of = f" of projects like {join_words(map(plain, asked.projects), last='or')}" if asked.projects else ""
    reported = f" reported with {join_words(asked.reported, last='or')}" if asked.reported else ""
    if asked.is_built and code:
        return f"when installing, building or testing {code}{of}{reported and f', for issues{reported}'}"
    if code or of:
        kind = "issues" if reported else "reported issues"
        return f"when fixing {kind} in {code or 'the code'}{of}{reported and f',{reported}'}"
    things = _things(asked)
    measures = f"the {join_words(asked.measures, last='or')} of " if asked.measures and things else ""
    actions = join_words(asked.actions[:_MOST_ACTIONS], last="or")
    if things and actions:
        return f"when asked to {actions} {measures}{things}"
    if things:
        return f"when asked {'for ' if measures else 'about '}{measures}{things}"
    return f"when asked to {actions} something" if actions else ""


def project_words(asked: Requests, inside: str) -> str:
    """Return a clause on what tasks of one project are about, with *inside*, the name of the project; or empty."""
    things = join_words((*asked.things, *asked.objects)[:MOST_TERMS])
    return _AROUND.format(inside=inside, things=things) if things else ""


def request_clauses(asked: Requests) -> list[str]:
    """Return clauses on the requests of tasks of no single project, the longest first, an empty clause last."""
    said = request_words(asked)
    if asked.projects or asked.languages:
        return list(dict.fromkeys([said, ""]))
    is_long = len(asked.things) + len(asked.objects) >= _MANY_TERMS
    shown = [quoted(plain(text).rstrip(". ")) for text in asked.examples[: _FEW_EXAMPLES if is_long else None]]
    return [*_with_examples(said, shown), *([said] if said else []), ""]


def _with_examples(said: str, shown: list[str]) -> Iterable[str]:
    start = f"{said}, such as " if said else "when asked something like "
    return (f"{start}{join_words(shown[:count], last='or')}" for count in range(len(shown), 0, -1))


def _things(asked: Requests) -> str:
    return join_words((*asked.things, *asked.objects)[:MOST_TERMS], last="or")
