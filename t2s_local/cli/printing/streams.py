"""Make stdout and stderr accept any text in any encoding, and colour words on a terminal."""

import codecs
import io
import os
import sys

import click

_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "·": "-", "×": "x", "→": "->", "–": "-", "—": "-"}
)
_HANDLER = "t2s-plain"


def fill_closed_streams() -> None:
    """Open standard streams that the caller closed on the null device, where reading fails and output is lost.

    Otherwise the next opened file, such as the database of a workspace, would be the standard output of libraries.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_WRONLY)  # gets the lowest free number, which is this one
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - a number, open to the end


def write_any_text() -> None:
    """Make stdout and stderr accept every character; characters that cannot be encoded become plain text or escapes."""
    codecs.register_error(_HANDLER, _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(errors=_HANDLER)


def coloured(text: str, colour: str) -> str:
    """Return *text* in a colour if stderr is a terminal and ``NO_COLOR`` is not set."""
    is_wanted = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    return click.style(text, fg=colour, bold=True) if is_wanted else text


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Return a replacement for characters that cannot be encoded, as a codec error handler does."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return lost.translate(_PLAIN).encode("ascii", "backslashreplace").decode(), error.end
