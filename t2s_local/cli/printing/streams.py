"""Streams that any text goes through, whatever their encoding, and words in colour where a person looks at them."""

import codecs
import io
import os
import sys

import click

_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "·": "-", "×": "x", "→": "->", "–": "-", "—": "-"}
)
_HANDLER = "t2s-plain"


def write_any_text() -> None:
    """Let stdout and stderr take every character: what their encoding lacks becomes a plain one or an escape."""
    codecs.register_error(_HANDLER, _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(errors=_HANDLER)


def coloured(text: str, colour: str) -> str:
    """Return *text* in a colour where stderr is a terminal and the user did not forbid colours (``NO_COLOR``)."""
    is_wanted = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    return click.style(text, fg=colour, bold=True) if is_wanted else text


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Replace the characters that cannot be encoded, as an error handler of a codec."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return lost.translate(_PLAIN).encode("ascii", "backslashreplace").decode(), error.end
