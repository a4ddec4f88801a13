"""Bodies of the part `teams`: a list of records, one for each event or step."""

import random

from _unheard.body import ONE_BY_ONE, Body, acts
from _unheard.broad_bodies import content_of, kind_of
from _unheard.sessions import Abilities, Json, Session, events
from _unheard.words import Tongue


def observed_and_acted(session: Session, tongue: Tongue) -> Json:
    """Steps of a learner: what it observed, what it did, and a reward; first it observes the request."""
    words = tongue.words
    made: list[Json] = []
    seen: Json = session.task
    for number, act in enumerate(acts(session)):
        did = {"think": act.thought, words.call: tongue.write_call(act.calls[0], words)}
        made.append({"t": number, "obs": seen, **did, "reward": 0.0, "done": False})
        seen = tongue.write_result(act.calls[0], words)
    last = {"t": len(made), "obs": seen, "think": session.exchanges[0].answer, words.call: None}
    return [*made, {**last, "reward": float(session.is_success), "done": True}]


def tagged_unions(session: Session, tongue: Tongue) -> Json:
    """Values under the name of their type."""
    words = tongue.words
    made: list[Json] = []
    for event in events(session):
        if event.call is None:
            held: Json = {"body": {words.text: event.text}}
        elif event.kind == "call":
            held = {words.ref: event.call.ref, "body": content_of(event, tongue)}
        else:
            held = {words.ref: event.call.ref, "body": content_of(event, tongue)}
        made.append({"seq": len(made), "event": {kind_of(event, tongue): held}})
    return made


def from_and_to(session: Session, tongue: Tongue) -> Json:
    """Messages between actors, tools among them."""
    words = tongue.words
    made: list[Json] = []
    for event in events(session):
        if event.call is not None:
            ends = [words.agent, words.tool] if event.kind == "call" else [words.tool, words.agent]
        else:
            ends = {"user": [words.user, words.agent], "system": [words.system, words.agent]}.get(
                event.kind, [words.agent, words.user if event.kind == "assistant" else words.agent]
            )
        made.append({"src": ends[0], "dst": ends[1], "payload": content_of(event, tongue)})
    return made


def audit(session: Session, tongue: Tongue) -> Json:
    """Sentences of an audit: who did what, and the detail."""
    words = tongue.words
    return [
        {
            words.who: tongue.speaker(event.kind),
            "verb": tongue.event_kind(event.kind),
            "object": None if event.call is None else event.call.ref,
            "detail": content_of(event, tongue),
            words.when: f"2025-10-{3 + number // 60:02}T08:{number % 60:02}:31+02:00",
        }
        for number, event in enumerate(events(session))
    ]


def added_values(session: Session, tongue: Tongue) -> Json:
    """Changes of a document that only grows."""
    words = tongue.words
    made: list[Json] = []
    for event in events(session):
        value: dict[str, Json] = {words.kind: kind_of(event, tongue), words.text: content_of(event, tongue)}
        made.append({"change": "add", "path": f"/{words.steps}/{len(made)}", "value": value})
    return made


