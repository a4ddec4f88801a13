"""State the change between an action that failed and the action that worked as an instruction."""

import json
import re
from collections.abc import Mapping, Sequence

from t2s_local.analysts._forms import format_of, says_format, shape_of
from t2s_local.analysts._lessons import code, is_short_enough
from t2s_local.analysts._mined.changes import ChainChange, chain_change, edit_of, is_replaced, small_change
from t2s_local.text.commands import (
    bare,
    changes_files,
    changes_state,
    edited_file,
    is_same_call,
    is_shell,
    script_of,
    scripts_of,
    without_cd,
)
from t2s_local.text.events import Event
from t2s_local.text.text import clip, join_words, mask
from t2s_local.values.trajectory import Slice
from t2s_local.values.value import Value

_LONG = 60
"""Characters of a command above which only the change is described, not both commands."""
_MAX_CHANGED_ARGUMENTS = 3
_LONGEST_VALUE = 60
"""Most characters of a value that are shown. A change between two longer values is omitted: their starts say little."""
_NAMED = "the value the error names"
INDEX = re.compile(r"\[\d+\]")
"""Position in a list, within the path of an argument."""


class Fix(Value, frozen=True, kw_only=True):
    """Instruction that mends a failure, with the actions it comes from."""

    do: str
    """Instruction in the imperative."""
    events: tuple[Event, ...]
    """Actions that the instruction comes from, in order; the last is the call that worked."""
    because: str | None = None


def describe_fix(piece: Slice, failed: Event, between: Sequence[Event], worked: Event) -> Fix | None:
    """Return the instruction that made *worked* succeed after *failed*; None if no small change distinguishes them."""
    helpers = [event for event in between if not event.failed and event.result is not None]
    changing = [event for event in helpers if changes_state(event.tool, event.head)]
    if is_same_call(failed.tool, failed.action, worked.action):
        return _prepared(failed, (changing or helpers)[-1:], worked)
    if not is_shell(worked.tool):
        return _arguments(piece, failed, helpers, worked)
    return _command(failed, changing, worked)


def _prepared(failed: Event, helpers: Sequence[Event], worked: Event) -> Fix | None:
    """Return the fix if the same call passed after another action, such as an installation; otherwise None."""
    in_shell = is_shell(failed.tool)
    if not helpers or (not in_shell and helpers[0].tool == failed.tool):
        return None
    first = instruction(helpers[0])
    if first is None:
        return None
    command = bare(failed.action)
    again = f"then {code(command)} again" if in_shell and is_short_enough(command) else f"then repeat `{failed.head}`"
    return Fix(do=f"{first}, {again}.", events=(helpers[0], worked))


def instruction(event: Event) -> str | None:
    """Return one action in the imperative, without a full stop; None if it is too long for advice."""
    if is_shell(event.tool):
        command = without_cd(event.action)
        edit = edit_of(command)
        if edit is not None:
            return edit
        return f"Run {code(command)}" if is_short_enough(command) else None
    file = edited_file(event.tool, event.action)
    if file is not None:
        return _edit(event, file)
    return None if changes_files(event.tool, event.head) else f"Call `{event.tool}` first"


def _edit(event: Event, file: str) -> str | None:
    old, new = _edit_texts(event)
    removed, added = _novel_lines(old, new), _novel_lines(new, old)
    name = code(file.rsplit("/", 1)[-1])
    if not added or len(added) > 6:
        return f"Edit {name}" if new is None else None
    shown = f"add {code(added[0], limit=120)}"
    if removed:
        shown = f"replace {code(removed[0], limit=100)} by {code(added[0], limit=100)}"
    return f"In {name}, {shown}"


def _edit_texts(event: Event) -> tuple[str, str | None]:
    try:
        arguments = json.loads(event.action)
    except ValueError:
        return "", None
    if not isinstance(arguments, dict):
        return "", None
    old = str(arguments.get("old_string") or arguments.get("old_str") or "")
    new = arguments.get("new_string") or arguments.get("new_str") or arguments.get("content")
    return old, None if new is None else str(new)


def _novel_lines(text: str | None, other: str | None) -> list[str]:
    known = {line.strip() for line in (other or "").splitlines()}
    return [line.strip() for line in (text or "").splitlines() if len(line.strip()) > 2 and line.strip() not in known]


def _command(failed: Event, changing: Sequence[Event], worked: Event) -> Fix | None:
    """Return the fix if a changed shell command passed; None if the change is not small."""
    old, new = without_cd(failed.action), without_cd(worked.action)
    if (script_of(old) or script_of(new)) not in (None, *scripts_of(new)):
        return None
    prepared = next((text for event in reversed(changing) if (text := instruction(event))), None)
    chain = chain_change(old, new)
    if chain is not None and (told := _chained(failed.tool, chain, is_prepared=prepared is not None)) is not None:
        return Fix(do=_then(prepared, told), events=_with(changing, prepared, worked))
    change = small_change(old, new)
    if change is not None and min(len(old), len(new)) > _LONG and len(change) < 0.6 * len(new):
        return Fix(do=_then(prepared, f"in the command, {change}"), events=_with(changing, prepared, worked))
    if is_short_enough(new) and is_short_enough(old):
        instead = f"run {code(new)} instead of {code(old)}"
        return Fix(do=_then(prepared, instead), events=_with(changing, prepared, worked))
    return None if change is None else Fix(do=f"In the command, {change}.", events=(worked,))


