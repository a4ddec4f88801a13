"""Read the redirections of a command: files for its output, and files and text for its input."""

from collections.abc import Iterable

from t2s_local.text.shell.tokens import Token

_NO_FILES = ("/dev/null", "/dev/std", "/dev/fd", "/dev/tty")
Redirection = tuple[Token, Token | None]
"""An operator such as ``>``, and the word after it; None for a here-document."""


def redirected(
    redirections: Iterable[Redirection],
) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    """Return the files for the output, the files for the input, and the text for the input (None without a text)."""
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
