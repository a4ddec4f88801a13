"""Ways of writing calls and results, as broad as could be thought of: they belong to the development half."""

import json

from _unheard.sessions import Call, Json
from _unheard.words import Words


def pair(call: Call, words: Words) -> Json:
    """A list of name and arguments."""
    return [call.tool, call.arguments]


def listed_arguments(call: Call, words: Words) -> Json:
    """An object with a list of arguments, each an object."""
    given = [{"key": key, "is": value} for key, value in call.arguments.items()]
    return {words.name: call.tool, words.args: given}


def nested(call: Call, words: Words) -> Json:
    """An object in an object, with a word for its kind."""
    return {"sort": "function", "target": {words.name: call.tool, words.args: call.arguments}}


def json_line(call: Call, words: Words) -> Json:
    """A text of JSON."""
    return json.dumps({words.name: call.tool, words.args: call.arguments})


def name_before_json(call: Call, words: Words) -> Json:
    """The name, then JSON."""
    return f"{call.tool} {json.dumps(call.arguments)}"


def as_tag(call: Call, words: Words) -> Json:
    """A tag with elements."""
    inner = "".join(f"<{key}>{_text(value)}</{key}>" for key, value in call.arguments.items())
    return f"<{call.tool}>{inner}</{call.tool}>"


def as_options(call: Call, words: Words) -> Json:
    """A line with options, quoted where it must be."""
    return " ".join([call.tool, *(f"--{key} {json.dumps(value)}" for key, value in call.arguments.items())])


def as_lisp(call: Call, words: Words) -> Json:
    """A form with keywords."""
    return f"({call.tool}{''.join(f' :{key} {json.dumps(value)}' for key, value in call.arguments.items())})"


def as_block(call: Call, words: Words) -> Json:
    """The name, and a line for each argument."""
    return "\n".join([call.tool, *(f"  {key}: {json.dumps(value)}" for key, value in call.arguments.items())])


def with_number(call: Call, words: Words) -> Json:
    """An object with an id and a version beside its name."""
    return {"v": 2, "id": f"id-{call.ref}", words.name: call.tool, words.args: call.arguments}


def in_list_of_lines(call: Call, words: Words) -> Json:
    """A list of lines."""
    return call.result.split("\n")


def stdout_and_code(call: Call, words: Words) -> Json:
    """What was printed to two streams, and a number."""
    out, err = ("", call.result) if call.is_error else (call.result, "")
    return {"out": out, "err": err, "code": int(call.is_error)}


def parts(call: Call, words: Words) -> Json:
    """A list of parts with a kind."""
    return [{"sort": "text", "value": call.result}]


def with_time(call: Call, words: Words) -> Json:
    """The text beside how long it took."""
    return {"took_ms": len(call.result) * 3, "value": call.result}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


CALLS = (
    pair,
    listed_arguments,
    nested,
    json_line,
    name_before_json,
    as_tag,
    as_options,
    as_lisp,
    as_block,
    with_number,
)
RESULTS = (in_list_of_lines, stdout_and_code, parts, with_time)
