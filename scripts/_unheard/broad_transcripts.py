"""Runs that are written as texts, as broad as could be thought of: they belong to the development half."""

from collections.abc import Callable
from datetime import UTC, datetime

from _unheard.bodies_development import as_text
from _unheard.body import Body
from _unheard.sessions import Abilities, Event, Json, Session, events
from _unheard.words import Tongue


def _label(event: Event, tongue: Tongue) -> str:
    words = tongue.words
    return {"user": words.user, "assistant": words.agent}.get(event.kind, tongue.event_kind(event.kind))


def _said(event: Event, tongue: Tongue) -> str:
    if event.call is None:
        return event.text
    write = tongue.write_call if event.kind == "call" else tongue.write_result
    return as_text(write(event.call, tongue.words))


def _lines(session: Session, tongue: Tongue, line: Callable[[int, str, str], str]) -> list[str]:
    return [line(number, _label(event, tongue), _said(event, tongue)) for number, event in enumerate(events(session))]


def headings(session: Session, tongue: Tongue) -> Json:
    """Markdown with a heading for each part."""
    return {"doc": "\n".join(_lines(session, tongue, lambda _, label, said: f"### {label}\n\n{said}\n"))}


def brackets(session: Session, tongue: Tongue) -> Json:
    """Labels in brackets."""
    return {"doc": "\n".join(_lines(session, tongue, lambda _, label, said: f"[{label}] {said}"))}


def timed(session: Session, tongue: Tongue) -> Json:
    """Lines of a log, each with its time."""

    def line(number: int, label: str, said: str) -> str:
        return f"{datetime.fromtimestamp(session.when + number, UTC):%Y-%m-%d %H:%M:%S} {label}: {said}"

    return {"doc": "\n".join(_lines(session, tongue, line))}


def tags(session: Session, tongue: Tongue) -> Json:
    """Elements named after who speaks."""
    return {"doc": "\n".join(_lines(session, tongue, lambda _, label, said: f"<{label}>\n{said}\n</{label}>"))}


def list_of_texts(session: Session, tongue: Tongue) -> Json:
    """A list of texts, each with a label before it."""
    return {"doc": _lines(session, tongue, lambda _, label, said: f"{label}: {said}")}


ABLE = Abilities(parallel=False)
BODIES = tuple(
    Body(write=write, is_list=False, able=ABLE) for write in (headings, brackets, timed, tags, list_of_texts)
)
