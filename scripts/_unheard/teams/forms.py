"""Calls, results and outcomes of the part `teams`."""

import json

from _unheard.sessions import Call, Json, Session
from _unheard.words import Words


def _plain(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def method_and_params(call: Call, words: Words) -> Json:
    """A request of a remote procedure."""
    return {"method": "tools/call", "params": {words.name: call.tool, words.args: call.arguments}}


def server_and_tool(call: Call, words: Words) -> Json:
    """A server, a tool on it, and what was put in."""
    return {"server": "main", words.name: call.tool, words.args: call.arguments, "timeout_s": 30}


def fenced_json(call: Call, words: Words) -> Json:
    """JSON in a fence."""
    return f"```json\n{json.dumps({words.name: call.tool, words.args: call.arguments}, indent=2)}\n```"


def in_brackets(call: Call, words: Words) -> Json:
    """The arguments in square brackets behind the name."""
    return f"{call.tool}[{'; '.join(f'{key}={json.dumps(value)}' for key, value in call.arguments.items())}]"


def tool_and_input(call: Call, words: Words) -> Json:
    """Two lines with labels."""
    return f"Tool: {call.tool}\nInput: {json.dumps(call.arguments)}"


def as_post(call: Call, words: Words) -> Json:
    """A request to a web server with a body."""
    return f"POST /tools/{call.tool}\n\n{json.dumps(call.arguments)}"


def typed_arguments(call: Call, words: Words) -> Json:
    """A list of arguments with their names and types."""
    return {
        words.name: call.tool,
        words.args: [
            {"param": key, "value": value, "type": type(value).__name__} for key, value in call.arguments.items()
        ],
    }


def sql_call(call: Call, words: Words) -> Json:
    """A stored procedure with named parameters."""
    return f"CALL {call.tool}({', '.join(f'{key} => {json.dumps(value)}' for key, value in call.arguments.items())})"


def elements(call: Call, words: Words) -> Json:
    """An element with an element for the name and one for all arguments."""
    inner = "".join(f"<{key}>{_plain(value)}</{key}>" for key, value in call.arguments.items())
    return f"<tool_call><name>{call.tool}</name><args>{inner}</args></tool_call>"


def names_and_values(call: Call, words: Words) -> Json:
    """The names of the arguments and their values in two lists."""
    return {words.name: call.tool, "argn": list(call.arguments), "argv": list(call.arguments.values())}


def json_in_field(call: Call, words: Words) -> Json:
    """An object whose arguments are JSON in a string."""
    return {words.name: call.tool, words.args: json.dumps(call.arguments)}


def slash_command(call: Call, words: Words) -> Json:
    """A command behind a slash."""
    return f"/{call.tool} {' '.join(f'{key}:{json.dumps(value)}' for key, value in call.arguments.items())}"


def yaml_block(call: Call, words: Words) -> Json:
    """A block of lines with indented arguments."""
    inner = "".join(f"\n  {key}: {json.dumps(value)}" for key, value in call.arguments.items())
    return f"tool: {call.tool}\nargs:{inner}"


def bare(call: Call, words: Words) -> Json:
    """The text."""
    return call.result


def exit_and_streams(call: Call, words: Words) -> Json:
    """A status of a process with its streams."""
    return {
        "exit_status": int(call.is_error),
        "stdout": "" if call.is_error else call.result,
        "stderr": call.result if call.is_error else "",
        "elapsed": 0.25,
    }


def ok_or_err(call: Call, words: Words) -> Json:
    """One of two keys."""
    return {"Err" if call.is_error else "Ok": call.result}


def content_blocks(call: Call, words: Words) -> Json:
    """Blocks of content beside a flag."""
    return {"content": [{"type": "text", "text": call.result}], "isError": call.is_error}


def passed_evaluation(session: Session, words: Words) -> dict[str, Json]:
    """An object with a truth value."""
    return {"evaluation": {words.outcome: session.is_success, "judge_version": 2}}


def exit_word(session: Session, words: Words) -> dict[str, Json]:
    """A word in a field."""
    return {words.outcome: words.good if session.is_success else words.bad}


def final_score(session: Session, words: Words) -> dict[str, Json]:
    """A number from 0 to 1."""
    return {"final_score": 1.0 if session.is_success else 0.0}


def unsaid(session: Session, words: Words) -> dict[str, Json]:
    """Nothing at all."""
    return {}


CALLS = (
    method_and_params,
    server_and_tool,
    fenced_json,
    in_brackets,
    tool_and_input,
    as_post,
    typed_arguments,
    sql_call,
    elements,
    names_and_values,
    json_in_field,
    slash_command,
    yaml_block,
)
RESULTS = (bare, exit_and_streams, ok_or_err, content_blocks)
OUTCOMES = (passed_evaluation, exit_word, final_score, unsaid)
