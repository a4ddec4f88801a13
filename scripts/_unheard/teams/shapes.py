"""Bodies of the part `teams`: graphs, trees, notebooks and texts."""

import json
from itertools import pairwise

from _unheard.bodies_development import as_text
from _unheard.body import ONE_BY_ONE, Body, acts
from _unheard.broad_bodies import content_of, kind_of
from _unheard.sessions import Abilities, Json, Session, events
from _unheard.words import Tongue


def pairs_of_steps(session: Session, tongue: Tongue) -> Json:
    """Input and output, and between them pairs of an action and what was observed."""
    words = tongue.words
    return {
        "input": session.task,
        "intermediate": [
            [
                {"log": act.thought or "", "action": tongue.write_call(act.calls[0], words)},
                tongue.write_result(act.calls[0], words),
            ]
            for act in acts(session)
        ],
        "output": session.exchanges[0].answer,
    }


def nodes_and_edges(session: Session, tongue: Tongue) -> Json:
    """A graph of events."""
    nodes = [
        {"id": f"v{session.when + number}", "label": kind_of(event, tongue), "data": content_of(event, tongue)}
        for number, event in enumerate(events(session))
    ]
    edges = [{"from": one["id"], "to": other["id"]} for one, other in pairwise(nodes)]
    return {"graph": {"nodes": sorted(nodes, key=lambda node: str(node["id"])[::-1]), "edges": edges}}


def plan_and_runs(session: Session, tongue: Tongue) -> Json:
    """An objective, a plan of goals with what was executed for each, and a report."""
    words = tongue.words
    return {
        "objective": session.task,
        "plan": [
            {
                "goal_no": number,
                "goal": act.thought,
                "executions": [
                    {words.call: tongue.write_call(call, words), words.result: tongue.write_result(call, words)}
                    for call in act.calls
                ],
            }
            for number, act in enumerate(acts(session), 1)
        ],
        "report": session.exchanges[0].answer,
    }


def mapping(session: Session, tongue: Tongue) -> Json:
    """Messages under their ids, each with its parent and its children."""
    words = tongue.words
    every = events(session)
    ids = [f"{(session.when * 31 + number * 7919) % 16**8:08x}" for number in range(len(every))]
    made: dict[str, Json] = {}
    for number, event in enumerate(every):
        made[ids[number]] = {
            "id": ids[number],
            "parent": ids[number - 1] if number else None,
            "children": ids[number + 1 : number + 2],
            "message": {"author": {words.who: kind_of(event, tongue)}, "parts": [content_of(event, tongue)]},
        }
    return {"mapping": {key: made[key] for key in sorted(made)}, "current": ids[-1]}


def tree_of_spans(session: Session, tongue: Tongue) -> Json:
    """A span of the run with spans of the model and of tools in it, all with inputs and outputs."""
    words = tongue.words
    children: list[Json] = []
    for act in acts(session):
        if act.thought is not None:
            children.append({"span": "generate", "inputs": None, "outputs": act.thought, "spans": []})
        children += [
            {
                "span": "execute",
                "inputs": tongue.write_call(call, words),
                "outputs": tongue.write_result(call, words),
                "spans": [],
            }
            for call in act.calls
        ]
    answer = session.exchanges[0].answer
    return {"root_span": {"span": "session", "inputs": session.task, "outputs": answer, "spans": children}}


def notebook(session: Session, tongue: Tongue) -> Json:
    """Cells of text and of code with its outputs."""
    words = tongue.words
    cells: list[Json] = []
    for event in events(session):
        if event.call is None:
            cells.append({"cell": "text", "by": kind_of(event, tongue), "source": event.text})
        elif event.kind == "call":
            cells.append({"cell": "code", "source": tongue.write_call(event.call, words), "outputs": []})
        else:
            cells[-1]["outputs"].append(tongue.write_result(event.call, words))
    return {"cells": cells, "nbformat": 4}


def markdown(session: Session, tongue: Tongue) -> Json:
    """A text with headings, calls and results in fences."""
    parts = []
    for event in events(session):
        said = as_text(content_of(event, tongue))
        body = said if event.call is None or "```" in said else f"```\n{said}\n```"
        parts.append(f"## {kind_of(event, tongue)}\n\n{body}\n")
    return {"export_md": "\n".join(parts)}


