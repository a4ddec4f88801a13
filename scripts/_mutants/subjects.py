"""The subjects that are written down: a clean skill each, and four runs that it was learned from."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Subject(NamedTuple):
    """One subject, as `subjects.toml` describes it."""

    name: str
    is_held_out: bool
    description: str
    title: str
    when: Sequence[str]
    steps: Sequence[str]
    gotchas: Sequence[str]
    nevers: Sequence[str]
    user_rule: str
    hard_command: str
    customer: str
    file: str
    field: str
    value: str
    value2: str
    column: str
    program: str
    threshold: Sequence[str]
    parameter: Sequence[str]


class Draft(NamedTuple):
    """A skill as it is put together."""

    description: str
    before: Sequence[str]
    """Paragraphs before the first heading of the body."""
    steps: Sequence[str]
    after: Sequence[str]
    """Paragraphs at the end."""
    scripts: Mapping[str, str]
    """Files by path."""


def subjects() -> list[Subject]:
    """Read the subjects."""
    text = Path(__file__).with_name("subjects.toml").read_text("utf-8")
    return [Subject(**entry) for entry in tomllib.loads(text)["subject"]]


def clean(subject: Subject) -> Draft:
    """Return the skill without a fault."""
    return Draft(description=subject.description, before=(), steps=subject.steps, after=(), scripts={})


def files_of(subject: Subject, draft: Draft) -> dict[str, str]:
    """Write *draft* as the files of a skill."""
    lists = {
        "When to use": [f"- {line}" for line in subject.when],
        "Steps": [f"{number}. {line}" for number, line in enumerate(draft.steps, 1)],
        "Gotchas": [f"- {line}" for line in subject.gotchas],
        "Never": [f"- {line}" for line in subject.nevers],
    }
    parts = [f"# {subject.title}", *draft.before]
    for title, lines in lists.items():
        parts += [f"## {title}", "\n".join(lines)]
    front = f"---\nname: {subject.name}\ndescription: {json.dumps(draft.description)}\n---\n"
    body = "\n\n".join((*parts, *draft.after))
    return {"SKILL.md": f"{front}\n{body}\n", **draft.scripts}


def runs_of(subject: Subject) -> list[dict[str, object]]:
    """Return four runs, three of which fail, as lines of our own format."""
    tasks = (
        f"Please do it for our customer {subject.customer}: the data is in {subject.file}, we need {subject.value}.",
        f"The same for the branch in {subject.value2}, and look at {subject.field}.",
        "Do it once more for the spring season, nothing else has changed.",
        f"Again, and mind: {subject.user_rule}.",
    )
    return [_run(subject, number, task) for number, task in enumerate(tasks)]


def _run(subject: Subject, number: int, task: str) -> dict[str, object]:
    rows = f"id,{subject.field},kind\n1,{subject.value2},a\n2,{subject.value},b"
    spoken = [part for line in (*subject.steps, *subject.gotchas) for part in line.split("`")[1::2]]
    acts = [*spoken, *([f"cat {subject.file}"] if number == 0 else [])]
    steps: list[dict[str, object]] = [{"kind": "user", "text": task}]
    for place, act in enumerate(acts):
        call = f"{number}-{place}"
        steps.append({"kind": "tool_call", "text": act, "tool": "bash", "arguments": {"command": act}, "call_id": call})
        got = rows if act.startswith("cat ") else "done"
        steps.append({"kind": "tool_result", "text": got, "tool": "bash", "call_id": call, "exit_code": 0})
    steps.append({"kind": "thought", "text": " ".join((*subject.gotchas, *subject.nevers)).replace("`", "")})
    return {
        "session_id": f"{subject.name}-{number}",
        "task_id": f"{subject.name}-{number}",
        "task": task,
        "outcome": "success" if number == 2 else "failure",
        "steps": steps,
    }
