"""Bodies of the wide part: records, one for each event or step."""

import json

from _unheard.body import ONE_BY_ONE, Body, acts
from _unheard.broad_bodies import content_of, kind_of
from _unheard.sessions import Abilities, Json, Session, events
from _unheard.words import Tongue

_LEGEND = ("system", "user", "thought", "call", "result", "assistant")


def payloads_as_text(session: Session, tongue: Tongue) -> Json:
    """Envelopes whose payload is JSON in a string."""
    return [
        {
            "topic": kind_of(event, tongue),
            "ts": session.when * 1000 + number,
            "body": json.dumps(
                {tongue.words.text: event.text}
                if event.call is None
                else {"id": event.call.ref, "v": content_of(event, tongue)}
            ),
        }
        for number, event in enumerate(events(session))
    ]


def spans(session: Session, tongue: Tongue) -> Json:
    """Events of a start and an end for each call; the end holds the result alone."""
    words = tongue.words
    made: list[Json] = []
    for event in events(session):
        if event.call is None:
            made.append({"phase": "point", words.who: tongue.speaker(event.kind), words.text: event.text})
        elif event.kind == "call":
            made.append({"phase": "start", "span": event.call.ref, words.call: content_of(event, tongue)})
        else:
            made.append({"phase": "end", "span": event.call.ref, words.result: content_of(event, tongue)})
    return made


def flat_records(session: Session, tongue: Tongue) -> Json:
    """Records with every field, most of them null."""
    words = tongue.words
    made = []
    for number, event in enumerate(events(session), 1):
        empty: dict[str, Json] = {
            "no": number,
            words.kind: kind_of(event, tongue),
            words.text: None,
            words.name: None,
            words.args: None,
            words.result: None,
        }
        if event.call is None:
            empty[words.text] = event.text
        elif event.kind == "call":
            empty |= {words.name: event.call.tool, words.args: event.call.arguments}
        else:
            empty |= {words.name: event.call.tool, words.result: content_of(event, tongue)}
        made.append(empty)
    return made


def flat_arguments(session: Session, tongue: Tongue) -> Json:
    """Records in which arguments stand beside the name of the tool."""
    words = tongue.words
    made: list[Json] = []
    for event in events(session):
        base: dict[str, Json] = {words.kind: kind_of(event, tongue)}
        if event.call is None:
            made.append({**base, words.text: event.text})
        elif event.kind == "call":
            made.append({**base, words.name: event.call.tool, **event.call.arguments})
        else:
            made.append({**base, words.result: content_of(event, tongue)})
    return made


def content_parts(session: Session, tongue: Tongue) -> Json:
    """Messages whose content is a list of parts of several kinds, results in messages of the tool."""
    words = tongue.words
    made: list[dict[str, Json]] = []
    for event in events(session):
        who = tongue.speaker(event.kind)
        part: dict[str, Json] = {"t": "words" if event.call is None else kind_of(event, tongue)}
        if event.call is None:
            part["v"] = event.text
        else:
            part |= {words.ref: event.call.ref, "v": content_of(event, tongue)}
        if made and made[-1][words.who] == who:
            made[-1]["content"].append(part)
        else:
            made.append({words.who: who, "at": session.when + len(made), "content": [part]})
    return made


def decisions(session: Session, tongue: Tongue) -> Json:
    """What was observed and what was decided: a result stands in the state of the next step."""
    words = tongue.words
    made: list[Json] = []
    seen: Json = None
    for number, act in enumerate(acts(session)):
        made.append(
            {
                "step": number,
                "state": {"last_observation": seen},
                "decision": {"why": act.thought, words.call: tongue.write_call(act.calls[0], words)},
            }
        )
        seen = tongue.write_result(act.calls[0], words)
    final = {"why": session.exchanges[0].answer, words.call: None}
    return [*made, {"step": len(made), "state": {"last_observation": seen}, "decision": final}]


def reply_after_calls(session: Session, tongue: Tongue) -> Json:
    """Turns of the agent with words, a call and its result in one object; requests as objects of their own."""
    words = tongue.words
    made: list[Json] = []
    for exchange in session.exchanges:
        made.append({words.user: {words.text: exchange.request}})
        made += [
            {
                words.agent: {
                    words.thought: act.thought,
                    "did": {
                        "request": tongue.write_call(act.calls[0], words),
                        "response": tongue.write_result(act.calls[0], words),
                    },
                }
            }
            for act in exchange.acts
        ]
        made.append({words.agent: {words.text: exchange.answer}})
    return made


def mixed_trace(session: Session, tongue: Tongue) -> Json:
    """Exchanges with a trace that holds texts, calls and results side by side."""
    words = tongue.words
    return [
        {
            "q": exchange.request,
            "trace": [
                item
                for act in exchange.acts
                for item in (
                    *([{"note": act.thought}] if act.thought else []),
                    *({"run": tongue.write_call(call, words)} for call in act.calls),
                    *({"got": tongue.write_result(call, words)} for call in act.calls),
                )
            ],
            "a": exchange.answer,
        }
        for exchange in session.exchanges
    ]


def parents_by_number(session: Session, tongue: Tongue) -> Json:
    """Events in order, each with the number of the event before it."""
    words = tongue.words
    return [
        {
            "id": number,
            "parent_id": number - 1 if number else None,
            words.who: tongue.speaker(event.kind),
            words.kind: kind_of(event, tongue),
            "content": content_of(event, tongue),
        }
        for number, event in enumerate(events(session))
    ]


def legend_of_numbers(session: Session, tongue: Tongue) -> Json:
    """Rows of a number and a content, with a legend beside them."""
    legend = {
        str(number): {"user": tongue.words.user, "assistant": tongue.words.agent}.get(kind, tongue.event_kind(kind))
        for number, kind in enumerate(_LEGEND)
    }
    rows = [[_LEGEND.index(event.kind), content_of(event, tongue)] for event in events(session)]
    return {"legend": legend, "log": rows}


def two_speakers(session: Session, tongue: Tongue) -> Json:
    """Messages of a person and a bot; calls and results are messages of the bot and the machine, in order."""
    words = tongue.words
    return [
        {
            "by": tongue.speaker(event.kind),
            ("said" if event.call is None else "ran" if event.kind == "call" else "printed"): content_of(event, tongue),
            words.when: f"2025-11-03T09:{number // 60:02}:{number % 60:02}.250Z",
        }
        for number, event in enumerate(events(session))
    ]


BODIES = (
    Body(write=payloads_as_text),
    Body(write=spans),
    Body(write=flat_records),
    Body(write=flat_arguments),
    Body(write=content_parts),
    Body(write=decisions, able=ONE_BY_ONE, has_task=False),
    Body(write=reply_after_calls, able=Abilities(system=False, parallel=False)),
    Body(write=mixed_trace, able=Abilities(system=False)),
    Body(write=parents_by_number),
    Body(write=legend_of_numbers, is_list=False),
    Body(write=two_speakers),
)