def markup(session: Session, tongue: Tongue) -> Json:
    """A text of elements, the kind of each in its name and the id of a call in an attribute."""
    parts = []
    for event in events(session):
        name = kind_of(event, tongue)
        attribute = "" if event.call is None else f' id="{event.call.ref}"'
        parts.append(f"<{name}{attribute}>\n{as_text(content_of(event, tongue))}\n</{name}>")
    return {"markup": "\n".join(parts)}


def terminal(session: Session, tongue: Tongue) -> Json:
    """A text of a terminal: requests behind a prompt sign, calls behind another, results as they were printed."""
    words = tongue.words
    lines: list[str] = []
    for exchange in session.exchanges:
        lines.append(f"{words.user}> {exchange.request}")
        for act in exchange.acts:
            if act.thought is not None:
                lines.append(f"# {act.thought}")
            for call in act.calls:
                lines += [f"$ {as_text(tongue.write_call(call, words))}", call.result]
        lines.append(f"{words.agent}> {exchange.answer}")
    return {"terminal": "\n".join(lines)}


def attributes(session: Session, tongue: Tongue) -> Json:
    """A table of event, attribute and value."""
    words = tongue.words
    rows: list[Json] = []
    for number, event in enumerate(events(session), 1):
        rows.append({"entity": number, "attribute": words.kind, "value": kind_of(event, tongue)})
        name = words.text if event.call is None else words.call if event.kind == "call" else words.result
        rows.append({"entity": number, "attribute": name, "value": content_of(event, tongue)})
    return {"facts": rows}


def growing_prompts(session: Session, tongue: Tongue) -> Json:
    """Requests to a model, each with all that was said before as one text, and what it completed."""
    made: list[Json] = []
    told = ""
    for event in events(session):
        part = f"[{kind_of(event, tongue)}]\n{as_text(content_of(event, tongue))}\n"
        if event.kind in ("call", "assistant"):
            made.append({"prompt": told, "completion": part})
        told += part
    return {"requests": made}


def chat_and_log(session: Session, tongue: Tongue) -> Json:
    """What user and agent said to each other, and a log of the work with the times of both."""
    words = tongue.words
    chat: list[Json] = []
    log: list[Json] = []
    for number, event in enumerate(events(session)):
        at = f"2025-10-03T10:{number // 60:02}:{number % 60:02}Z"
        if event.kind in ("user", "assistant", "system"):
            chat.append({"at": at, words.who: kind_of(event, tongue), words.text: event.text})
        else:
            log.append({"at": at, words.kind: tongue.event_kind(event.kind), "entry": content_of(event, tongue)})
    return {"chat": chat, "work_log": log}


def json_lines_in_text(session: Session, tongue: Tongue) -> Json:
    """A text whose lines are a word and JSON."""
    lines = [
        f"{kind_of(event, tongue)} {json.dumps({'v': content_of(event, tongue)}, ensure_ascii=False)}"
        for event in events(session)
    ]
    return {"raw": "\n".join(lines)}


_SINGLE = Abilities(parallel=False)
BODIES = (
    Body(write=pairs_of_steps, is_list=False, able=ONE_BY_ONE),
    Body(write=nodes_and_edges, is_list=False),
    Body(write=plan_and_runs, is_list=False, able=Abilities(system=False, several=False)),
    Body(write=mapping, is_list=False),
    Body(write=tree_of_spans, is_list=False, able=Abilities(system=False, several=False)),
    Body(write=notebook, is_list=False, able=_SINGLE),
    Body(write=markdown, is_list=False, able=_SINGLE),
    Body(write=markup, is_list=False, able=_SINGLE),
    Body(write=terminal, is_list=False, able=Abilities(system=False, parallel=False)),
    Body(write=attributes, is_list=False),
    Body(write=growing_prompts, is_list=False, able=_SINGLE),
    Body(write=chat_and_log, is_list=False),
    Body(write=json_lines_in_text, is_list=False, able=_SINGLE),
)
