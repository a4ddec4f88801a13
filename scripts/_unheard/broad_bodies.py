"""Ways of writing the steps of a run, as broad as could be thought of: they belong to the development half."""

import random
from datetime import UTC, datetime

from _unheard.body import ONE_BY_ONE, Body, acts, record
from _unheard.broad_transcripts import BODIES as TRANSCRIPTS
from _unheard.sessions import Abilities, Event, Json, Session, events
from _unheard.words import Tongue

_NUMBERS = {"system": 0, "user": 1, "thought": 2, "call": 3, "result": 4, "assistant": 5}


def content_of(event: Event, tongue: Tongue) -> Json:
    """Return what an event holds, as the tongue writes it."""
    if event.call is None:
        return event.text
    write = tongue.write_call if event.kind == "call" else tongue.write_result
    return write(event.call, tongue.words)


def kind_of(event: Event, tongue: Tongue) -> str:
    """Return a word for the kind of an event that tells users from agents."""
    words = tongue.words
    return {"user": words.user, "assistant": words.agent}.get(event.kind, tongue.event_kind(event.kind))


def rows(session: Session, tongue: Tongue) -> Json:
    """Lists of a kind and a content."""
    return [[kind_of(event, tongue), content_of(event, tongue)] for event in events(session)]


def numbers_as_roles(session: Session, tongue: Tongue) -> Json:
    """Events whose kind is a number."""
    return [{"t": _NUMBERS[event.kind], "c": content_of(event, tongue)} for event in events(session)]


def roles_as_keys(session: Session, tongue: Tongue) -> Json:
    """Objects whose one key is the kind."""
    return [{kind_of(event, tongue): content_of(event, tongue)} for event in events(session)]


def columns(session: Session, tongue: Tongue) -> Json:
    """One object with a list for each field."""
    every = events(session)
    return {
        "table": {
            tongue.words.kind: [kind_of(event, tongue) for event in every],
            tongue.words.text: [event.text if event.call is None else None for event in every],
            tongue.words.call: [content_of(one, tongue) if one.kind == "call" else None for one in every],
            tongue.words.result: [content_of(one, tongue) if one.kind == "result" else None for one in every],
        }
    }


def _without_results(session: Session, tongue: Tongue) -> list[Json]:
    return [record(event, tongue, tag="who") for event in events(session) if event.kind != "result"]


def results_under_ids(session: Session, tongue: Tongue) -> Json:
    """Results in an object under the ids of their calls."""
    results = {one.call.ref: content_of(one, tongue) for one in events(session) if one.kind == "result" and one.call}
    return {tongue.words.steps: _without_results(session, tongue), "came_back": results}


def results_in_a_list(session: Session, tongue: Tongue) -> Json:
    """Results in a list of their own, each with the id of its call."""
    results = [
        {"for": one.call.ref, "what": content_of(one, tongue)}
        for one in events(session)
        if one.kind == "result" and one.call
    ]
    return {tongue.words.steps: _without_results(session, tongue), "came_back": results}


def keys_and_values(session: Session, tongue: Tongue) -> Json:
    """A stream of names and values."""
    return [{"name": kind_of(event, tongue), "value": content_of(event, tongue)} for event in events(session)]


def nested_replies(session: Session, tongue: Tongue) -> Json:
    """Each event inside of the one before it."""
    made: Json = None
    for event in reversed(events(session)):
        made = {**record(event, tongue, tag="who"), **({"then": made} if made else {})}
    return {"first": made}


def lists_of_turns(session: Session, tongue: Tongue) -> Json:
    """A list for each exchange."""
    turns: list[list[Json]] = []
    for event in events(session):
        if not turns or (event.kind == "user" and len(turns[-1]) > 1):
            turns.append([])
        turns[-1].append(record(event, tongue))
    return {"turns": turns}


def messages_of_blocks(session: Session, tongue: Tongue) -> Json:
    """Messages with a list of blocks."""
    made: list[dict[str, Json]] = []
    for event in events(session):
        who = tongue.speaker(event.kind)
        block = {k: v for k, v in record(event, tongue).items() if k != tongue.words.who}
        if made and made[-1][tongue.words.who] == who:
            made[-1]["blocks"].append(block)
        else:
            made.append({tongue.words.who: who, "blocks": [block]})
    return made


def begun_and_ended(session: Session, tongue: Tongue) -> Json:
    """Events of which a call has two: when it begins and when it ends."""
    made: list[Json] = []
    for event in events(session):
        base: dict[str, Json] = {"event": kind_of(event, tongue)}
        if event.call is None:
            made.append({**base, "data": {tongue.words.text: event.text}})
        else:
            key = tongue.words.call if event.kind == "call" else tongue.words.result
            made.append({**base, "data": {tongue.words.ref: event.call.ref, key: content_of(event, tongue)}})
    return made


