"""The shape of an answer to one question: numbers that exist, lines of bounded length, code that is copied.

An engine that knows grammars cannot leave the shape; for any other there is a JSON schema, and code checks what came.
"""

import json
import re
from collections.abc import Mapping, Sequence

from t2s_local.values.value import Value

_PIECES = re.compile(r"\w+|\s|[^\w\s]")
_MOST_SOURCES = 24
_LONGEST_SOURCE = 400
"""Characters of a source that can be copied from: what is longer is no command to pass on."""
_PLAIN = r'[^"\\`\x00-\x1f]'
_LONGEST_CODE = 100


class OneOf(Value, frozen=True, kw_only=True):
    """One of several numbers or words; what no question offers cannot be said."""

    choices: tuple[int, ...] | tuple[str, ...]


class Line(Value, frozen=True, kw_only=True):
    """One line of words without code."""

    longest: int
    shortest: int = 8


class CodedLine(Value, frozen=True, kw_only=True):
    """One line in which what stands between backticks is copied from *sources*, whole words of one of them."""

    longest: int
    """Characters of words; code comes on top, at most three times."""
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
        fields: What the answer has.
        otherwise: A whole answer that may be given instead; None where there is no other.
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
    """Return the JSON schema of the same answer, as near as a schema comes; every field may be left out."""
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
    """Whole words of *source* one after another, each spelt as inside a JSON text."""
    pieces = [json.dumps(piece, ensure_ascii=False)[1:-1] for piece in _PIECES.findall(source)]
    return json.dumps({"substring_chunks": pieces}, ensure_ascii=False)


def _schema(field: Field) -> dict[str, object]:
    match field:
        case OneOf(choices=choices):
            return {"enum": list(choices)}
        case Line(longest=longest, shortest=shortest) | CodedLine(longest=longest, shortest=shortest):
            return {"type": "string", "minLength": shortest, "maxLength": min(600, 2 * longest)}
