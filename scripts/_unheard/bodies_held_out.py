"""Ways of writing the steps of a run: the held-out half."""

import json
import random
from xml.sax.saxutils import escape

from _unheard.body import ONE_BY_ONE, Body, acts, record
from _unheard.sessions import Abilities, Event, Json, Session, events
from _unheard.words import Tongue


def _said(event: Event, tongue: Tongue) -> Json:
    if event.call is None:
        return event.text
    write = tongue.write_call if event.kind == "call" else tongue.write_result
    return write(event.call, tongue.words)


def _as_text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def pairs(session: Session, tongue: Tongue) -> Json:
    """Pairs of a kind and what happened."""
    words = tongue.words
    names = {"user": words.user, "assistant": words.agent}
    return [[names.get(event.kind, tongue.event_kind(event.kind)), _said(event, tongue)] for event in events(session)]


def begun_and_ended(session: Session, tongue: Tongue) -> Json:
    """An event where a call begins, an event where it ends."""
    words = tongue.words
    made: list[dict[str, Json]] = []
    for number, event in enumerate(events(session)):
        at = {"seq": number, "elapsed_ms": 130 * number + session.when % 97}
        if event.call is None:
            made.append(
                {**at, "topic": f"{tongue.speaker(event.kind)}.{tongue.event_kind(event.kind)}", "data": event.text}
            )
        else:
            phase = "started" if event.kind == "call" else "finished"
            data = {words.ref: event.call.ref, words.call if phase == "started" else words.result: _said(event, tongue)}
            made.append({**at, "topic": f"{words.acts}.{phase}", "data": data})
    return made


def next_pointers(session: Session, tongue: Tongue) -> Json:
    """Nodes that name the node after them, in any order."""
    happened = events(session)
    keys = [f"{session.when + number * 11:x}" for number in range(len(happened))]
    made = [
        {"key": keys[number], "then": keys[number + 1] if number + 1 < len(keys) else None, **record(event, tongue)}
        for number, event in enumerate(happened)
    ]
    random.Random(session.when).shuffle(made)
    return made


def input_and_output(session: Session, tongue: Tongue) -> Json:
    """What came in and what went out in each turn of the agent: results come in with the turn after their calls."""
    words = tongue.words
    made: list[dict[str, Json]] = []
    for exchange in session.exchanges:
        came: Json = {words.user: exchange.request}
        for act in exchange.acts:
            calls = [{words.ref: call.ref, words.call: tongue.write_call(call, words)} for call in act.calls]
            made.append({"in": came, "out": {words.thought: act.thought, "requests": calls}})
            came = {
                words.tool: [
                    {words.ref: call.ref, words.result: tongue.write_result(call, words)} for call in act.calls
                ]
            }
        made.append({"in": came, "out": {words.text: exchange.answer}})
    return made


def dotted(session: Session, tongue: Tongue) -> Json:
    """Flat records whose keys are paths."""
    words = tongue.words
    made = []
    for event in events(session):
        one: dict[str, Json] = {f"meta.{words.who}": tongue.speaker(event.kind)}
        if event.call is None:
            key = words.thought if event.kind == "thought" else words.text
            one[f"body.{key}"] = event.text
        else:
            one[f"meta.{words.ref}"] = event.call.ref
            one |= _flattened(f"body.{words.call if event.kind == 'call' else words.result}", _said(event, tongue))
        made.append(one)
    return made


