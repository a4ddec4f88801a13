"""Find the effects of commands and programs in a file: code spans and blocks of Markdown, or a whole script."""

import re
from collections.abc import Iterator

from t2s_local.safety.actions.effect import Effect
from t2s_local.safety.actions.effects import effects_of_code, effects_of_shell

_FENCE = re.compile(r"^[ \t>]{0,12}(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n]*$")
_SPAN = re.compile(r"(?<!`)(`+)([^`\n]{3,2000})`")
"""Code between marks, each run of marks tried once; the closing run may be shorter or longer than the opening one."""
_PROMPT = re.compile(r"^(?:(?:[ \t]{4,}|\t)(?:(?:\$|PS>|#)[ \t]+)?|[ \t]*(?:\$|>|PS>|#)[ \t]+)(\S.*)$")
_PROMPTS = tuple(" \t$>P#")
_SCRIPT = re.compile(r"(?i)\.(?:sh|bash|zsh|fish|bat|cmd|command)$")
_PROGRAM = re.compile(r"(?i)\.(?:py|js|mjs|cjs|ts|rb|pl|php|ps1|psm1|lua)$")
_PROGRAMS = frozenset(
    {
        "python",
        "py",
        "python3",
        "javascript",
        "js",
        "node",
        "typescript",
        "ts",
        "ruby",
        "perl",
        "php",
        "powershell",
        "ps1",
        "pwsh",
    }
)
_LARGEST_BLOCK = 20_000
MOST_PASSAGES = 1000
"""Largest number of passages of one text that are examined, more than any skill has."""
MOST_CHARACTERS = 200_000


def passages(path: str, text: str) -> Iterator[tuple[int, Effect | None]]:
    """Yield the effects of the commands and programs in *text*, each after its character offset.

    The last effect is None if the text has more passages than are examined.
    """
    if _SCRIPT.search(path) or text.startswith(
        ("#!/bin/sh", "#!/bin/bash", "#!/usr/bin/env bash", "#!/usr/bin/env sh")
    ):
        yield from _placed(0, text, is_program=False)
    elif _PROGRAM.search(path) or text.startswith("#!"):
        yield from _placed(0, text, is_program=True)
    else:
        size = 0
        for number, (start, block, language) in enumerate(_distinct(text)):
            size += len(block)
            if number >= MOST_PASSAGES or size > MOST_CHARACTERS:
                yield start, None
                return
            yield from _placed(start, block, is_program=language in _PROGRAMS)


def _placed(start: int, text: str, *, is_program: bool) -> Iterator[tuple[int, Effect]]:
    for at in range(0, len(text), _LARGEST_BLOCK):
        piece = text[at : at + _LARGEST_BLOCK]
        found = {*effects_of_shell(piece), *effects_of_code(piece)} if is_program else effects_of_shell(piece)
        for effect in sorted(found):
            if not effect.is_common:
                yield start + at + max(0, piece.find(effect.what)), effect


def _distinct(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield offset, text and language of the code blocks in *text*; equal blocks once, single words left out."""
    seen: set[tuple[str, str]] = set()
    for start, block, language in _blocks(text):
        has_arguments = language or any(sign in block for sign in " =(\n\t")
        if has_arguments and (block, language) not in seen:
            seen.add((block, language))
            yield start, block, language


def _blocks(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield offset, text and language of every code block, and of code spans and prompt lines outside of blocks."""
    start, fence, opened, language = 0, "", 0, ""
    lines: list[str] = []
    for line in text.split("\n"):
        mark = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if fence and mark and mark[1].startswith(fence) and not mark[2]:
            yield opened, "\n".join(lines), language
            fence = ""
        elif fence:
            lines.append(line)
        elif mark:
            fence, opened, language, lines = mark[1], start + len(line) + 1, mark[2].lower(), []
        else:
            if "`" in line:
                yield from ((start + found.start(2), found[2], "") for found in _SPAN.finditer(line))
            if line[:1] in _PROMPTS and (prompted := _PROMPT.match(line)):
                yield start + prompted.start(1), prompted[1], ""
        start += len(line) + 1
    if fence:
        yield opened, "\n".join(lines), language
