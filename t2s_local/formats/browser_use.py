"""browser-use histories (``AgentHistoryList.save_to_file``) of two generations.

The older one (releases 0.1 to 0.2) keeps the model's thoughts in ``current_state``, the newer one (0.3 on, seen in
the source of August 2026) beside ``action``. Source: ``browser_use/agent/views.py`` of browser-use.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from t2s_local.formats._agents.kinds import Tally
from t2s_local.formats._build import answered, called, moment, nested, trajectory
from t2s_local.formats._dialects.harness import user_steps
from t2s_local.ports.format import Harness, Head, Quarantined, Reading
from t2s_local.records.head import seen
from t2s_local.records.json import Record, as_object, first_string, objects, values
from t2s_local.records.outcome import label_of
from t2s_local.values.trajectory import Step

HARNESS = Harness(name="browser-use", is_world=False)
_TURN = {"model_output", "result", "state"}
_THOUGHTS = ("thinking", "evaluation_previous_goal", "memory", "next_goal")
_REQUEST = re.compile(r"<user_request>\s*(.*?)\s*</user_request>", re.DOTALL)
_LATER = re.compile(r"<follow_up_user_request>\s*(.*?)\s*</follow_up_user_request>", re.DOTALL)
_FIRST = re.compile(r"<initial_user_request>\s*(.*?)\s*</initial_user_request>", re.DOTALL)


def claims(head: Head) -> bool:
    """Return whether the file has a history of turns with model output, results and the state of the browser."""
    return any(bool(turns := objects(record.get("history"))) and turns[0].keys() >= _TURN for record in seen(head)[:3])


def read(path: Path, *, source: str) -> Iterator[Reading]:
    """Yield every history of the file.

    The label is the verdict of the judge model that browser-use asks at the end; the agent's own claim of success does
    not count.
    """
    unread = Tally("browser_use")
    for item in values(path, source=source):
        if isinstance(item, Quarantined):
            yield item
            continue
        turns = objects(as_object(item[1]).get("history"))
        if not turns:
            unread.add("no history")
            continue
        results = [result for turn in turns for result in objects(turn.get("result"))]
        verdicts = [verdict for one in results if (verdict := nested(one, "judgement", "verdict")) is not None]
        yield trajectory(
            _steps(turns),
            source=source,
            format_name="browser_use",
            agent="browser-use",
            termination="done" if results and results[-1].get("is_done") is True else None,
            label=label_of(verdicts[-1], "field:judgement.verdict") if verdicts else None,
        )
    yield from unread.readings(source)


def _steps(turns: list[Record]) -> Iterator[Step]:
    asked: set[str] = set()
    for number, turn in enumerate(turns, 1):
        at = moment(as_object(turn.get("metadata")).get("step_start_time"))
        for request in _requests(first_string(turn, "state_message") or ""):
            if request not in asked:
                asked.add(request)
                yield from user_steps(request, at=at, line=number)
        output = as_object(turn.get("model_output"))
        brain = as_object(output.get("current_state")) or output
        if thoughts := [text for key in _THOUGHTS if (text := first_string(brain, key))]:
            yield Step(kind="thought", text="\n".join(thoughts), at=at, line=number)
        done, came = objects(output.get("action")), objects(turn.get("result"))
        for place in range(max(len(done), len(came))):
            action, result = done[place : place + 1], came[place : place + 1]
            yield from _action(action[0] if action else {}, result[0] if result else {}, at, number)


def _requests(shown: str) -> list[str]:
    """Return the requests shown to the model, in order: the first, and follow-ups beside it."""
    found = _REQUEST.search(shown)
    if found is None:
        return []
    first = _FIRST.search(found[1])
    return [first[1], *_LATER.findall(found[1])] if first else [found[1]]


def _action(action: Record, result: Record, at: str | None, line: int) -> Iterator[Step]:
    """Yield an action, named by its key, and its result; ``done`` is the agent's final message."""
    name = next((key for key in sorted(action) if key != "interacted_element" and isinstance(action[key], dict)), None)
    error, content = first_string(result, "error"), first_string(result, "extracted_content", "long_term_memory")
    if name == "done" or result.get("is_done") is True:
        said = content or first_string(as_object(action.get("done")), "text")
        if said:
            yield Step(kind="assistant", text=said, at=at, line=line)
        return
    if name is not None:
        yield called(name, action[name], at=at, line=line)
        if result:
            yield answered(error or content or "", is_error=error is not None, at=at, line=line)
    elif error or content:
        yield Step(kind="system", text=error or content or "", at=at, line=line)
