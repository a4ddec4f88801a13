"""Map of a format, derived from the observed content and order of its records."""

from collections import Counter
from collections.abc import Iterable

from t2s_local.formats._fallback.behaviour import Behaviour, Fields, Slot
from t2s_local.formats._fallback.told_roles import roles_by_place
from t2s_local.formats._maps.mapped_runs import Conversation
from t2s_local.records.outcome import label_of
from t2s_local.records.paths.paths import LONGEST, Parts, written
from t2s_local.values.layout import (
    KEY_IS_NAME,
    CallPaths,
    Layout,
    Paths,
    ResultPaths,
    Role,
    RoleWords,
    RunPaths,
    StepPaths,
)


def layout_of(runs: list[Conversation], shape: RunPaths) -> Layout | None:
    """Return the map of runs found at a place; None if their records contradict each other."""
    seen = Behaviour([one.items for one in runs])
    if not seen.calls or not seen.results:
        return None
    roles = roles_by_place(seen)
    if roles is None:
        return None
    words = _role_words(seen, roles)
    plain = {slot.path for slot in roles if not slot.kind.strip("|")}
    by_role = {
        role: _paths(path for path in plain if roles.get(Slot(_kind_of(path, roles), path)) == role)
        for role in ("system", "user", "agent")
    }
    thought = _paths(slot.path for slot, role in roles.items() if role == "thought")
    text = _paths(slot.path for slot, role in roles.items() if role != "thought" and slot.path not in plain)
    calls, results = _call_paths(seen), _result_paths(seen)
    holder = seen.results[0][:1] if seen.results else ()
    steps = StepPaths(
        role=_paths(reversed(seen.words)) if words is not None and any(map(any, ([words.user, words.agent],))) else (),
        text=text,
        system=by_role["system"],
        user=by_role["user"],
        agent=by_role["agent"],
        thought=tuple(path for path in thought if path not in text),
        parts=_paths(seen.levels),
        calls=("$",) if seen.flat is not None else _paths(seen.calls),
        results=_paths([holder]),
        id=() if seen.chain is None else (written((seen.chain[0],), is_absolute=False),),
        parent=() if seen.chain is None else (written((seen.chain[1],), is_absolute=False),),
        answers="before" if seen.is_late else "this",
    )
    facts = _facts(runs, shape, has_user="user" in roles.values())
    if facts is None or (shape.at != ("$",) and not facts.id):
        return None
    return Layout(runs=facts, steps=steps, calls=calls, results=results, roles=words)


def _kind_of(path: Parts, roles: dict[Slot, Role]) -> str:
    return next(slot.kind for slot in roles if slot.path == path and not slot.kind.strip("|"))


def _paths(parts: Iterable[Parts]) -> Paths:
    return tuple(dict.fromkeys(written(path, is_absolute=False) for path in parts if path))


def _role_words(seen: Behaviour, roles: dict[Slot, Role]) -> RoleWords:
    """Return the role words that occur in records of a single role, by role."""
    played: dict[str, Counter[Role]] = {}
    for fields in seen.records:
        own = _roles_in(fields, seen, roles)
        for path in seen.words:
            if isinstance(word := fields.get(path), str) and own:
                played.setdefault(word, Counter()).update(own)
    told: dict[str, list[str]] = {}
    for word, found in played.items():
        agents = found["agent"] + found["thought"] + found["call"]
        if len(found) == 1:
            told.setdefault(next(iter(found)), []).append(word.lower())
        elif agents == found.total() and found["agent"]:
            told.setdefault("agent", []).append(word.lower())
    return RoleWords(**{role: tuple(sorted(found)) for role, found in told.items()})


def _roles_in(fields: Fields, seen: Behaviour, roles: dict[Slot, Role]) -> set[Role]:
    """Return the roles of a record; the role of an agent includes its thoughts and calls."""
    own: set[Role] = {role for path in fields if (role := roles.get(Slot(seen.kind(fields), path))) is not None}
    if not own:
        return (
            {"call"} if seen.has_call(fields) else {"result"} if any(path in fields for path in seen.results) else own
        )
    return {"agent"} if seen.has_call(fields) or "agent" in own else own


def _call_paths(seen: Behaviour) -> CallPaths:
    shapes = list(seen.calls.values())
    names = [KEY_IS_NAME if shape.kind == "keyed" else shape.name for shape in shapes if shape.kind != "written"]
    arguments = [shape.arguments for shape in shapes if shape.kind in ("named", "flat")]
    own = _paths(seen.ids[:1])
    return CallPaths(
        name=tuple(
            dict.fromkeys(name if name == KEY_IS_NAME else written((name,), is_absolute=False) for name in names)
        ),
        arguments=tuple(dict.fromkeys(written((key,), is_absolute=False) for key in arguments)),
        id=own,
        beside=own,
    )


def _result_paths(seen: Behaviour) -> ResultPaths:
    """Return the paths of results, both from the record of a result and from the object inside a larger record."""
    first = seen.results[0]
    beside: dict[Parts, list[object]] = {}
    for fields in seen.records:
        for path, value in fields.items():
            if len(first) > 1 and path[:-1] == first[:-1] and path not in seen.ids:
                beside.setdefault(path, []).append(value)
    texts, errors, fine = [], [], []
    for path, values in beside.items():
        if all(isinstance(value, bool) for value in values):
            fine.append(path)
        elif len({str(value) for value in values}) <= 3 and all(" " not in str(value) for value in values):
            errors.append(path)
        else:
            texts.append(path)
    full = texts or [first]
    ids = seen.ids[-1:]
    return ResultPaths(
        text=_paths([*full, *(path[1:] for path in full)]),
        call=_paths([*ids, *(path[1:] for path in ids)]),
        error=_paths([*errors, *(path[1:] for path in errors)]),
        ok=_paths([*fine, *(path[1:] for path in fine)]),
    )


def _is_said(value: object) -> bool:
    return isinstance(value, str) and value.count(" ") > 1


def _facts(runs: list[Conversation], shape: RunPaths, *, has_user: bool) -> RunPaths | None:
    """Return the paths of id, outcome, and of the task if no user speaks; None if other texts are left over."""
    fields: dict[str, list[object]] = {}
    for one in runs:
        for record in one.beside[: 1 if shape.each == "value" else None]:
            for key, value in record.items():
                if isinstance(value, str | bool | float) and key != "$" and len(key) < LONGEST // 4:
                    fields.setdefault(key, []).append(value)
    whole = {key: found for key, found in fields.items() if len(found) == len(runs)}
    asked = [key for key, found in whole.items() if all(map(_is_said, found))]
    told = {value for one in runs for item in one.items for value in item.values() if isinstance(value, str)}
    extra = [
        key
        for key, found in fields.items()
        if key not in ([] if has_user else asked[:1]) and any(_is_said(value) and value not in told for value in found)
    ]
    if extra:
        return None
    names = [
        key
        for key, found in whole.items()
        if all(isinstance(value, str) and " " not in value and value.count(":") < 2 for value in found)
        and len(set(map(str, found))) == len(runs)
    ]
    ended = [key for key, found in whole.items() if all(label_of(value, "") is not None for value in found)]
    return RunPaths(
        each=shape.each,
        by=shape.by,
        at=shape.at,
        steps=shape.steps,
        id=_paths((key,) for key in names[:1]),
        task=() if has_user else _paths((key,) for key in asked[:1]),
        outcome=_paths((key,) for key in ended[:1]) if len(ended) == 1 else (),
    )
