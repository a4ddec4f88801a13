"""Origin of the risky actions that a lesson recommends: the user, a tool result, or the agent alone."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain

from t2s_local.safety.actions.effect import KINDS, Effect
from t2s_local.safety.actions.effects import contacts_of, effects_of, effects_of_shell
from t2s_local.text.commands import changes_files, head_of
from t2s_local.text.text import squeeze
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import Step, Trajectory, TrajectoryId
from t2s_local.values.value import Value

_SPAN = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_WORD = re.compile(r"(?<![^\s\W])(?<!\w)[\w./~-]+", re.ASCII)
_MOST_WORDS = 80
_SCHEME = re.compile(r"^(?:git\+)?\w+://(?:[^/@]*@)?|(?:\.git)?/*$")
_SHORTEST = 5
"""Fewest characters of a name or flag to search for alone; for a shorter one the whole command is searched."""
_FAILED_FIRST = frozenset({"recovery", "root_cause", "loop", "correction", "diagnosis"})
"""Patterns whose quoted *action* is the mistake; only the *fix* is recommended."""
_QUOTED_WHOLE = 350
"""Number of characters from which a quote may be only the start of an action."""
_LOOKED_BACK = 20
"""Number of earlier calls that are searched for the file that a call runs."""
_FILE_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)+|(?<=/)[\w-]{2,}|(?<=^make )[\w-]+", re.ASCII)


class Provenance(Value, frozen=True, kw_only=True):
    """A risky action and its origin."""

    key: tuple[str, str]
    """Kind of the action, and the part that makes it risky."""
    summary: str
    is_common: bool
    asked: frozenset[TrajectoryId]
    """Runs in which the user or the system prompt asked for the action."""
    dictated: frozenset[TrajectoryId]
    """Runs in which an earlier tool result contained the action, and no message of user or system did."""


def risks(lesson: Lesson, trajectories: Mapping[TrajectoryId, Trajectory]) -> tuple[Provenance, ...]:
    """Return the risky actions that *lesson* recommends, sorted by kind."""
    found: dict[tuple[str, str], Provenance] = {}
    recommended = chain(_recommended(lesson, trajectories), _spoken(lesson, trajectories))
    for effect, action, run, place in recommended:
        key = (effect.kind, _plain(effect.what))
        before = found.get(key)
        asked, dictated = before.asked if before else frozenset(), before.dictated if before else frozenset()
        if run is not None and _is_said(effect, action, run, place, ("user", "system")):
            asked |= {run.id}
        elif run is not None and _is_said(effect, action, run, place, ("tool_result",)):
            dictated |= {run.id}
        is_common = effect.is_common and (before is None or before.is_common)
        found[key] = Provenance(
            key=key, summary=KINDS[effect.kind], is_common=is_common, asked=asked, dictated=dictated
        )
    return tuple(found[key] for key in sorted(found))


def _recommended(
    lesson: Lesson, trajectories: Mapping[TrajectoryId, Trajectory]
) -> Iterator[tuple[Effect, str, Trajectory | None, int]]:
    """Yield every effect of the actions in the advice and the quotes of *lesson*, with the action, its run and step."""
    roles = {"fix"} if lesson.pattern in _FAILED_FIRST else {"fix", "action"}
    places: list[tuple[Trajectory, int]] = []
    for quote in lesson.evidence:
        run = trajectories.get(quote.trajectory_id)
        if run is None or quote.role not in roles or run.steps[quote.step].kind not in ("tool_call", "assistant"):
            continue
        places.append((run, quote.step))
        for effect in _effects_of_quote(quote, run):
            yield effect, quote.text, run, quote.step
    for _, span in _SPAN.findall(lesson.do):
        line = f"x {span}" if span.startswith("-") else span
        for effect in (*effects_of_shell(line), *contacts_of(None, line)):
            if places and effect.kind == "check" and all(_made_it_itself(effect.what, *place) for place in places):
                continue
            yield effect, span, None, 0
            for run, step in places:
                yield effect, span, run, step


def _spoken(
    lesson: Lesson, trajectories: Mapping[TrajectoryId, Trajectory]
) -> Iterator[tuple[Effect, str, Trajectory | None, int]]:
    """Yield every effect of a command in a user's words without code marks, wherever in the sentence it begins."""
    for quote in lesson.evidence if lesson.is_said else ():
        if quote.role != "correction":
            continue
        starts = [found.start() for found in _WORD.finditer(quote.text)][:_MOST_WORDS]
        effects = {effect: quote.text[at:] for at in starts for effect in effects_of_shell(quote.text[at:])}
        for effect, said in sorted(effects.items()):
            yield effect, said, trajectories.get(quote.trajectory_id), quote.step + 1


