"""Long conversations: much of what a slice, a turn, a call or a run of its own costs."""

import json
from collections.abc import Callable, Iterator

from _hostile.files import MB, Case, plain

Piece = dict[str, object]
ERROR = "ls: cannot access 'x': No such file or directory"


def _steps(make: Callable[[], Iterator[Piece]]) -> Case:
    """A run of many steps in our own format."""
    return plain(lambda: json.dumps({"session_id": "a", "steps": list(make())}).encode())


def _runs(make: Callable[[int], list[Piece]], n: int, *, task: bool = False) -> Case:
    """Many runs of few steps each."""

    def body() -> bytes:
        about = [{"task_id": f"t{number // 3}", "outcome": "success"} if task else {} for number in range(n)]
        runs = ({"session_id": f"s{number}", **about[number], "steps": make(number)} for number in range(n))
        return b"".join(json.dumps(run).encode() + b"\n" for run in runs)

    return plain(body)


def _call(text: str, number: int, **more: object) -> Piece:
    return {"kind": "tool_call", "tool": "bash", "text": text, "call_id": str(number), **more}


def _result(text: str, number: int, code: int = 0) -> Piece:
    return {"kind": "tool_result", "tool": "bash", "text": text, "call_id": str(number), "exit_code": code}


def _user(text: str) -> Piece:
    return {"kind": "user", "text": text}


def _assistant(text: str) -> Piece:
    return {"kind": "assistant", "text": text}


def _calls() -> Iterator[Piece]:
    return (_call(f"ls {n}", n) for n in range(50_000))


def _failing_calls() -> Iterator[Piece]:
    for n in range(14_000):
        yield _call(f"ls {n}", n)
        yield _result(f"ls: cannot access '{n}': No such file or directory", n, 2)


def _turns_after_a_call() -> Iterator[Piece]:
    yield _call("ls", 1)
    yield from (_user(f"No, do not use tabs in file {n}.") for n in range(60_000))


def _turns_that_are_heard() -> Iterator[Piece]:
    for n in range(9_000):
        yield _call(f"sed -i s/a/b{n}/ f{n}.py", n)
        yield _result("done", n)
        yield _user(f"No, never use tabs in file{n}, always use name{n} instead.")


def _requests() -> Iterator[Piece]:
    for n in range(28_000):
        yield _user(f"Now please write another page about topic{n}.")
        yield _assistant(f"Here is page {n}.")


def _requests_with_calls() -> Iterator[Piece]:
    for n in range(12_000):
        yield _user(f"Now please add a page about topic{n}, and always sort it by name{n}.")
        yield _call(f"touch page{n}.md", n)
        yield _result("done", n)


def _pasted_turns() -> Iterator[Piece]:
    yield _call("ls", 1)
    for n in range(12_000):
        yield _assistant(f"You should never use the old parser for the field number {n} of a table.")
        yield _user(f"You should never use the old parser for the field number {n} of a table.")


def _long_results_and_turns() -> Iterator[Piece]:
    for n in range(20):
        yield _call(f"cat {n}", n)
        yield _result("word and word again " * 10_000, n)
    for n in range(7_000):
        yield _user(f"No, please never write such a long text about the matter {n} again.")
        yield _assistant("All right.")


def _results_backwards() -> Iterator[Piece]:
    yield from (_call(f"ls {n}", n) for n in range(20_000))
    yield from (_result("done", n) for n in reversed(range(20_000)))


def _results_without_ids() -> Iterator[Piece]:
    yield from ({"kind": "tool_call", "tool": "bash", "text": f"ls {n}"} for n in range(22_000))
    yield from ({"kind": "tool_result", "tool": "bash", "text": f"Error: {n} failed"} for n in range(22_000))


def _recoveries() -> Iterator[Piece]:
    for n in range(7_000):
        yield _call(f"build{n} --fast", 2 * n)
        yield _result(f"Error: build{n} needs the option --slow{n}", 2 * n, 1)
        yield _call(f"build{n} --slow{n}", 2 * n + 1)
        yield _result("done", 2 * n + 1)


def _same_failure() -> Iterator[Piece]:
    for n in range(20_000):
        yield _call("make all", n)
        yield _result("make: *** No rule to make target 'all'.  Stop.", n, 2)


def _edits() -> Iterator[Piece]:
    for n in range(9_000):
        path = {"file_path": f"src/f{n % 7}.py", "old_string": f"a{n} = 1", "new_string": f"a{n} = 2"}
        yield {"kind": "tool_call", "tool": "Edit", "text": json.dumps(path), "arguments": path, "call_id": str(n)}
        yield {"kind": "tool_result", "tool": "Edit", "text": "String to replace not found in file.", "call_id": str(n)}


def _thoughts() -> Iterator[Piece]:
    yield _user("Go on")
    yield from ({"kind": "thought", "text": f"I think about {n}."} for n in range(90_000))


def _long_lines_of_users() -> Iterator[Piece]:
    for n in range(8):
        yield _call(f"ls {n}", n)
        yield _result("done", n)
        yield _user("a, b; no - never. " * 32_000)


def _recovering(number: int) -> list[Piece]:
    return [
        _user(f"Build {number}"),
        _call(f"build{number % 2000} --fast", 1),
        _result(f"Error: build{number % 2000} needs the option --slow{number % 2000}", 1, 1),
        _call(f"build{number % 2000} --slow{number % 2000}", 2),
        _result("done", 2),
    ]


def _of_a_task(number: int) -> list[Piece]:
    steps = [_user(f"Build {number}")]
    for place in range(4):
        steps += [_call(f"tool{(number * 7 + place * 3) % 900} run", place), _result("done", place)]
    return steps


def _said(number: int) -> list[Piece]:
    return [_user("Go"), _call("make", 1), _result("done", 1), _user(f"No, always use name{number} instead of tabs.")]


CONVERSATIONS: dict[str, Case] = {
    "calls": _steps(_calls),
    "failing_calls": _steps(_failing_calls),
    "turns_after_a_call": _steps(_turns_after_a_call),
    "turns_that_are_heard": _steps(_turns_that_are_heard),
    "requests": _steps(_requests),
    "requests_with_calls": _steps(_requests_with_calls),
    "pasted_turns": _steps(_pasted_turns),
    "long_results_and_turns": _steps(_long_results_and_turns),
    "long_lines_of_users": _steps(_long_lines_of_users),
    "results_backwards": _steps(_results_backwards),
    "results_without_ids": _steps(_results_without_ids),
    "recoveries": _steps(_recoveries),
    "same_failure": _steps(_same_failure),
    "edits": _steps(_edits),
    "thoughts": _steps(_thoughts),
    "one_command": _steps(lambda: iter([_call("ls x; " * (4 * MB // 6), 1), _result("denied", 1, 1)])),
    "one_pipeline": _steps(lambda: iter([_call("a | " * MB, 1), _result("Error: denied", 1, 1)])),
    "nested_command": _steps(lambda: iter([_call("$(" * 2 * MB, 1), _result("Error: denied", 1, 1)])),
    "runs_that_recover": _runs(_recovering, 8_500),
    "runs_of_tasks": _runs(_of_a_task, 5_500, task=True),
    "runs_with_wishes": _runs(_said, 14_000),
}
"""Writer of each conversation by its name; some would be larger than 5 MB and are cut there."""