def pieces(session: Session, tongue: Tongue) -> Json:
    """A stream of pieces of text, to be joined by the id of their message."""
    words = tongue.words
    made: list[Json] = []
    for number, event in enumerate(events(session)):
        base: dict[str, Json] = {"msg": f"m{session.when % 1000}{number:02}", words.kind: kind_of(event, tongue)}
        if event.call is None:
            size = max(8, len(event.text) // 3)
            starts = range(0, len(event.text), size)
            made += [{**base, "piece": event.text[at : at + size]} for at in starts]
        else:
            made.append({**base, "whole": content_of(event, tongue)})
    return made


def calls_with_results(session: Session, tongue: Tongue) -> Json:
    """Messages, and calls that hold what they returned, with times of begin and end."""
    words = tongue.words
    made: list[Json] = []
    for event in events(session):
        at = session.when + len(made)
        if event.call is None:
            made.append({"at": at, words.who: kind_of(event, tongue), words.text: event.text})
        elif event.kind == "call":
            made.append(
                {
                    "at": at,
                    words.call: tongue.write_call(event.call, words),
                    "ended": at + 3,
                    words.result: tongue.write_result(event.call, words),
                }
            )
    return made


def with_the_goal(session: Session, tongue: Tongue) -> Json:
    """Steps of thought, call and result, each with the goal of the run in it."""
    words = tongue.words
    made: list[Json] = [
        {
            "step": number,
            "trace": {
                words.task: session.task,
                words.thought: act.thought,
                words.call: tongue.write_call(act.calls[0], words),
                words.result: tongue.write_result(act.calls[0], words),
            },
        }
        for number, act in enumerate(acts(session), 1)
    ]
    final = {words.task: session.task, words.answer: session.exchanges[0].answer}
    return [*made, {"step": len(made) + 1, "trace": final}]


def calls_of_models(session: Session, tongue: Tongue) -> Json:
    """Requests to a model and runs of tools by a tracer, each with input and output."""
    words = tongue.words
    made: list[Json] = []
    seen: Json = session.task
    for act in acts(session):
        call = act.calls[0]
        made.append({"component": "llm", "input": seen, "output": act.thought or ""})
        made.append(
            {
                "component": "tool",
                "input": tongue.write_call(call, words),
                "output": tongue.write_result(call, words),
            }
        )
        seen = None
    return [*made, {"component": "llm", "input": None, "output": session.exchanges[0].answer}]


def snapshots(session: Session, tongue: Tongue) -> Json:
    """The whole state after each turn, with all messages so far in it."""
    words = tongue.words
    every: list[Json] = [
        {words.who: kind_of(event, tongue), words.text: content_of(event, tongue)} for event in events(session)
    ]
    stops = [number + 1 for number, event in enumerate(events(session)) if event.kind in ("result", "assistant")]
    return [
        {"checkpoint": number, "state": {"messages": every[:stop], "cursor": stop}} for number, stop in enumerate(stops)
    ]


def tree_of_messages(session: Session, tongue: Tongue) -> Json:
    """Messages in any order, each with the ids of its children."""
    words = tongue.words
    made: list[Json] = []
    every = events(session)
    for number, event in enumerate(every):
        made.append(
            {
                "id": f"k{session.when + number}",
                "children": [f"k{session.when + number + 1}"] if number + 1 < len(every) else [],
                "message": {words.who: kind_of(event, tongue), words.text: content_of(event, tongue)},
            }
        )
    random.Random(session.when).shuffle(made)
    return made


def lists_in_turns(session: Session, tongue: Tongue) -> Json:
    """Turns of request, lists of thoughts, calls and results, and the reply."""
    words = tongue.words
    made: list[Json] = []
    for exchange in session.exchanges:
        calls = [call for act in exchange.acts for call in act.calls]
        made.append(
            {
                words.user: exchange.request,
                f"{words.thought}_list": [act.thought or "" for act in exchange.acts],
                f"{words.call}_list": [tongue.write_call(call, words) for call in calls],
                f"{words.result}_list": [tongue.write_result(call, words) for call in calls],
                words.agent: exchange.answer,
            }
        )
    return made


BODIES = (
    Body(write=observed_and_acted, able=ONE_BY_ONE),
    Body(write=tagged_unions),
    Body(write=from_and_to),
    Body(write=audit),
    Body(write=added_values),
    Body(write=pieces),
    Body(write=calls_with_results, able=Abilities(parallel=False)),
    Body(write=with_the_goal, able=ONE_BY_ONE),
    Body(write=calls_of_models, able=ONE_BY_ONE),
    Body(write=snapshots),
    Body(write=tree_of_messages),
    Body(write=lists_in_turns, able=Abilities(system=False, parallel=False)),
)
