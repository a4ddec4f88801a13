"""Limits of a page: how much of each thing is shown. What is left out is counted, and found with `t2s show`."""

from t2s_local.values.value import Value

LARGEST = 3_000_000
"""Bytes of a page at most: more takes a phone seconds to open (decision 0802)."""


class Limits(Value, frozen=True, kw_only=True):
    """Numbers of things that are shown, and characters of texts."""

    recordings: int
    """Recordings of one rule."""
    quote: int
    """Characters of one quote."""
    around: int
    """Characters of a step before and after its quotes, and half of those of a step without a quote."""
    candidates: int
    """Candidates in full."""
    lessons: int
    """Lessons that one rule was joined from."""
    dots: int
    """Rules and loose lessons on the map."""
    files: int
    """Files, by name."""
    items: int
    """Things of one kind that were left out, by name."""
    rows: int
    """Projects of the timeline."""


WIDE = Limits(recordings=3, quote=1500, around=240, candidates=300, lessons=12, dots=700, files=400, items=200, rows=24)
"""Limits that hold where they make no page that is too large."""
TIGHT = Limits(recordings=2, quote=800, around=120, candidates=150, lessons=6, dots=500, files=200, items=80, rows=16)
TIGHTEST = Limits(recordings=1, quote=400, around=60, candidates=50, lessons=2, dots=300, files=60, items=20, rows=8)
BARE = Limits(recordings=0, quote=200, around=40, candidates=0, lessons=0, dots=200, files=0, items=0, rows=4)
"""Rules without their recordings: what is left where there are thousands of them."""
BY_SIZE = (WIDE, TIGHT, TIGHTEST, BARE)
"""Each is tried where a page by the one before it is too large."""
