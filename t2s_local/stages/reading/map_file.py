"""Read and write maps: TOML files that say where a file keeps its runs; errors name the line."""

import json
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

import msgspec

from t2s_local.errors import InputError, UsageError
from t2s_local.files import open_regular
from t2s_local.records.paths.paths import json_path
from t2s_local.values.layout import KEY_IS_NAME, Layout

_LARGEST = 64 << 10
"""Largest number of bytes of a map; the map for all formats that t2s knows by name has four thousand."""
_MOST = 64
"""Largest number of paths or words in one field."""
_LONGEST_WORD = 200
_HINT = "`t2s read FILE --suggest-map` writes a map to begin with."
_SECTION = re.compile(r"\s*\[\s*([\w-]+)\s*\]")
_KEY = re.compile(r"\s*(?:([\w-]+)\s*\.\s*)?([\w-]+)\s*=")
_AT_LINE = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
_WORDS = {
    ("runs", "each"): ("value", "file", "request"),
    ("steps", "events"): ("openhands",),
    ("steps", "answers"): ("this", "before"),
}
"""Fields whose value is one of a few words instead of paths."""
_SECTIONS: dict[str, tuple[str, ...]] = {
    name: type(getattr(Layout(), name)).__struct_fields__ for name in Layout.__struct_fields__
}


class _MapFile:
    """The text of a map, with the line numbers of its fields."""

    def __init__(self, path: Path, text: str) -> None:
        """Find the line of each field in *text*."""
        self._path = path
        self._lines: dict[tuple[str, str], int] = {}
        section = ""
        for number, line in enumerate(text.split("\n"), 1):
            if found := _SECTION.match(line):
                section = found[1]
                self._lines.setdefault((section, ""), number)
            elif found := _KEY.match(line):
                self._lines.setdefault(
                    (section or found[1] or found[2], found[2] if section or found[1] else ""), number
                )
        self._n_lines = text.count("\n") + 1

    def refuse(self, message: str, section: str = "", key: str = "", *, hint: str = _HINT) -> NoReturn:
        """Raise an error that names the line of a field.

        Raises:
            UsageError: always.
        """
        line = self._lines.get((section, key)) or self._lines.get((section, "")) or 1
        raise UsageError(message, path=self._path, line=line, hint=hint)


_NESTED = re.compile(r"(?:[\[{]\s*){32}")
"""More nested brackets than any map has; refused here, since the parser's own limit depends on its caller."""


def read_map(path: Path) -> Layout:
    """Read a map.

    Raises:
        UsageError: *path* is no file, no TOML, or no map; the error names the line.
    """
    try:
        with open_regular(path) as stream:
            data = stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            message = f"a map of more than {_LARGEST >> 10} kB"
            raise UsageError(message, path=path, hint=_HINT)
        text = data.decode("utf-8").replace("\r\n", "\n")
        if (nested := _NESTED.search(text)) is not None:
            message = "nested too deeply"
            raise UsageError(message, path=path, line=text.count("\n", 0, nested.start()) + 1, hint=_HINT)
        given = tomllib.loads(text)
    except InputError as error:
        raise UsageError(error.message, path=path, hint=_HINT) from error
    except UnicodeDecodeError as error:
        message = "not UTF-8"
        raise UsageError(message, path=path, line=data.count(b"\n", 0, error.start) + 1, hint=_HINT) from error
    except RecursionError as error:
        message = "nested too deeply"
        raise UsageError(message, path=path, line=1, hint=_HINT) from error
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.fullmatch(str(error))
        line = int(found[2]) if found and found[2] else text.count("\n") + 1
        reason = found[1] if found else str(error)
        message = f"no TOML: {reason[:1].lower()}{reason[1:]}"
        raise UsageError(message, path=path, line=line, hint=_HINT) from error
    return _checked(given, _MapFile(path, text))


