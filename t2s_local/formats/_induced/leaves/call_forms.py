"""Recognition of the form of calls in a file: a name that determines the arguments, whatever the field names."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from t2s_local.formats._induced.leaves.leaves import Call, Leaf, Plan, Rec, Survey, Walk
from t2s_local.formats._induced.leaves.trees import Pattern, as_json
from t2s_local.formats._induced.leaves.written_calls import call_in
from t2s_local.formats._maps.call_shapes import ENDINGS
from t2s_local.records.json import Record

_NAME = re.compile(r"[^\W\d][\w.:/\-]{0,60}")
_KEY = re.compile(r"[^\W\d][\w.\-]{0,40}")
_MOST_DIGITS = 2
_MOST_KEYS = 24
_MOST_FORMS = 6
_LONGEST_MARK = 200
_MOSTLY = 0.9
_RANKS = ("named", "keyed", "paired", "written", "inline", "opaque")


class Form(NamedTuple):
    """A form in which calls are written."""

    kind: str
    """``named``, ``keyed``, ``paired``, ``written``, ``inline`` or ``opaque``.

    Named calls have name and arguments in two fields, keyed calls have the arguments under the name, paired calls are
    a list of both, written calls are text, inline calls have the arguments beside the name, and opaque calls are text
    that cannot be parsed.
    """
    pattern: Pattern
    """Pattern of the object with both fields, or of the value itself."""
    name: str = ""
    arguments: str = ""
    n_names: int = 0
    """Number of different tools."""
    n_calls: int = 0
    beside: tuple[str, ...] = ()
    """Fields of an ``inline`` call that are not arguments."""


def forms(survey: Survey) -> list[tuple[Form, ...]]:
    """Return the forms that the calls of a file may have, the likeliest first."""
    found = [*_of_objects(survey), *_of_texts(survey), *_of_lists(survey)]
    outer = {form.pattern for form in found for other in found if other.kind != "opaque" and _is_inside(other, form)}
    found = [form for form in found if form.pattern not in outer or form.kind == "named"]
    found.sort(key=lambda form: (form.n_names < 2, _RANKS.index(form.kind), -form.n_names, -form.n_calls, form))
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
        yield from _named(pattern, objects)
        if (form := _keyed(pattern, objects) or _inline(pattern, objects)) is not None:
            yield form


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
            and _tells(held, key, arguments)
            and not _is_kind(objects, held, key)
        ]
        if names:
            best = max(names, key=lambda key: (len({one[key] for one in held}), -keys.index(key)))
            yield Form("named", pattern, best, arguments, len({one[best] for one in held}), len(held))


def _is_kind(objects: list[Record], held: list[Record], name: str) -> bool:
    """Return whether a field has one value for all calls and others in other records, so that it names kinds."""
    names = {one[name] for one in held}
    return len(names) == 1 and any(is_name(one.get(name)) and one[name] not in names for one in objects)


def _tells(held: list[Record], name: str, arguments: str) -> bool:
    """Return whether the name determines the arguments: calls of one name have mostly the same arguments."""
    kinds: dict[str, set[tuple[str, ...]]] = {}
    for one in held:
        kinds.setdefault(str(one[name]), set()).add(tuple(sorted(given(one[arguments]) or {})))
    return sum(map(len, kinds.values())) <= len(kinds) + len(held) // 4


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
        if _tells(flat, "name", "given")
        else None
    )


def _inline(pattern: Pattern, objects: list[Record]) -> Form | None:
    """Return the form of flat objects in which one field determines which other fields exist; None if there is none."""
    if len(objects) < 3 or any(isinstance(inner, list | dict) for one in objects for inner in one.values()):
        return None
    common = set.intersection(*(set(one) for one in objects))
    names = [
        key for key in common if all(is_name(one[key]) for one in objects) and len({one[key] for one in objects}) > 1
    ]
    every = {key for one in objects for key in one}
    if len(names) != 1 or len(every) - len(common) < 2:
        return None
    flat = [{"name": one[names[0]], "given": {key: one[key] for key in one if key not in common}} for one in objects]
    n_names = len({one[names[0]] for one in objects})
    form = Form("inline", pattern, names[0], "", n_names, len(objects), tuple(sorted(common)))
    return form if _tells(flat, "name", "given") else None


def _of_texts(survey: Survey) -> Iterator[Form]:
    for pattern, texts in survey.texts.items():
        whole = [text for text in texts if text.strip()]
        read = [call for text in whole if (call := call_in(text)) is not None]
        if len(read) >= 2 and len(read) >= _MOSTLY * len(whole):
            yield Form("written", pattern, "", "", len({name for name, _ in read}), len(read))
        elif len(whole) >= 3 and (heads := _heads(whole)):
            yield Form("opaque", pattern, "", "", len(heads), len(whole))


def _heads(texts: list[str]) -> set[str]:
    """Return the tool names with which texts begin; empty if the texts do not begin with recurring names."""
    heads = [
        match[0] for text in texts if (match := re.match(r"[^\W\d][\w.\-]*", text.lstrip("[(<{@/!$> "))) is not None
    ]
    found = set(heads)
    is_again = len(heads) == len(texts) and len(found) * 2 <= len(texts)
    is_long = sum(len(text) > len(head) + 4 for text, head in zip(texts, heads, strict=False)) * 2 >= len(texts)
    is_code = is_long and sum(head.count("_") + head.count(".") > 0 for head in heads) * 2 >= len(heads)
    return found if is_again and is_code and 1 < len(found) <= _MOST_KEYS else set()


def _of_lists(survey: Survey) -> Iterator[Form]:
    for pattern, lists in survey.lists.items():
        pairs = [one for one in lists if len(one) == 2 and is_name(one[0]) and given(one[1]) is not None]
        if len(pairs) >= 2 and len(pairs) == len(lists):
            flat = [{"name": one[0], "given": one[1]} for one in pairs]
            if _tells(flat, "name", "given"):
                yield Form("paired", pattern, "", "", len({str(one[0]) for one in pairs}), len(pairs))


def is_name(value: object) -> bool:
    """Return whether a value may name a tool: no id with many digits, and no word for an outcome."""
    if not isinstance(value, str) or value.lower() in ENDINGS or _NAME.fullmatch(value) is None:
        return False
    return sum(map(str.isdigit, value)) <= _MOST_DIGITS


def given(value: object) -> Record | None:
    """Return a value as arguments: an object, its JSON text, or a list of pairs; None for anything else."""
    inner = as_json(value) if isinstance(value, str) else value
    if isinstance(inner, list):
        inner = _of_pairs(inner)
    if not isinstance(inner, dict) or len(inner) > _MOST_KEYS:
        return None
    return inner if all(_KEY.fullmatch(key) for key in inner) else None


def _of_pairs(value: list[object]) -> Record | None:
    """Return a list of pairs of key and value as an object; None for any other list."""
    pairs = [
        tuple(one.values()) if isinstance(one, dict) else tuple(one) if isinstance(one, list) else () for one in value
    ]
    if not pairs or not all(len(pair) == 2 and isinstance(pair[0], str) for pair in pairs):
        return None
    keys = [str(pair[0]) for pair in pairs]
    return dict(zip(keys, (pair[1] for pair in pairs), strict=True)) if len(set(keys)) == len(keys) else None


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
        if form is None or form.kind == "named":
            return None
        if form.kind == "keyed" and isinstance(value, dict) and len(value) == 1:
            name, inner = next(iter(value.items()))
            return Call(name, given(inner), None)
        if form.kind == "inline" and isinstance(value, dict) and is_name(value.get(form.name)):
            return Call(str(value[form.name]), {key: one for key, one in value.items() if key not in form.beside}, None)
        if form.kind == "paired" and isinstance(value, list) and len(value) == 2:
            return Call(str(value[0]), given(value[1]), None)
        if form.kind in ("written", "opaque") and isinstance(value, str) and value.strip():
            read = call_in(value) if form.kind == "written" else None
            return Call(None, None, value.strip()) if read is None else Call(*read, value.strip())
        return None

    def call_inside(self, pattern: Pattern, value: Record) -> tuple[Call, str, str] | None:
        """Return the call in two fields of an object, with the keys of its name and arguments; None if it has none."""
        form = self._forms.get(pattern)
        if form is None or form.kind != "named" or not is_name(value.get(form.name)):
            return None
        arguments = given(value.get(form.arguments))
        return None if arguments is None else (Call(str(value[form.name]), arguments, None), form.name, form.arguments)

    def scalar(self, value: object, pattern: Pattern, at: Pattern, rec: Rec) -> Iterator[Leaf]:
        """Yield a text of prose; store a short value as a mark of its record."""
        if pattern in self._prose and isinstance(value, str | int | float) and not isinstance(value, bool):
            yield Leaf(rec, at, str(value))
        elif isinstance(value, str | int | float) and len(str(value)) <= _LONGEST_MARK:
            rec.marks.setdefault(at, value)
