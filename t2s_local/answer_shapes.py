"""The shape of a model's answer to a question: offered choices, lines of bounded length, code copied from sources.

An engine that supports grammars can only answer in this shape; for other engines there is a JSON schema, and code
checks the answer.
"""

import json
import re
from collections.abc import Mapping, Sequence

from t2s_local.values.value import Value

_PIECES = re.compile(r"\w+|\s|[^\w\s]")
_MOST_SOURCES = 24
_LONGEST_SOURCE = 400
"""Number of characters of a line from which code can be copied; a longer line is no useful command."""
_PLAIN = r'[^"\\`\x00-\x1f]'
_LONGEST_CODE = 100


class OneOf(Value, frozen=True, kw_only=True):
    """A field with one of several numbers or words that the question offers."""

    choices: tuple[int, ...] | tuple[str, ...]


class Line(Value, frozen=True, kw_only=True):
    """A field with one line of words without code; lengths in characters."""

    longest: int
    shortest: int = 8


class CodedLine(Value, frozen=True, kw_only=True):
    """A field with one line, in which text between backticks is copied from one of *sources*, in whole words."""

    longest: int
    """Largest number of characters of the first piece of words; up to three pieces of code and words follow."""
    sources: tuple[str, ...]
    shortest: int = 8


Field = OneOf | Line | CodedLine
Fields = Mapping[str, Field]


def sources_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the lines of *texts* that code can be copied from, each once."""
    lines = (line.strip()[:_LONGEST_SOURCE] for text in texts for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if len(line) > 1 and "`" not in line))[:_MOST_SOURCES]


def grammar_of(fields: Fields, *, otherwise: Mapping[str, object] | None = None) -> str:
    """Return the grammar, in llguidance's Lark, of one JSON object with *fields* in their order.

    Args:
        fields: Fields of the answer, by name.
        otherwise: A fixed alternative for the whole answer; None for no alternative.
    """
    parts: list[str] = []
    rules: list[str] = []
    for at, (name, field) in enumerate(fields.items()):
        opening = "{" if at == 0 else ", "
        quote = '"' if _is_text(field) else ""
        parts += [_literal(f"{opening}{json.dumps(name)}: {quote}"), f"field{at}"]
        parts += [_literal('"')] if quote else []
        rules += _rule(at, field)
    whole = " ".join([*parts, _literal("}")])
    start = f"start: {whole}" if otherwise is None else f"start: {_literal(json.dumps(otherwise))} | {whole}"
    return "\n".join([start, *rules]) + "\n"


def schema_of(fields: Fields) -> dict[str, object]:
    """Return the JSON schema of an answer with *fields*, less strict than the grammar; every field is optional."""
    return {
        "type": "object",
        "properties": {name: _schema(field) for name, field in fields.items()},
        "required": [],
        "additionalProperties": False,
    }


def _is_text(field: Field) -> bool:
    return not isinstance(field, OneOf) or any(isinstance(choice, str) for choice in field.choices)


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _rule(at: int, field: Field) -> list[str]:
    match field:
        case OneOf(choices=choices):
            return [f"field{at}: {' | '.join(_literal(str(choice)) for choice in choices)}"]
        case Line(longest=longest, shortest=shortest):
            return [f"field{at}: TEXT{at}", f"TEXT{at}: /{_PLAIN}{{{shortest},{longest}}}/"]
        case CodedLine(longest=longest, sources=()):
            return _rule(at, Line(longest=longest, shortest=field.shortest))
        case CodedLine(longest=longest, sources=sources):
            return _coded(at, longest, sources)


def _coded(at: int, longest: int, sources: Sequence[str]) -> list[str]:
    names = [f"SOURCE{at}_{number}" for number in range(len(sources))]
    one, shortest = longest // 2, 4
    return [
        f"field{at}: FIRST{at} (code{at} REST{at}){{0,3}}",
        f"FIRST{at}: /{_PLAIN}{{{shortest},{longest}}}/",
        f"REST{at}: /{_PLAIN}{{1,{one}}}/",
        f'code{at}: "`" CODE{at} "`"',
        rf"CODE{at}: ({' | '.join(names)}) & /[^`\s]([^`\n]{{0,{_LONGEST_CODE}}}[^`\s])?/",
        *(f"{name}: %regex {_copied(source)}" for name, source in zip(names, sources, strict=True)),
    ]


def _copied(source: str) -> str:
    """Return the grammar rule for any sequence of adjacent whole words of *source*, escaped as in a JSON text."""
    pieces = [json.dumps(piece, ensure_ascii=False)[1:-1] for piece in _PIECES.findall(source)]
    return json.dumps({"substring_chunks": pieces}, ensure_ascii=False)


def _schema(field: Field) -> dict[str, object]:
    match field:
        case OneOf(choices=choices):
            return {"enum": list(choices)}
        case Line(longest=longest, shortest=shortest) | CodedLine(longest=longest, shortest=shortest):
            return {"type": "string", "minLength": shortest, "maxLength": min(600, 2 * longest)}
