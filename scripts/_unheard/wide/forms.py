"""Calls, results and outcomes of the wide part."""

import json
from urllib.parse import urlencode

from _unheard.sessions import Call, Json, Session
from _unheard.words import Words


def _plain(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def invoke_tag(call: Call, words: Words) -> Json:
    """A tag with the name as an attribute and elements for the arguments."""
    inner = "".join(f'\n<parameter name="{key}">{_plain(value)}</parameter>' for key, value in call.arguments.items())
    return f'<invoke name="{call.tool}">{inner}\n</invoke>'


def action_input(call: Call, words: Words) -> Json:
    """Two lines: the action, and its input as JSON."""
    return f"Action: {call.tool}\nAction Input: {json.dumps(call.arguments)}"


def with_words(call: Call, words: Words) -> Json:
    """A sentence: call … with …."""
    return f"call {call.tool} with {', '.join(f'{key} = {json.dumps(value)}' for key, value in call.arguments.items())}"


def as_query(call: Call, words: Words) -> Json:
    """An address with a query."""
    return f"tool://{call.tool}?{urlencode({key: _plain(value) for key, value in call.arguments.items()})}"


def with_pipes(call: Call, words: Words) -> Json:
    """Fields with bars between them."""
    return " | ".join([call.tool, *(f"{key}={_plain(value)}" for key, value in call.arguments.items())])


def two_levels(call: Call, words: Words) -> Json:
    """The name in one object, the arguments in another beside it."""
    return {"tool": {words.name: call.tool, "version": "1"}, "input": {words.args: call.arguments}}


def flat_call(call: Call, words: Words) -> Json:
    """An object of name and arguments on one level."""
    return {words.name: call.tool, **call.arguments}


def name_and_kw(call: Call, words: Words) -> Json:
    """An object with no positional arguments and some by keyword."""
    return {"fn": call.tool, "pos": [], "kw": call.arguments}


def in_a_list(call: Call, words: Words) -> Json:
    """A list of one object."""
    return [{words.name: call.tool, words.args: call.arguments}]


def dotted(call: Call, words: Words) -> Json:
    """The name in one field, each argument under a dotted key."""
    return {words.name: call.tool, **{f"arg.{key}": value for key, value in call.arguments.items()}}


def code_and_text(call: Call, words: Words) -> Json:
    """A list of a code and a text."""
    return [1 if call.is_error else 0, call.result]


def error_or_value(call: Call, words: Words) -> Json:
    """An object with one of two fields."""
    return {"error": call.result} if call.is_error else {"value": call.result}


def as_json_text(call: Call, words: Words) -> Json:
    """JSON in a string."""
    return json.dumps({"ok": not call.is_error, "text": call.result})


def deep(call: Call, words: Words) -> Json:
    """The text some levels down."""
    return {"data": {"items": [{"kind": "text", "text": call.result}]}, "is_error": call.is_error}


def metrics(session: Session, words: Words) -> dict[str, Json]:
    """A figure in an object."""
    return {"metrics": {"reward": 1.0 if session.is_success else 0.0, "turns": len(session.exchanges)}}


def status(session: Session, words: Words) -> dict[str, Json]:
    """An object with a word."""
    return {"end": {"status": words.good if session.is_success else words.bad}}


def result_flag(session: Session, words: Words) -> dict[str, Json]:
    """A truth value beside others."""
    return {"archived": False, words.outcome: session.is_success}


CALLS = (
    invoke_tag,
    action_input,
    with_words,
    as_query,
    with_pipes,
    two_levels,
    flat_call,
    name_and_kw,
    in_a_list,
    dotted,
)
RESULTS = (code_and_text, error_or_value, as_json_text, deep)
OUTCOMES = (metrics, status, result_flag)