def _checked(given: dict[str, object], file: _MapFile) -> Layout:
    sections: dict[str, dict[str, object]] = {}
    for section, fields in given.items():
        if section not in _SECTIONS:
            file.refuse(_unknown("section", section, tuple(_SECTIONS)), section)
        if not isinstance(fields, dict):
            file.refuse(f"[{section}] is a section", section)
        sections[section] = {key: _field(section, key, value, file) for key, value in fields.items()}
    layout = msgspec.convert(sections, Layout)
    _refuse_ambiguous(layout, file)
    _refuse_incomplete(layout, file)
    return layout


def _field(section: str, key: str, value: object, file: _MapFile) -> object:
    if key not in _SECTIONS[section]:
        file.refuse(_unknown(f"field of [{section}]", key, _SECTIONS[section]), section, key)
    if (section, key) in _WORDS:
        if value not in _WORDS[section, key]:
            file.refuse(f"`{key}` is {' or '.join(_WORDS[section, key])}", section, key)
        return value
    items = value if isinstance(value, list) else [value]
    if len(items) > _MOST:
        file.refuse(f"`{key}` has more than {_MOST} entries", section, key)
    for item in items:
        if not isinstance(item, str) or not item.strip() or len(item) > _LONGEST_WORD:
            file.refuse(f"`{key}` is a text of at most {_LONGEST_WORD} characters, or a list of such", section, key)
        if section != "roles" and (section, key, item) != ("calls", "name", KEY_IS_NAME):
            _check_path(section, key, item, file)
    return tuple(items)


def _check_path(section: str, key: str, text: str, file: _MapFile) -> None:
    try:
        path = json_path(text)
    except ValueError as error:
        file.refuse(str(error), section, key, hint="Paths are written like $.runs[*], message.role or [0].")
    if key == "at" and not path.is_absolute:
        file.refuse(f"`at` begins at the whole value: ${'' if text.startswith('[') else '.'}{text}", section, key)
    is_fact = section == "runs" and key not in ("steps", "opening", "columns", "by")
    if path.is_absolute and not is_fact and (section, key, text) != ("steps", "calls", "$"):
        file.refuse(f"`{key}` is seen from the run or the step, so without `$`", section, key)
    if key == "columns" and not isinstance(path.parts[-1], str):
        file.refuse("`columns` are lists by their names", section, key)


def _unknown(kind: str, name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"no {kind} is called {name[:40]!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def _refuse_ambiguous(layout: Layout, file: _MapFile) -> None:
    """Raise an error if a word names two roles."""
    roles: dict[str, str] = {}
    for role in layout.roles.__struct_fields__:
        for word in getattr(layout.roles, role):
            if (other := roles.setdefault(word.strip().lower(), role)) != role:
                file.refuse(f"{word!r} is both {other} and {role}", "roles", role)


def _refuse_incomplete(layout: Layout, file: _MapFile) -> None:
    """Raise an error if the map cannot lead to any step."""
    runs, steps = layout.runs, layout.steps
    if runs.each != "file" and not runs.steps and not runs.columns:
        file.refuse('[runs] does not say where the steps are: `steps`, `columns`, or `each = "file"`', "runs")
    if runs.steps and runs.columns:
        file.refuse("`steps` and `columns` say two things", "runs", "columns")
    is_text = runs.steps and not any(path.endswith("[*]") for path in runs.steps)
    if not (is_text or steps.role or steps.user or steps.agent or steps.calls or steps.events):
        file.refuse("[steps] does not say who speaks: `role`, or what is said by `user` and `agent`", "steps")
    if steps.role and not any(getattr(layout.roles, role) for role in layout.roles.__struct_fields__):
        file.refuse("[roles] names no word for a role", "roles")


def write_map(layout: Layout) -> str:
    """Return a map as TOML, without the fields that have their default."""
    lines: list[str] = []
    for section in Layout.__struct_fields__:
        fields = getattr(layout, section)
        default = getattr(Layout(), section)
        told = [key for key in fields.__struct_fields__ if getattr(fields, key) != getattr(default, key)]
        if told:
            lines += ["", f"[{section}]", *(f"{key} = {_toml(getattr(fields, key))}" for key in told)]
    return "\n".join(lines[1:]) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=True)
    items = [_toml(item) for item in value] if isinstance(value, tuple) else []
    return items[0] if len(items) == 1 else f"[{', '.join(items)}]"
