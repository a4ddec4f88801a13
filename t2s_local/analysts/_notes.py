"""Notes: facts of one run that are counted over many, small, so that the run itself need not be kept."""

from t2s_local.values.lesson import Quote
from t2s_local.values.value import Value


class Note(Value, frozen=True, kw_only=True):
    """A fact of one run, to be counted."""

    kind: str
    key: str
    """Key by which notes of one kind are counted."""
    detail: str = ""
    """Further fact, which may differ between notes of one key."""
    quotes: tuple[Quote, ...] = ()
