"""Facts of one run that are worth counting over many, kept small: the run itself is not held."""

from t2s_local.values.lesson import Quote
from t2s_local.values.value import Value


class Note(Value, frozen=True, kw_only=True):
    """Something that happened in a run."""

    kind: str
    key: str
    """What notes of one kind are counted by."""
    detail: str = ""
    """What differs between notes of one key."""
    quotes: tuple[Quote, ...] = ()
