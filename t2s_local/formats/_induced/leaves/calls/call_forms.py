"""Recognition of the form of calls in a file: a name that determines the arguments, whatever the field names."""

from collections.abc import Iterator

from t2s_local.formats._induced.leaves.calls.apart import apart, call_apart
from t2s_local.formats._induced.leaves.calls.form import Form, given, is_name, tells
from t2s_local.formats._induced.leaves.calls.inline import call_inline, inline
from t2s_local.formats._induced.leaves.calls.listed_calls import listed_call
from t2s_local.formats._induced.leaves.calls.openings import heads_of
from t2s_local.formats._induced.leaves.calls.written_calls import call_in
from t2s_local.formats._induced.leaves.leaves import Call, Inside, Leaf, Plan, Rec, Survey, Walk
from t2s_local.formats._induced.leaves.trees import Pattern, as_json
from t2s_local.records.json import Record

_MOST_KEYS = 24
_MOST_FORMS = 6
_LONGEST_MARK = 200
_MOSTLY = 0.9
_RANKS = ("named", "keyed", "paired", "listed", "written", "inline", "apart", "opaque")


def forms(survey: Survey) -> list[tuple[Form, ...]]:
    """Return the forms that the calls of a file may have, the likeliest first."""
    found = [*_of_objects(survey), *_of_texts(survey), *_of_lists(survey)]
    outer = {form.pattern for form in found for other in found if other.kind != "opaque" and _is_inside(other, form)}
    found = [form for form in found if form.pattern not in outer or form.kind == "named"]
    found.sort(
        key=lambda form: (
            form.n_names < 2,
            _RANKS.index(form.kind),
            not form.kind_key,
            -form.n_names,
            -form.n_calls,
            form,
        )
    )
    sets: list[tuple[Form, ...]] = [(form,) for form in found[:_MOST_FORMS]]
    whole = [form for form in found if form.kind != "opaque"]
    inner = [form for form in found if not any(_is_inside(other, form) for other in whole)]
    sets.sort(key=lambda one: one[0] not in inner)
    return sets


def _is_inside(inner: Form, outer: Form) -> bool:
    start = inner.pattern[: len(outer.pattern)]
    if start != outer.pattern or inner.pattern == outer.pattern:
        return False
    return not outer.arguments or inner.pattern[len(start)].partition("=")[0] == outer.arguments


def _of_objects(survey: Survey) -> Iterator[Form]:
    for pattern, objects in survey.objects.items():
        named = list(_named(pattern, objects))
        yield from named
        if (form := _keyed(pattern, objects) or apart(pattern, objects)) is not None:
            yield form
        elif not named:
            yield from inline(pattern, objects)


def _named(pattern: Pattern, objects: list[Record]) -> Iterator[Form]:
    keys = list(dict.fromkeys(key for one in objects for key in one))
    for arguments in keys if len(keys) <= _MOST_KEYS * 2 else ():
        held = [one for one in objects if given(one.get(arguments)) is not None]
        others = sum(bool(one.get(arguments)) for one in objects) - len(held)
        n_worded = sum(
            any(not isinstance(inner, int | float) for inner in (given(one[arguments]) or {}).values()) for one in held
        )
        if (
            n_worded < 2
            or n_worded * 2 < len(held)
            or "" in (one.get(arguments) for one in held)
            or others > (1 - _MOSTLY) * len(held)
        ):
            continue
        names = [
            key
            for key in keys
            if key != arguments
            and all(is_name(one.get(key)) for one in held)
            and tells(held, key, arguments)
            and not _is_kind(objects, held, key)
        ]
        if names:
            best = max(names, key=lambda key: (len({one[key] for one in held}), -keys.index(key)))
            yield Form("named", pattern, best, arguments, len({one[best] for one in held}), len(held))


def _is_kind(objects: list[Record], held: list[Record], name: str) -> bool:
    """Return whether a field names kinds of records: one value in all calls *held*, and other values in *objects*."""
    names = {one[name] for one in held}
    return len(names) == 1 and any(is_name(one.get(name)) and one[name] not in names for one in objects)


