"""Find the here-documents of a command, to compare commands without them."""

import re

_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?([^\n]*)\n(?:.*?\n)?\s*\1[ \t]*(?=\n|$)", re.DOTALL)
"""Here-document; the second group is the rest of the command's own line."""
_WRITTEN = re.compile(r"\b(?:cat|tee)\b[^\n|]*" + _HEREDOC.pattern, re.DOTALL)
_LONG = 20_000
"""Characters up to which here-documents are looked for in any command."""
_MOST_GIVEN, _MOST_WRITERS = 40, 200
"""Most marks of here-documents, and most names of programs that write them, in a longer command that is searched."""


def without_given(command: str) -> str:
    """Return *command* without its here-documents and what writes them to a file.

    A long command with very many marks stays as it is: the time to find their ends grows with the square.
    """
    return command if _is_entangled(command) else _HEREDOC.sub(r"\2", _WRITTEN.sub("", command))


def given_in(command: str) -> list[str]:
    """Return the here-documents of *command*; none for a long command with very many marks."""
    return [] if _is_entangled(command) else [found[0] for found in _HEREDOC.finditer(command)]


def _is_entangled(command: str) -> bool:
    if len(command) <= _LONG:
        return False
    return command.count("<<") > _MOST_GIVEN or command.count("cat") + command.count("tee") > _MOST_WRITERS
