"""Ways of writing a call, its result and the outcome of a run, each in one half alone."""

import json
from xml.sax.saxutils import escape

from _unheard.sessions import Call, Json, Session
from _unheard.words import Words


def plain(call: Call, words: Words) -> Json:
    """An object of name and arguments."""
    return {words.name: call.tool, words.args: call.arguments}


def json_text(call: Call, words: Words) -> Json:
    """An object whose arguments are JSON in a string."""
    return {words.name: call.tool, words.args: json.dumps(call.arguments)}


def keyed_by_tool(call: Call, words: Words) -> Json:
    """An object whose one key is the tool."""
    return {call.tool: call.arguments}


def python_text(call: Call, words: Words) -> Json:
    """``tool(a='x', n=3)``."""
    return f"{call.tool}({', '.join(f'{key}={value!r}' for key, value in call.arguments.items())})"


def named_values(call: Call, words: Words) -> Json:
    """An object whose arguments are a list of names and values."""
    pairs = [{"name": key, "value": value} for key, value in call.arguments.items()]
    return {words.name: call.tool, words.args: pairs}


def positional(call: Call, words: Words) -> Json:
    """A pair of name and arguments."""
    return [call.tool, call.arguments]


def flat(call: Call, words: Words) -> Json:
    """The arguments beside the name."""
    return {words.name: call.tool, **call.arguments}


def colon_json(call: Call, words: Words) -> Json:
    """``tool: {"a": "x"}``."""
    return f"{call.tool}: {json.dumps(call.arguments, ensure_ascii=False)}"


def tags(call: Call, words: Words) -> Json:
    """``<tool><a>x</a></tool>``."""
    inner = "".join(f"<{key}>{escape(_scalar(value))}</{key}>" for key, value in call.arguments.items())
    return f"<{call.tool}>{inner}</{call.tool}>"


def _scalar(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def text(call: Call, words: Words) -> Json:
    """The words themselves."""
    return call.result


def status_and_output(call: Call, words: Words) -> Json:
    """An object with a status."""
    return {"status": "error" if call.is_error else "ok", "output": call.result}


def ok_and_data(call: Call, words: Words) -> Json:
    """An object with a flag, and data or an error."""
    return {"ok": False, "error": call.result} if call.is_error else {"ok": True, "data": call.result}


def code_and_streams(call: Call, words: Words) -> Json:
    """An object with an exit code and two streams."""
    out, err = ("", call.result) if call.is_error else (call.result, "")
    return {"rc": int(call.is_error), "out": out, "err": err}


def lines(call: Call, words: Words) -> Json:
    """A list of lines."""
    return call.result.split("\n")


def either(call: Call, words: Words) -> Json:
    """An object of one key, which says whether it went well."""
    return {"failure" if call.is_error else "value": call.result}


def flag(session: Session, words: Words) -> dict[str, Json]:
    """True or false."""
    return {words.outcome: session.is_success}


def word(session: Session, words: Words) -> dict[str, Json]:
    """A word of the vocabulary."""
    return {words.outcome: words.good if session.is_success else words.bad}


def score(session: Session, words: Words) -> dict[str, Json]:
    """One or zero."""
    return {"score": float(session.is_success)}


def unsaid(session: Session, words: Words) -> dict[str, Json]:
    """Nothing."""
    return {}


def graded(session: Session, words: Words) -> dict[str, Json]:
    """An object of its own."""
    return {"evaluation": {words.outcome: session.is_success, "grader": "checks-v2"}}


def final_state(session: Session, words: Words) -> dict[str, Json]:
    """A state."""
    return {"final_state": "SUCCEEDED" if session.is_success else "FAILED"}


CALLS = {
    "development": (plain, json_text, keyed_by_tool, python_text),
    "held_out": (named_values, positional, flat, colon_json, tags),
}
RESULTS = {"development": (text, status_and_output, ok_and_data), "held_out": (text, code_and_streams, lines, either)}
OUTCOMES = {"development": (flag, word, score, unsaid), "held_out": (graded, final_state, unsaid)}
"""The plain text of a result and an outcome that is not said are in both halves: they are no way of writing."""