def _keyed(pattern: Pattern, objects: list[Record]) -> Form | None:
    whole = [one for one in objects if one]
    if len(whole) < 2 or not all(len(one) == 1 for one in whole):
        return None
    pairs = [next(iter(one.items())) for one in whole]
    if not all(is_name(name) and given(inner) is not None for name, inner in pairs):
        return None
    flat = [{"name": name, "given": inner} for name, inner in pairs]
    return (
        Form("keyed", pattern, "", "", len({name for name, _ in pairs}), len(pairs))
        if tells(flat, "name", "given")
        else None
    )


def _of_texts(survey: Survey) -> Iterator[Form]:
    for pattern, texts in survey.texts.items():
        whole = [text for text in texts if text.strip()]
        read = [call for text in whole if (call := call_in(text)) is not None]
        if len(read) >= 2 and len(read) >= _MOSTLY * len(whole):
            yield Form("written", pattern, "", "", len({name for name, _ in read}), len(read))
        elif len(whole) >= 3 and not any(as_json(text) for text in whole) and (heads := heads_of(whole)):
            yield Form("opaque", pattern, "", "", len(heads), len(whole))


def _of_lists(survey: Survey) -> Iterator[Form]:
    for pattern, lists in survey.lists.items():
        pairs = [one for one in lists if len(one) == 2 and is_name(one[0]) and given(one[1]) is not None]
        if len(pairs) >= 2 and len(pairs) == len(lists):
            flat = [{"name": one[0], "given": one[1]} for one in pairs]
            if tells(flat, "name", "given"):
                yield Form("paired", pattern, "", "", len({str(one[0]) for one in pairs}), len(pairs))
        elif len(lists) > 1 and all(found := [listed_call(one) for one in lists]):
            flat = [{"name": call[0], "given": call[1]} for call in found if call is not None]
            names = {str(one["name"]) for one in flat}
            if len(names) > 1 and tells(flat, "name", "given"):
                yield Form("listed", pattern, "", "", len(names), len(flat))


class CallWalk(Walk):
    """Walk through a file whose forms of calls and patterns of prose are known."""

    def __init__(self, found: tuple[Form, ...], prose: frozenset[Pattern], plan: Plan) -> None:
        """Start a walk; *prose* are the patterns of texts that are words rather than names, ids or times."""
        super().__init__(None, plan)
        self._forms = {form.pattern: form for form in found}
        self._prose = prose

    def call(self, pattern: Pattern, value: object) -> Call | None:
        """Return the call in a value by the form of its pattern; None if it contains none."""
        form = self._forms.get(pattern)
        if form is None or form.kind in ("named", "inline"):
            return None
        if form.kind == "apart" and isinstance(value, dict):
            return call_apart(form, value)
        if form.kind == "keyed" and isinstance(value, dict) and len(value) == 1:
            name, inner = next(iter(value.items()))
            return Call(name, given(inner), None)
        if form.kind == "paired" and isinstance(value, list) and len(value) == 2:
            return Call(str(value[0]), given(value[1]), None)
        if form.kind == "listed" and isinstance(value, list):
            read = listed_call(value)
            return None if read is None else Call(*read, None)
        if form.kind in ("written", "opaque") and isinstance(value, str) and value.strip():
            read = call_in(value) if form.kind == "written" else None
            return Call(None, None, value.strip()) if read is None else Call(*read, value.strip())
        return None

    def call_inside(self, pattern: Pattern, value: Record) -> Inside | None:
        """Return the call in some fields of an object; None if it has none."""
        form = self._forms.get(pattern)
        if form is None or form.kind not in ("named", "inline") or not is_name(value.get(form.name)):
            return None
        if form.kind == "inline":
            return call_inline(form, value)
        arguments = given(value.get(form.arguments))
        if arguments is None:
            return None
        return Inside(
            Call(str(value[form.name]), arguments, None), form.arguments, frozenset((form.name, form.arguments))
        )

    def scalar(self, value: object, pattern: Pattern, at: Pattern, rec: Rec) -> Iterator[Leaf]:
        """Yield a text of prose; store a short value as a mark of its record."""
        if pattern in self._prose and isinstance(value, str | int | float) and not isinstance(value, bool):
            yield Leaf(rec, at, str(value))
        elif isinstance(value, str | int | float) and len(str(value)) <= _LONGEST_MARK:
            rec.marks.setdefault(at, value)
