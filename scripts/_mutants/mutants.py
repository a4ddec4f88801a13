"""Mutants of clean skills: one planted fault each, with the checks that are to fire on it and no others."""

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from _mutants.subjects import Draft, Subject, clean, files_of, runs_of, subjects

Run = dict[str, object]
_WAYS = 5
_PHRASES = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text("utf-8"))


class Mutant(NamedTuple):
    """A skill with its runs, and what an audit should say."""

    subject: str
    check: str
    """The check it is made for: `1`, `2`, `2b` to `10`; `clean` for a skill without a fault."""
    way: int
    is_held_out: bool
    files: dict[str, str]
    runs: list[Run]
    expected: frozenset[str]


class _Made(NamedTuple):
    draft: Draft
    expected: set[str]
    said: str | None = None
    """What a user says in a run besides, so that the fault has a source."""
    ran: str | None = None
    """What every run calls besides."""


def mutants() -> Iterator[Mutant]:
    """Yield the clean skills, then twenty mutants a check: five ways of four subjects."""
    for subject in subjects():
        yield _mutant(subject, "clean", 0, _Made(clean(subject), set()))
    for check, make in _MAKERS.items():
        for subject in subjects():
            for way in range(_WAYS):
                yield _mutant(subject, check, way, make(subject, way))


def _mutant(subject: Subject, check: str, way: int, made: _Made) -> Mutant:
    runs = runs_of(subject)
    if made.said is not None:
        runs[2]["steps"] = [*_steps(runs[2]), {"kind": "user", "text": made.said}]
    if made.ran is not None:
        called = {"kind": "tool_call", "text": made.ran, "tool": "bash", "call_id": "own"}
        runs = [{**run, "steps": [*_steps(run), called]} for run in runs]
    files = files_of(subject, made.draft)
    return Mutant(subject.name, check, way, subject.is_held_out, files, runs, frozenset(made.expected))


def _steps(run: Run) -> list[object]:
    steps = run["steps"]
    return list(steps) if isinstance(steps, list) else []


def _phrase(kind: str, subject: Subject, way: int) -> str:
    fields = {
        **subject._asdict(),
        "lower": subject.description[:1].lower() + subject.description[1:],
        "command": subject.hard_command,
    }
    return str(_PHRASES[kind][way]).format(**fields)


def _with_step(subject: Subject, line: str) -> Draft:
    draft = clean(subject)
    return draft._replace(steps=(*draft.steps, line))


def _framing(subject: Subject, way: int) -> _Made:
    return _Made(clean(subject)._replace(description=_phrase("framing", subject, way)), {"1", "6"})


def _literal(subject: Subject, way: int) -> _Made:
    return _Made(_with_step(subject, _phrase("literal", subject, way)), {"2", "6"})


def _script(subject: Subject, way: int) -> _Made:
    n_lines = (201, 240, 400, 401, 650)[way]
    text = "".join(f"print({number})\n" for number in range(n_lines))
    path = f"scripts/{subject.program}.py"
    draft = _with_step(subject, f"Run `{path}` for the rest.")
    return _Made(draft._replace(scripts={path: text}), {"2b"}, ran=f"python {path}")


def _unsourced(subject: Subject, way: int) -> _Made:
    return _Made(clean(subject)._replace(after=(_phrase("unsourced", subject, way),)), {"3"})


def _shape(subject: Subject, way: int) -> _Made:
    draft = clean(subject)
    steps = (_phrase("shape", subject, way), *draft.steps[1:])
    return _Made(draft._replace(steps=steps), {"4"})


def _field(subject: Subject, way: int) -> _Made:
    draft = clean(subject)
    steps = (_phrase("field", subject, way), *draft.steps[1:])
    return _Made(draft._replace(steps=steps), {"2", "4", "6"})


def _branches(subject: Subject, way: int) -> _Made:
    lines = _PHRASES["branches"][way]
    joined = "\n".join(lines) if lines[0].startswith("-") else "\n\n".join(lines)
    return _Made(clean(subject)._replace(after=(joined,)), {"4"})


def _mechanical(subject: Subject, way: int) -> _Made:
    return _Made(_with_step(subject, _PHRASES["mechanical"][way][0]), {"5"})


def _constant(subject: Subject, way: int) -> _Made:
    parameter, number = subject.threshold if way % 2 else subject.parameter
    code = parameter.replace(" ", "_").replace("-", "_")
    line = str(_PHRASES["constant"][way]).format(parameter=parameter, number=number, code=code)
    return _Made(_with_step(subject, line), {"7"})


def _constraints(subject: Subject, way: int) -> _Made:
    lines = _PHRASES["constraints"][way]
    joined = "\n".join(lines) if lines[0].startswith("-") else "\n\n".join(lines)
    return _Made(clean(subject)._replace(before=(joined,)), {"8"}, said=" ".join(lines))


def _declared(subject: Subject, way: int) -> _Made:
    path = f"scripts/{subject.program}.py"
    draft = _with_step(subject, _phrase("declared", subject, way))
    return _Made(draft._replace(scripts={path: "print(1)\n"}), {"9"})


def _hard(subject: Subject, way: int) -> _Made:
    return _Made(_with_step(subject, _phrase("hard", subject, way)), {"10"}, said=_phrase("hard_said", subject, way))


_MAKERS: dict[str, Callable[[Subject, int], _Made]] = {
    "1": _framing,
    "2": _literal,
    "2b": _script,
    "3": _unsourced,
    "4": _shape,
    "4+": _field,
    "4b": _branches,
    "5": _mechanical,
    "6": _literal,
    "7": _constant,
    "8": _constraints,
    "9": _declared,
    "10": _hard,
}
"""Makers by check; `4+` is a training field in a fixed place, `4b` three branches on key words."""
