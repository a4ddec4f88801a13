"""Bodies of the wide part: steps that are no list of records."""

from _unheard.bodies_development import as_text
from _unheard.body import ONE_BY_ONE, Body, acts
from _unheard.broad_bodies import content_of, kind_of
from _unheard.sessions import Abilities, Event, Json, Session, events
from _unheard.words import Tongue


def header_and_rows(session: Session, tongue: Tongue) -> Json:
    """Columns that are named once, and rows."""
    words = tongue.words
    rows = [
        [
            number,
            kind_of(event, tongue),
            event.text if event.call is None else None,
            content_of(event, tongue) if event.kind == "call" else None,
            content_of(event, tongue) if event.kind == "result" else None,
        ]
        for number, event in enumerate(events(session))
    ]
    return {"columns": ["no", words.kind, words.text, words.call, words.result], "rows": rows}


def separate_arrays(session: Session, tongue: Tongue) -> Json:
    """Arrays of thoughts, tool names, arguments and results."""
    words = tongue.words
    calls = [act.calls[0] for act in acts(session)]
    return {
        words.task: session.task,
        "why": [act.thought or "" for act in acts(session)],
        "tool": [call.tool for call in calls],
        "input": [call.arguments for call in calls],
        "output": [tongue.write_result(call, words) for call in calls],
        words.answer: session.exchanges[0].answer,
    }


def roles_and_texts(session: Session, tongue: Tongue) -> Json:
    """Two arrays: who, and what."""
    return {
        "roles": [kind_of(event, tongue) for event in events(session)],
        "texts": [content_of(event, tongue) for event in events(session)],
    }


def deep_tree(session: Session, tongue: Tongue) -> Json:
    """A tree: below a request its thoughts, below a thought its calls, below a call its result."""
    words = tongue.words
    roots: list[Json] = []
    for exchange in session.exchanges:
        inner: list[Json] = []
        for act in exchange.acts:
            calls: list[Json] = [
                {
                    "label": words.acts,
                    "what": tongue.write_call(call, words),
                    "kids": [{"label": words.sees, "what": tongue.write_result(call, words), "kids": []}],
                }
                for call in act.calls
            ]
            inner += [{"label": words.thinks, "what": act.thought, "kids": calls}] if act.thought is not None else calls
        inner.append({"label": words.agent, "what": exchange.answer, "kids": []})
        roots.append({"label": words.user, "what": exchange.request, "kids": inner})
    return {"root": {"label": "session", "kids": roots}}


def keys_with_numbers(session: Session, tongue: Tongue) -> Json:
    """Fields with a number: thought_1, action_1, observation_1, thought_2 …."""
    words = tongue.words
    made: dict[str, Json] = {}
    for number, act in enumerate(acts(session), 1):
        if act.thought is not None:
            made[f"{words.thought}_{number}"] = act.thought
        made[f"{words.call}_{number}"] = tongue.write_call(act.calls[0], words)
        made[f"{words.result}_{number}"] = tongue.write_result(act.calls[0], words)
    return {**made, words.answer: session.exchanges[0].answer}


def dict_of_numbers(session: Session, tongue: Tongue) -> Json:
    """Steps under numbers with zeros before them, each one kind and its content."""
    made = {f"{number:03}": {kind_of(e, tongue): content_of(e, tongue)} for number, e in enumerate(events(session))}
    return {"by_number": made}


def three_tables(session: Session, tongue: Tongue) -> Json:
    """Messages, calls and results in lists of their own, with the place of each in the run."""
    words = tongue.words
    said: list[Json] = []
    calls: list[Json] = []
    results: list[Json] = []
    for number, event in enumerate(events(session)):
        if event.call is None:
            said.append({"seq": number, words.who: kind_of(event, tongue), words.text: event.text})
        elif event.kind == "call":
            calls.append({"seq": number, words.ref: event.call.ref, words.call: content_of(event, tongue)})
        else:
            results.append({"seq": number, words.ref: event.call.ref, words.result: content_of(event, tongue)})
    return {"said": said, "calls": calls, "results": results}


def calls_by_turn(session: Session, tongue: Tongue) -> Json:
    """Pairs of request and answer; what was called lies beside them, with the number of its pair."""
    words = tongue.words
    dialogue = [{words.user: one.request, words.agent: one.answer} for one in session.exchanges]
    used = [
        {
            "turn": number,
            words.thought: act.thought,
            words.call: tongue.write_call(call, words),
            words.result: tongue.write_result(call, words),
        }
        for number, exchange in enumerate(session.exchanges)
        for act in exchange.acts
        for call in act.calls
    ]
    return {"dialogue": dialogue, "used": used}


def nested_turns(session: Session, tongue: Tongue) -> Json:
    """Turns in turns: rounds hold attempts, attempts hold a call and what it gave."""
    words = tongue.words
    return {
        "session": {
            "rounds": [
                {
                    "prompt": {words.who: words.user, words.text: exchange.request},
                    "attempts": [
                        {
                            "comment": {words.who: words.agent, words.text: act.thought} if act.thought else None,
                            "steps": [
                                {
                                    "in": {words.call: tongue.write_call(call, words)},
                                    "out": {words.result: tongue.write_result(call, words)},
                                }
                                for call in act.calls
                            ],
                        }
                        for act in exchange.acts
                    ],
                    "final": {words.who: words.agent, words.text: exchange.answer},
                }
                for exchange in session.exchanges
            ]
        }
    }


def list_of_strings(session: Session, tongue: Tongue) -> Json:
    """Strings that begin with a mark for who speaks."""
    return {"lines": [f"{kind_of(e, tongue)}> {as_text(content_of(e, tongue))}" for e in events(session)]}


def numbered_script(session: Session, tongue: Tongue) -> Json:
    """A text with a number and a label before each part."""
    parts = [
        f"{number}. {kind_of(event, tongue).upper()}\n{as_text(content_of(event, tongue))}\n"
        for number, event in enumerate(events(session), 1)
    ]
    return {"script": "\n".join(parts)}


def yaml_like(session: Session, tongue: Tongue) -> Json:
    """A text of YAML-like items with block texts."""

    def item(event: Event) -> str:
        text = as_text(content_of(event, tongue)).replace("\n", "\n    ")
        return f"- {kind_of(event, tongue)}: |\n    {text}"

    return {"notes": "\n".join(map(item, events(session)))}


_SINGLE = Abilities(parallel=False)
BODIES = (
    Body(write=header_and_rows, is_list=False),
    Body(write=separate_arrays, is_list=False, able=ONE_BY_ONE),
    Body(write=roles_and_texts, is_list=False),
    Body(write=deep_tree, is_list=False, able=Abilities(system=False)),
    Body(write=keys_with_numbers, is_list=False, able=ONE_BY_ONE, has_task=False),
    Body(write=dict_of_numbers, is_list=False),
    Body(write=three_tables, is_list=False),
    Body(write=calls_by_turn, is_list=False, able=Abilities(system=False, parallel=False)),
    Body(write=nested_turns, is_list=False, able=Abilities(system=False)),
    Body(write=list_of_strings, is_list=False, able=_SINGLE),
    Body(write=numbered_script, is_list=False, able=_SINGLE),
    Body(write=yaml_like, is_list=False, able=_SINGLE),
)
