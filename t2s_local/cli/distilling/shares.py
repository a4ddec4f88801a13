"""``--shard I/N``: do one share of the analyst's work."""

from t2s_local.errors import UsageError
from t2s_local.stages.extract.extract import Share


def share_of(text: str) -> Share:
    """Return the share that ``I/N`` names.

    Raises:
        UsageError: the text names no share.
    """
    number, _, of = text.partition("/")
    if number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
        return Share(number=int(number), of=int(of))
    message = f"{text!r} is no share"
    raise UsageError(message, hint="Write 1/4 for the first of four.")
