"""The fallback for formats nobody described: the longest list of objects like messages is the conversation.

Where there is no such list, a text that reads like a run is: ReAct, a dialogue, or a session after a prompt sign.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from t2s_local.errors import InputError
from t2s_local.formats._build import answers_by_place, folder_in, passed, trajectory
from t2s_local.formats._dialects.conversations import (
    SESSION_KEYS,
    TASK_KEYS,
    TERMINATION_KEYS,
    label_beside,
    numbered_run,
    repository_beside,
)
from t2s_local.formats._dialects.react import FIRST_MARK, acted, episodes, is_react, react_steps, without_verdict
from t2s_local.formats._dialects.script import script_steps
from t2s_local.formats._fallback.certainty import Observations
from t2s_local.formats._fallback.conversation_shape import SCRIPT, Conversation, Place, are_steps, places, rivals
from t2s_local.formats._fallback.loose_messages import is_step, loose_steps
from t2s_local.ports.format import Head, Passed, Quarantined, Reading
from t2s_local.records import streams
from t2s_local.records.head import is_json, seen
from t2s_local.records.json import Record, first_string, values
from t2s_local.records.outcome import label_in
from t2s_local.values.trajectory import Step, Trajectory

NAME = "generic"
IS_FALLBACK = True
"""Asked last, about files that no other format claims."""
_TASKS = ("query", "question", "task", "instruction", "problem_statement", "goal", "prompt")
_RULER = re.compile(r"^[-#=*]{8,}.*$", re.MULTILINE)


def claims(head: Head) -> bool:
    """Objects that look like messages, on their own lines or in a list somewhere, or text that reads like ReAct."""
    if head.document is None and not head.records:
        text = head.raw.decode("utf-8", "replace")
        return is_react(text) and FIRST_MARK.search(text) is not None and "\nObservation" in text
    return are_steps(seen(head)) or bool(places(head.document)) or any(places(record) for record in seen(head)[:3])


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Read every conversation of the file.

    Raises:
        InputError: two lists of the file may be the conversation.
    """
    if not is_json(path):
        yield from _episodes(streams.text_of(path), source)
        return
    evidence = Observations()
    alone: dict[str, list[Record]] = {}
    unknown: Counter[str] = Counter()
    session = ""
    for item in values(path, source=source, is_known=False):
        if isinstance(item, Quarantined):
            yield item
            continue
        _, value = item
        found = places(value)
        if isinstance(value, dict) and is_step(value) and not (found and found[0].longest > 2):
            alone.setdefault(first_string(value, *SESSION_KEYS[:-1]) or session, []).append(value)
        elif found:
            _refuse_rivals(found, path)
            yield from (_trajectory(one, source, evidence) for one in found[0].conversations)
        else:
            unknown["no conversation"] += 1
            session = _opened_by(value) or session
    for name, items in alone.items():
        yield _trajectory(Conversation(items, {"session_id": name}), source, evidence)
    evidence.left(unknown.total())
    yield from passed(unknown, source=source)
    yield from evidence.guesses(source)


def _opened_by(value: object) -> str | None:
    """The session that the records after *value* belong to, where they do not say it themselves."""
    return first_string(value, *SESSION_KEYS[:-1]) if isinstance(value, dict) else None


def _episodes(text: str, source: str) -> Iterator[Reading]:
    """Runs in a text, each after its question; a ruler ends the text of a run."""
    evidence = Observations()
    for stretch in _RULER.split(text):
        for _, episode in episodes(stretch):
            if start := FIRST_MARK.search(episode):
                question = episode[: start.start()].strip()
                asked = [Step(kind="user", text=question)] if question else []
                acts = react_steps(without_verdict(episode[start.start() :]))
                run = trajectory([*asked, *acts], source=source, format_name=NAME)
                evidence.add(Conversation([{SCRIPT: episode}], {}), run)
                yield run
    yield from evidence.guesses(source)


def _refuse_rivals(found: list[Place], path: Path) -> None:
    if both := rivals(found):
        named = " and ".join(f"{place.path or 'the file itself'} ({place.longest} messages)" for place in both)
        message = f"two lists may be the conversation: {named}"
        raise InputError(message, path=path, hint="Take one of them out.")


def _trajectory(found: Conversation, source: str, evidence: Observations) -> Trajectory | Passed:
    beside = found.beside
    task_id = first_string(beside, *TASK_KEYS)
    steps = list(acted(answers_by_place(_steps(found))))
    task = first_string(beside, *_TASKS)
    if task and not any(step.kind == "user" for step in steps):
        steps.insert(0, Step(kind="user", text=task))
    run = trajectory(
        steps,
        source=source,
        format_name=NAME,
        session_id=first_string(beside, *SESSION_KEYS) or numbered_run(task_id, beside),
        task_id=task_id,
        model=first_string(beside, "model", "model_name"),
        termination=first_string(beside, *TERMINATION_KEYS),
        label=label_beside(beside) or label_in(beside, ("result",)),
        folder=folder_in(beside),
        repository=repository_beside(beside),
    )
    evidence.add(found, run)
    return run


def _steps(found: Conversation) -> Iterator[Step]:
    for number, item in enumerate(found.items, 1):
        if isinstance(item.get(SCRIPT), str):
            yield from script_steps(item[SCRIPT])
        else:
            yield from loose_steps(item, line=number)