def _flattened(path: str, value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        return {path: value}
    made: dict[str, Json] = {}
    for key, item in value.items():
        made |= _flattened(f"{path}.{key}", item)
    return made


def phases(session: Session, tongue: Tongue) -> Json:
    """Rounds of phases."""
    words = tongue.words
    made = []
    for exchange in session.exchanges:
        made.append({"round": len(made) + 1, "phases": [{"phase": "listen", words.text: exchange.request}]})
        for act in exchange.acts:
            inner: list[dict[str, Json]] = []
            if act.thought is not None:
                inner.append({"phase": "reflect", words.thought: act.thought})
            inner += [{"phase": "do", words.call: tongue.write_call(call, words)} for call in act.calls]
            inner += [{"phase": "observe", words.result: tongue.write_result(call, words)} for call in act.calls]
            made.append({"round": len(made) + 1, "phases": inner})
        made.append({"round": len(made) + 1, "phases": [{"phase": "answer", words.text: exchange.answer}]})
    return made


def columns(session: Session, tongue: Tongue) -> Json:
    """A column for each field of an event."""
    rows = [record(event, tongue, tag="who") for event in events(session)]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return {tongue.words.steps: {key: [row.get(key) for row in rows] for key in keys}}


def table(session: Session, tongue: Tongue) -> Json:
    """Names of columns, and rows."""
    rows = [record(event, tongue) for event in events(session)]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return {tongue.words.steps: {"header": keys, "rows": [[row.get(key) for key in keys] for row in rows]}}


def step_map(session: Session, tongue: Tongue) -> Json:
    """Fields ``step_1``, ``step_2`` ... beside those of the run, a thought, a call and a result in each."""
    words = tongue.words
    made: dict[str, Json] = {}
    for number, act in enumerate(acts(session), 1):
        made[f"step_{number}"] = {
            words.thought: act.thought,
            words.call: tongue.write_call(act.calls[0], words),
            words.result: tongue.write_result(act.calls[0], words),
        }
    return {**made, words.answer: session.exchanges[0].answer}


def markup(session: Session, tongue: Tongue) -> Json:
    """One text of elements."""
    parts = []
    for event in events(session):
        ref = "" if event.call is None else f' ref="{event.call.ref}"'
        name = {"user": tongue.words.user, "assistant": tongue.words.agent}.get(event.kind)
        tag = (name or tongue.event_kind(event.kind)).replace(" ", "-")
        parts.append(f"<{tag}{ref}>{escape(_as_text(_said(event, tongue)))}</{tag}>")
    return {"log": "\n".join(parts)}


def markdown(session: Session, tongue: Tongue) -> Json:
    """One text of headings; what tools were given and gave stands in fences."""
    parts = []
    for event in events(session):
        name = {"user": tongue.words.user, "assistant": tongue.words.agent}.get(event.kind)
        said = _as_text(_said(event, tongue))
        body = said if event.call is None else f"```\n{said}\n```"
        parts.append(f"## {(name or tongue.event_kind(event.kind)).capitalize()}\n\n{body}\n")
    return {"notes_md": "\n".join(parts)}


def side_log(session: Session, tongue: Tongue) -> Json:
    """What was said in a list, and what tools did in another, which names the line it follows."""
    words = tongue.words
    said: list[dict[str, Json]] = []
    done: list[dict[str, Json]] = []
    for event in events(session):
        if event.call is None:
            said.append({"no": len(said) + 1, **record(event, tongue, tag="who")})
        elif event.kind == "call":
            both = {words.call: tongue.write_call(event.call, words)}
            both[words.result] = tongue.write_result(event.call, words)
            done.append({"after_no": len(said), words.ref: event.call.ref, **both})
    return {"dialogue": said, "tool_log": done}


def subgoals(session: Session, tongue: Tongue) -> Json:
    """A goal with parts, each with the calls that serve it and the part that follows from it."""
    words = tongue.words
    inner: list[Json] = []
    for act in reversed(acts(session)):
        work = [
            {words.call: tongue.write_call(call, words), words.result: tongue.write_result(call, words)}
            for call in act.calls
        ]
        inner = [{words.thought: act.thought, "work": work, "parts": inner}]
    return {"root": {words.task: session.task, "parts": inner, words.answer: session.exchanges[0].answer}}


def chain(session: Session, tongue: Tongue) -> Json:
    """Each event inside the event before it."""
    inner: Json = None
    for event in reversed(events(session)):
        inner = {**record(event, tongue, tag="who"), "next": inner}
    return {"first": inner}


BODIES = (
    Body(write=pairs),
    Body(write=begun_and_ended),
    Body(write=next_pointers),
    Body(write=input_and_output, able=Abilities(system=False)),
    Body(write=dotted),
    Body(write=phases, able=Abilities(system=False)),
    Body(write=columns, is_list=False),
    Body(write=table, is_list=False),
    Body(write=step_map, able=ONE_BY_ONE, is_list=False, has_task=False),
    Body(write=markup, is_list=False),
    Body(write=markdown, is_list=False, able=Abilities(parallel=False)),
    Body(write=side_log, is_list=False),
    Body(write=subgoals, able=Abilities(system=False, several=False), is_list=False),
    Body(write=chain, is_list=False),
)
