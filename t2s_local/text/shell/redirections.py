"""Where the output of a command goes and what it is fed with."""

from collections.abc import Iterable

from t2s_local.text.shell.tokens import Token

_NO_FILES = ("/dev/null", "/dev/std", "/dev/fd", "/dev/tty")
Redirection = tuple[Token, Token | None]
"""A sign such as ``>``, and the word behind it; None for a text on lines of its own."""


def redirected(
    redirections: Iterable[Redirection],
) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    """Return the files that are written to, the files and the text that a command is fed with."""
    writes, reads, given = list[str](), list[str](), None
    for token, word in redirections:
        target = "" if word is None else word.text
        if token.given is not None:
            given = token.given
        elif token.text == "<<<":
            given = target
        elif ">" in token.text and target and not target.startswith(_NO_FILES) and not target.isdigit():
            writes.append(target)
        elif token.text == "<":
            reads.append(target)
    return tuple(writes), tuple(reads), given