def _chained(tool: str, chain: ChainChange, *, is_prepared: bool) -> str | None:
    """Return the change of a chain of commands, without the equal start and end; None if it is too long."""
    if not all(is_short_enough(text) for text in (chain.removed, chain.added, chain.again)):
        return None
    edit = edit_of(chain.added)
    if is_replaced(tool, chain) and not (edit and chain.again):
        return f"run {code(chain.added)} instead of {code(chain.removed)}"
    if not chain.again or not (chain.added or is_prepared):
        return None
    if not chain.added:
        return f"{code(chain.again)} again"
    first = edit or f"run {code(chain.added)}"
    return f"{first[0].lower()}{first[1:]}, then {code(chain.again)} again"


def _then(prepared: str | None, text: str) -> str:
    return f"{prepared}, then {text}." if prepared else f"{text[0].upper()}{text[1:]}."


def _with(changing: Sequence[Event], prepared: str | None, worked: Event) -> tuple[Event, ...]:
    return (*changing[-1:], worked) if prepared else (worked,)


def _arguments(piece: Slice, failed: Event, helpers: Sequence[Event], worked: Event) -> Fix | None:
    """Return the fix if a call with other arguments passed; None if the change is not small."""
    before, after = leaves(piece, failed), leaves(piece, worked)
    names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
    if not before or not after or not 0 < len(names) <= 4 * _MAX_CHANGED_ARGUMENTS:
        return None
    changes: dict[str, list[str]] = {}
    for name in names:
        change = _change(piece, failed, worked, before.get(name), after.get(name))
        if change is not None:
            shown = f"`{INDEX.sub('[]', name)}`"
            if not any(shown in told for told in changes.values()):
                changes.setdefault(change, []).append(shown)
    named = f"set to {_NAMED}"
    if named in changes:
        changes = {named: changes[named]}
    if not changes or len(changes) > _MAX_CHANGED_ARGUMENTS:
        return _looked_up(helpers, worked, {name: after[name] for name in names if name in after})
    said = "; ".join(f"{join_words(shown)} {change}" for change, shown in changes.items())
    return Fix(do=f"Call `{worked.tool}` again with {said}.", events=(worked,))


def _looked_up(helpers: Sequence[Event], worked: Event, changed: Mapping[str, object]) -> Fix | None:
    """Return the fix to call the last helper first, if its answer contains one of the *changed* arguments, by name."""
    if not helpers or helpers[-1].tool == worked.tool:
        return None
    names = [name for name, value in changed.items() if _is_in(value, helpers[-1].output)]
    if not names:
        return None
    given = join_words(f"`{INDEX.sub('[]', name)}`" for name in names[:_MAX_CHANGED_ARGUMENTS])
    return Fix(
        do=f"Call `{helpers[-1].tool}` first, then `{worked.tool}` with the {given} it returns.",
        events=(helpers[-1], worked),
    )


def _is_in(value: object, output: str) -> bool:
    """Return whether *output* contains *value*, a text of three characters or more, as a whole word."""
    text = str(value)
    return len(text) > 2 and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", output) is not None


def _change(piece: Slice, failed: Event, worked: Event, old: object, new: object) -> str | None:
    if new is None:
        return None
    source = None if str(new) in str(old) else source_of(piece, failed, worked, str(new))
    if source is not None:
        return f"set to {source}"
    if isinstance(new, str) and _is_named_format(failed.error or "", new):
        return None
    shown = _value(new)
    if isinstance(old, str) and isinstance(new, str) and min(len(old), len(new)) > _LONGEST_VALUE:
        return None
    if old is None:
        return f"= {shown}" if "<" not in shown else None
    return f"= {shown} instead of {_value(old)}" if shown != _value(old) else None


def _is_named_format(error: str, value: str) -> bool:
    """Return whether *error* names the format of *value* itself."""
    spelt = format_of(shape_of(value))
    return spelt is not None and says_format(error, spelt)


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return code(clip(mask(text), _LONGEST_VALUE))


def source_of(piece: Slice, failed: Event, worked: Event, value: str) -> str | None:
    """Return the origin of a new *value*: the error, or an earlier answer of a tool; None if neither contains it."""
    if len(value) < 2 or "/" in value or value in {"true", "false", "null"}:
        return None
    pattern = re.compile(rf"(?<![\w.]){re.escape(value)}(?![\w])")
    if failed.error is not None and pattern.search(failed.error):
        return _NAMED
    if not re.search(r"\d", value):
        return None
    steps = piece.trajectory.steps
    for index in range(worked.call - 1, piece.start, -1):
        step = steps[index]
        if step.kind == "tool_result" and index != failed.result and pattern.search(step.text):
            return f"the one `{step.tool}` returned" if step.tool else None
    return None


def leaves(piece: Slice, event: Event) -> dict[str, object]:
    """Return the single values among the arguments of a call, by path: ``payment[0].amount``."""
    arguments = piece.trajectory.steps[event.call].arguments
    found: dict[str, object] = {}
    _flatten("", arguments or {}, found)
    return found


def _flatten(prefix: str, value: object, found: dict[str, object]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _flatten(f"{prefix}.{key}" if prefix else str(key), item, found)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _flatten(f"{prefix}[{position}]", item, found)
    else:
        found[prefix] = value
