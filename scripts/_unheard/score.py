"""Compare what was read of a layout with what had been written in it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from _unheard.layouts import Sample
from _unheard.sessions import Event, Json, Session, events
from _unheard.words import Tongue
from t2s_local.values.trajectory import Step, Trajectory

_WORDS = frozenset({"assistant", "thought"})
"""Kinds that count as one: formats draw the line between an agent's thoughts and its words differently."""
_KINDS = {"call": "tool_call", "result": "tool_result"}


@dataclass(kw_only=True)
class Tally:
    """Counts over layouts."""

    trajectories: int = 0
    right: int = 0
    wrong: int = 0
    """Trajectories that were read as something else, and readings that are no trajectory."""
    refused: int = 0
    steps: int = 0
    steps_right: int = 0
    outcomes: int = 0
    outcomes_right: int = 0
    layouts: list[tuple[str, int, int, int]] = field(default_factory=list)
    """Name, right, wrong and refused of each."""

    def add(self, sample: Sample, read: Sequence[Trajectory], *, states_outcome: bool) -> None:
        """Count what was read of *sample*."""
        before = (self.right, self.wrong, self.refused)
        open_readings = list(read)
        for session in sample.sessions:
            happened = _in_order([(event.kind in _KINDS, event.kind == "result", event) for event in events(session)])
            self.trajectories += 1
            self.steps += len(happened)
            found = max(open_readings, key=lambda one: _common(session, happened, one, sample.tongue), default=None)
            common = 0 if found is None else _common(session, happened, found, sample.tongue)
            if found is None or (2 * common <= len(happened) and not _is_of(found, session)):
                is_inside = any(_is_of(one, session) for one in read)
                self.wrong += is_inside
                self.refused += not is_inside
                continue
            open_readings.remove(found)
            self.steps_right += common
            is_right = common == len(happened) == len(_steps(session, found))
            self.right += is_right
            self.wrong += not is_right
            if states_outcome:
                self.outcomes += 1
                self.outcomes_right += found.outcome == ("success" if session.is_success else "failure")
        self.wrong += len(open_readings)
        after = (self.right, self.wrong, self.refused)
        right, wrong, refused = (now - then for now, then in zip(after, before, strict=True))
        self.layouts.append((sample.name, right, wrong, refused))

    def figures(self, half: str) -> dict[str, float]:
        """Return shares and counts under names that begin with *half*."""
        return {
            f"{half}_trajectories_right": round(self.right / self.trajectories, 4),
            f"{half}_steps_right": round(self.steps_right / self.steps, 4),
            f"{half}_wrong": round(self.wrong / self.trajectories, 4),
            f"{half}_refused": round(self.refused / self.trajectories, 4),
            f"{half}_outcomes_right": round(self.outcomes_right / max(1, self.outcomes), 4),
            f"{half}_trajectories": self.trajectories,
            f"{half}_layouts": len(self.layouts),
            f"{half}_layouts_right": sum(not wrong and not refused for _, _, wrong, refused in self.layouts),
        }


def _is_of(read: Trajectory, session: Session) -> bool:
    """Whether a reading holds words of *session*, whose texts name no other."""
    wanted = {call.result for exchange in session.exchanges for act in exchange.acts for call in act.calls}
    wanted |= {exchange.answer for exchange in session.exchanges}
    return any(step.text.strip() in wanted for step in read.steps)


def _in_order(items: list[tuple[bool, bool, Json]]) -> list[Json]:
    """Put results after calls wherever nothing is said between them: some layouts write them in pairs."""
    made: list[Json] = []
    block: list[tuple[bool, Json]] = []
    for is_tool, is_result, item in [*items, (False, False, None)]:
        if is_tool:
            block.append((is_result, item))
            continue
        made += [one for is_late, one in block if not is_late] + [one for is_late, one in block if is_late]
        block = []
        made.append(item)
    return made[:-1]


def _steps(session: Session, read: Trajectory) -> list[Step]:
    steps = list(read.steps)
    start = next((number for number, step in enumerate(steps) if step.kind != "system"), len(steps))
    is_said = start < len(steps) and steps[start].kind == "user" and steps[start].text.strip() == session.task
    if not is_said and (read.task or "").strip() == session.task:
        steps.insert(start, Step(kind="user", text=session.task))
    return _in_order([(step.kind in _KINDS.values(), step.kind == "tool_result", step) for step in steps])


def _common(session: Session, wanted: Sequence[Event], read: Trajectory, tongue: Tongue) -> int:
    """Count the steps that both have, in the same order."""
    steps = _steps(session, read)
    row = [0] * (len(steps) + 1)
    for event in wanted:
        above = row
        row = [0]
        for number, step in enumerate(steps):
            best = max(above[number + 1], row[number])
            row.append(max(best, above[number] + 1) if _fits(event, step, tongue) else best)
    return row[-1]


def _fits(event: Event, step: Step, tongue: Tongue) -> bool:
    if event.call is None:
        is_kind = step.kind == event.kind or {step.kind, event.kind} <= _WORDS
        return is_kind and step.text.strip() == event.text
    if step.kind != _KINDS[event.kind] or step.tool not in (None, event.call.tool):
        return False
    if event.kind == "result":
        return step.text.strip() == event.call.result or _same_json(step.text, tongue, event)
    if step.tool is not None and _flat(step.arguments) == _flat(event.call.arguments):
        return True
    written = tongue.write_call(event.call, tongue.words)
    return isinstance(written, str) and step.text.strip() == written


def _same_json(text: str, tongue: Tongue, event: Event) -> bool:
    """Whether *text* is the whole result as the layout writes it, or the same JSON."""
    if event.call is None:
        return False
    for value in (tongue.write_result(event.call, tongue.words), event.call.result):
        try:
            wanted = json.loads(value) if isinstance(value, str) else value
            if json.loads(text) == wanted:
                return True
        except ValueError:
            continue
    return False


def _flat(arguments: dict[str, Json] | None) -> dict[str, str] | None:
    """Compare what was a number with what a text says of it."""
    if arguments is None:
        return None
    return {key: item if isinstance(item, str) else json.dumps(item) for key, item in arguments.items()}