def _effects_of_quote(quote: Quote, run: Trajectory) -> Iterator[Effect]:
    step = run.steps[quote.step]
    if step.kind == "assistant":
        return
    is_part = step.arguments is None or (step.text != quote.text and len(quote.text) < _QUOTED_WHOLE)
    action = (step.tool, quote.text, None) if is_part else (step.tool, step.text, step.arguments)
    for effect in (*effects_of(*action), *contacts_of(*action), *_run_later(quote, run)):
        if not (effect.kind == "check" and _made_it_itself(effect.what, run, quote.step)):
            yield effect


def _run_later(quote: Quote, run: Trajectory) -> Iterator[Effect]:
    """Yield the effects of files that earlier calls downloaded or wrote and that the quoted call runs."""
    names = {name for name in _FILE_NAME.findall(quote.text) if not name.isdigit()}
    calls = (_as_shell(step) for step in run.steps[: quote.step] if step.kind == "tool_call")
    earlier = [text for text in calls if _may_make(text, names)][-_LOOKED_BACK:]
    if not earlier:
        return
    before = {*effects_of_shell("\n".join(earlier)), *effects_of_shell(quote.text)}
    for effect in effects_of_shell("\n".join([*earlier, quote.text])):
        if effect.kind != "check" and effect not in before:
            yield effect


def _may_make(text: str, names: set[str]) -> bool:
    """Return whether a shell line downloads something, or writes a file of one of *names*."""
    return "://" in text or "curl" in text or (">" in text and any(name in text for name in names))


def _as_shell(step: Step) -> str:
    """Return a call as a shell line: a tool that writes a whole file becomes the line that writes it."""
    held = step.arguments or {}
    path = next((held[key] for key in ("file_path", "path") if isinstance(held.get(key), str)), None)
    content = next((held[key] for key in ("content", "file_text", "contents") if isinstance(held.get(key), str)), None)
    if path is None or content is None:
        return step.text
    return f"cat > {path} <<'T2S_END'\n{content}\nT2S_END"


def _made_it_itself(path: str, run: Trajectory, place: int) -> bool:
    """Return whether the agent made the file *path* earlier in the same run."""
    name = path.rstrip("/").rpartition("/")[2]
    return bool(name) and any(_writes(step, name) for step in run.steps[:place] if step.kind == "tool_call")


def _writes(step: Step, name: str) -> bool:
    if name not in step.text:
        return False
    tool = step.tool or ""
    return changes_files(tool, head_of(tool, step.text)) or bool(re.search(rf">\s*\S*{re.escape(name)}", step.text))


def _is_said(effect: Effect, action: str, run: Trajectory, place: int, kinds: tuple[str, ...]) -> bool:
    """Return whether an earlier step of these *kinds* contains the action or the part that makes it risky."""
    said = squeeze(" ".join(step.text for step in run.steps[:place] if step.kind in kinds)).lower()
    if squeeze(action).lower() in said:
        return True
    what = _plain(effect.what)
    if len(what) < _SHORTEST or (effect.kind == "check" and "/" in what):
        return False
    return bool(re.search(rf"(?<![\w-]){re.escape(what)}(?![\w-])", said))


def _plain(what: str) -> str:
    """Return *what* in lower case, without the scheme and the end of an address."""
    return _SCHEME.sub("", squeeze(what)).lower()
