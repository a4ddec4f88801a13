"""Ways of writing the steps of a run: the development half."""

import json
import random

from _unheard.body import ONE_BY_ONE, Body, acts, record
from _unheard.sessions import Abilities, Json, Session, events
from _unheard.words import Tongue


def tagged_events(session: Session, tongue: Tongue) -> Json:
    """A list of events with their kind."""
    return [record(event, tongue) for event in events(session)]


def thought_action_result(session: Session, tongue: Tongue) -> Json:
    """Messages, and one object for each thought, action and result."""
    words = tongue.words
    made: list[dict[str, Json]] = []
    if session.system is not None:
        made.append({words.who: words.system, words.text: session.system})
    for exchange in session.exchanges:
        made.append({words.who: words.user, words.text: exchange.request})
        for act in exchange.acts:
            call = act.calls[0]
            made.append(
                {
                    words.who: words.agent,
                    words.thought: act.thought,
                    words.call: tongue.write_call(call, words),
                    words.result: tongue.write_result(call, words),
                }
            )
        made.append({words.who: words.agent, words.text: exchange.answer})
    return made


def wrapped_messages(session: Session, tongue: Tongue) -> Json:
    """Objects whose one key says who speaks."""
    words = tongue.words
    made: list[dict[str, Json]] = []
    if session.system is not None:
        made.append({words.system: session.system})
    for exchange in session.exchanges:
        made.append({words.user: exchange.request})
        for act in exchange.acts:
            calls = [{words.ref: call.ref, words.call: tongue.write_call(call, words)} for call in act.calls]
            made.append({words.agent: {words.thought: act.thought, f"{words.call}_list": calls}})
            made += [
                {words.tool: {words.ref: call.ref, words.result: tongue.write_result(call, words)}}
                for call in act.calls
            ]
        made.append({words.agent: {words.text: exchange.answer}})
    return made


def result_in_next(session: Session, tongue: Tongue) -> Json:
    """What the agent saw before what it did: a result stands in the turn after its call."""
    words = tongue.words
    made: list[dict[str, Json]] = []
    seen: Json = None
    for act in acts(session):
        made.append(
            {
                "turn": len(made),
                words.result: seen,
                words.thought: act.thought,
                words.call: tongue.write_call(act.calls[0], words),
            }
        )
        seen = tongue.write_result(act.calls[0], words)
    last = {"turn": len(made), words.result: seen, words.thought: None, words.call: None}
    return [*made, {**last, words.answer: session.exchanges[0].answer}]


def parent_pointers(session: Session, tongue: Tongue) -> Json:
    """Nodes that name their parent, in any order."""
    made = []
    for number, event in enumerate(events(session)):
        identity = f"n{session.when + number * 7:x}"
        parent = f"n{session.when + (number - 1) * 7:x}" if number else None
        made.append({"node": identity, "parent": parent, **record(event, tongue, tag="who")})
    random.Random(session.when).shuffle(made)
    return made


def exchanges(session: Session, tongue: Tongue) -> Json:
    """Turns of a request, the work on it, and the reply."""
    words = tongue.words
    return [
        {
            words.user: exchange.request,
            "work": [
                {
                    words.thought: act.thought,
                    "calls": [
                        {words.call: tongue.write_call(call, words), words.result: tongue.write_result(call, words)}
                        for call in act.calls
                    ],
                }
                for act in exchange.acts
            ],
            words.agent: exchange.answer,
        }
        for exchange in session.exchanges
    ]


def parallel_arrays(session: Session, tongue: Tongue) -> Json:
    """Arrays of thoughts, actions and results side by side."""
    words = tongue.words
    calls = [act.calls[0] for act in acts(session)]
    return {
        f"{words.thought}s": [act.thought for act in acts(session)],
        f"{words.call}s": [tongue.write_call(call, words) for call in calls],
        f"{words.result}s": [tongue.write_result(call, words) for call in calls],
        words.answer: session.exchanges[0].answer,
    }


def task_tree(session: Session, tongue: Tongue) -> Json:
    """A root with the task, whose children are steps with children of their own."""
    words = tongue.words
    children = []
    for act in acts(session):
        leaves = [
            {
                "type": "leaf",
                words.call: tongue.write_call(call, words),
                words.result: tongue.write_result(call, words),
                "children": [],
            }
            for call in act.calls
        ]
        children.append({"type": "step", words.thought: act.thought, "children": leaves})
    answer = {"type": "answer", words.text: session.exchanges[0].answer, "children": []}
    return {"tree": {"type": "root", words.task: session.task, "children": [*children, answer]}}


def numbered_map(session: Session, tongue: Tongue) -> Json:
    """A map of numbers to events."""
    made = {str(number): record(event, tongue) for number, event in enumerate(events(session), 1)}
    keys = sorted(made)
    return {tongue.words.steps: {key: made[key] for key in keys}}


def labelled_transcript(session: Session, tongue: Tongue) -> Json:
    """One text, in which a label in capitals begins each part."""
    words = tongue.words
    names = {"user": words.user, "system": words.system, "assistant": words.agent, "thought": words.thinks}
    names |= {"call": words.acts, "result": words.sees}
    parts = []
    for event in events(session):
        said: Json = event.text
        if event.kind == "call" and event.call is not None:
            said = tongue.write_call(event.call, words)
        elif event.call is not None:
            said = tongue.write_result(event.call, words)
        parts.append(f"{names[event.kind].upper()}: {as_text(said)}")
    return {"transcript": "\n".join(parts)}


def as_text(value: Json) -> str:
    """Return what a transcript holds of a value."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


BODIES = (
    Body(write=tagged_events),
    Body(write=thought_action_result, able=Abilities(parallel=False)),
    Body(write=wrapped_messages),
    Body(write=result_in_next, able=ONE_BY_ONE, has_task=False),
    Body(write=parent_pointers),
    Body(write=exchanges, able=Abilities(system=False)),
    Body(write=parallel_arrays, able=ONE_BY_ONE, is_list=False, has_task=False),
    Body(write=task_tree, able=Abilities(system=False, several=False), is_list=False),
    Body(write=numbered_map, is_list=False),
    Body(write=labelled_transcript, is_list=False, able=Abilities(parallel=False)),
)
