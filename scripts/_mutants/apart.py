"""Mutants written apart from the rules: five other subjects, and the phrases of `apart.toml` for each check.

Subjects and phrases were written from the published words of the checks, before their author had read a rule. The first
half of the phrases of a check was looked at when the rules were mended, the second half only afterwards.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from _mutants.mutants import Mutant, Run

_BOOK = tomllib.loads(Path(__file__).with_name("apart.toml").read_text("utf-8"))
_HEADS = (("Steps", "Pitfalls"), ("Workflow", "Known problems"), ("What to do", "Gotchas"), ("Procedure", "Watch out"))
_LENGTHS = (201, 401, 260, 520)


def apart() -> Iterator[Mutant]:
    """Yield five clean skills, and for each check its phrases for each subject."""
    for name, subject in _BOOK["subject"].items():
        yield _mutant(name, subject, "clean", 0, set())
        for check, phrases in _BOOK["phrase"].items():
            for way, phrase in enumerate(phrases):
                yield _planted(name, subject, check, way, phrase)
        for way, length in enumerate(_LENGTHS):
            yield _long_script(name, subject, way, length)


def _planted(name: str, subject: Mapping[str, Any], check: str, way: int, phrase: str) -> Mutant:
    at = way % len(subject["who"])
    branches = dict(zip(("b0", "b1", "b2"), subject["branches"], strict=True))
    hand, knob = subject["hand"], subject["knob"]
    said = phrase.format(
        **{key: value for key, value in subject.items() if isinstance(value, str)} | branches,
        who=subject["who"][at],
        file=subject["file"][at],
        topic=subject["desc"].removesuffix("."),
        Hand=hand[0].upper() + hand[1:],
        Knob=knob.capitalize(),
        s=name,
    )
    steps = list(subject["steps"])
    script = {f"scripts/{subject['word']}_check.py": "print('checked')\n" * 40}
    places: dict[str, dict[str, Any]] = {
        "1": {"description": said},
        "2": {"steps": [steps[0], said, *steps[1:]]},
        "4": {"steps": [said, *steps[1:]]},
        "4-field": {"steps": [said, *steps[1:]]},
        "5": {"steps": [*steps[:2], said, *steps[2:]]},
        "7": {"steps": [*steps[:2], said, *steps[2:]]},
        "8": {"before": said},
        "9": {"after": said, "files": script, "n_failing": 3},
        "10": {"steps": [said, *steps]},
    }
    expected = {"1": {"1", "6"}, "2": {"2", "6"}, "4-field": {"2", "4", "6"}}.get(check, {check.partition("-")[0]})
    return _mutant(name, subject, check, way, expected, **places.get(check, {"after": said}))


def _long_script(name: str, subject: Mapping[str, Any], way: int, length: int) -> Mutant:
    path = f"scripts/{subject['word']}_all.py"
    call = f"python {path}"
    said = f"Run `{call}` for the whole work."
    return _mutant(name, subject, "2b", way, {"2b"}, after=said, files={path: "print('line')\n" * length}, ran=call)


def _mutant(
    name: str,
    subject: Mapping[str, Any],
    check: str,
    way: int,
    expected: set[str],
    *,
    description: str | None = None,
    steps: Sequence[str] | None = None,
    before: str = "",
    after: str = "",
    files: Mapping[str, str] | None = None,
    n_failing: int = 1,
    ran: str | None = None,
) -> Mutant:
    first, second = _HEADS[way % len(_HEADS)]
    numbered = "\n".join(f"{number}. {line}" for number, line in enumerate(steps or subject["steps"], 1))
    text = (
        f'---\nname: {name}\ndescription: "{description or subject["desc"]}"\n---\n\n'
        f"# {name.replace('-', ' ').capitalize()}\n\n{subject['intro']}\n\n{before}\n\n## {first}\n\n{numbered}\n\n"
        f"## {second}\n\n- {subject['trap']}\n\n{after}\n"
    )
    runs = [_run(name, subject, number, is_failing=number < n_failing, ran=ran) for number in range(4)]
    held = {"SKILL.md": text, **(files or {})}
    is_held_out = way >= len(_BOOK["phrase"].get(check, ())) / 2 and check not in ("9", "2b", "clean")
    return Mutant(name, check.partition("-")[0], way, is_held_out, held, runs, frozenset(expected))


def _run(name: str, subject: Mapping[str, Any], number: int, *, is_failing: bool, ran: str | None) -> Run:
    """Return a run of a task of its own: it looks, fails, and all but failing ones find what works."""
    field = subject["field"] if number == 0 else f"{subject['field']}_{number}"
    known = {"who": subject["who"][number], "file": subject["file"][number], "field": field}
    calls = [(subject["look"], subject["see"], 0), (subject["bad"], subject["err"], 1)]
    calls += [] if is_failing else [(subject["act"], subject["fine"], 0)]
    calls += [] if ran is None else [(ran, "ok", 0)]
    steps: list[dict[str, object]] = [{"kind": "user", "text": subject["ask"].format(**known)}]
    for call_id, (call, answer, status) in enumerate(calls):
        code = {"call_id": str(call_id)}
        steps.append({"kind": "tool_call", "tool": "bash", "text": call.format(**known), **code})
        steps.append({"kind": "tool_result", "text": answer.format(**known), "exit_code": status, **code})
    return {
        "session_id": f"{name}-{number}",
        "task_id": f"{name}-task-{number}",
        "outcome": "failure" if is_failing else "success",
        "steps": steps,
    }