def linked_forward(session: Session, tongue: Tongue) -> Json:
    """Events that name the next one, in any order."""
    every = events(session)
    made = []
    for number, event in enumerate(every):
        ahead = f"e{session.when + number + 1}" if number + 1 < len(every) else None
        made.append({"me": f"e{session.when + number}", "next": ahead, **record(event, tongue)})
    random.Random(session.when).shuffle(made)
    return made


def by_time(session: Session, tongue: Tongue) -> Json:
    """Events in any order, with their times."""
    made = []
    for number, event in enumerate(events(session)):
        at = datetime.fromtimestamp(session.when + number * 7, UTC).isoformat()
        made.append({"when": at, **record(event, tongue)})
    random.Random(session.when).shuffle(made)
    return made


def named_steps(session: Session, tongue: Tongue) -> Json:
    """Steps under keys with a number, each with thought, call and result."""
    words = tongue.words
    made = {
        f"step_{number}": {
            words.thought: act.thought,
            words.call: tongue.write_call(act.calls[0], words),
            words.result: tongue.write_result(act.calls[0], words),
        }
        for number, act in enumerate(acts(session), 1)
    }
    return {words.steps: made, words.answer: session.exchanges[0].answer}


def in_and_out(session: Session, tongue: Tongue) -> Json:
    """What went into the model and what came out, turn by turn."""
    words = tongue.words
    made: list[Json] = []
    seen: dict[str, Json] = {words.user: session.task}
    for act in acts(session):
        out = {words.thought: act.thought, words.call: tongue.write_call(act.calls[0], words)}
        made.append({"in": seen, "out": out})
        seen = {words.result: tongue.write_result(act.calls[0], words)}
    return [*made, {"in": seen, "out": {words.text: session.exchanges[0].answer}}]


def with_history(session: Session, tongue: Tongue) -> Json:
    """Requests to a model, each with all that was said before it."""
    every = [record(event, tongue) for event in events(session)]
    made: list[Json] = []
    for number, event in enumerate(events(session)):
        if event.kind in ("call", "assistant"):
            made.append({"context": every[:number], "output": every[number]})
    return made


def three_phases(session: Session, tongue: Tongue) -> Json:
    """A plan, an action and an outcome for each step, inside of a turn."""
    words = tongue.words
    return {
        "conversation": [
            {
                "asked": exchange.request,
                "rounds": [
                    {
                        "plan": {"note": act.thought},
                        "do": {"what": tongue.write_call(act.calls[0], words)},
                        "see": {"back": tongue.write_result(act.calls[0], words)},
                    }
                    for act in exchange.acts
                ],
                "said": exchange.answer,
            }
            for exchange in session.exchanges
        ]
    }


def calls_apart(session: Session, tongue: Tongue) -> Json:
    """Messages that only name the calls, which lie with their results in a list of their own."""
    words = tongue.words
    made: list[Json] = []
    held: list[Json] = []
    for event in events(session):
        if event.call is None:
            made.append(
                {words.who: tongue.speaker(event.kind), words.kind: kind_of(event, tongue), words.text: event.text}
            )
        elif event.kind == "call":
            made.append(
                {words.who: tongue.speaker(event.kind), words.kind: kind_of(event, tongue), words.ref: event.call.ref}
            )
            written, result = tongue.write_call(event.call, words), tongue.write_result(event.call, words)
            held.append({words.ref: event.call.ref, words.call: written, words.result: result})
    return {"messages_of_run": made, "work_of_run": held}


BODIES = (
    Body(write=rows),
    Body(write=numbers_as_roles),
    Body(write=roles_as_keys),
    Body(write=columns, is_list=False),
    Body(write=results_under_ids, is_list=False),
    Body(write=results_in_a_list, is_list=False),
    Body(write=keys_and_values),
    Body(write=nested_replies, is_list=False),
    Body(write=lists_of_turns, is_list=False),
    Body(write=messages_of_blocks),
    Body(write=begun_and_ended),
    Body(write=linked_forward),
    Body(write=by_time),
    Body(write=named_steps, is_list=False, able=ONE_BY_ONE, has_task=False),
    Body(write=in_and_out, able=ONE_BY_ONE),
    Body(write=with_history, able=Abilities(parallel=False)),
    Body(write=three_phases, is_list=False, able=Abilities(system=False, parallel=False)),
    Body(write=calls_apart, is_list=False, able=Abilities(parallel=False)),
    *TRANSCRIPTS,
)
