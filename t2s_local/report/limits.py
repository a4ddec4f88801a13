"""Limits for the amount of detail on a page; omitted items are counted, and `t2s show` prints them."""

from t2s_local.values.value import Value

LARGEST = 3_000_000
"""Largest page in bytes: a larger page takes seconds to open on a phone (decision 0802)."""


class Limits(Value, frozen=True, kw_only=True):
    """Largest numbers of items that a page shows, and of characters in texts."""

    recordings: int
    """Number of recordings of one rule."""
    quote: int
    """Characters of one quote."""
    around: int
    """Characters of a step shown before and after its quotes; a step without a quote is cut to twice as many."""
    candidates: int
    """Number of candidates shown in full."""
    lessons: int
    """Number of lessons shown for one rule."""
    dots: int
    """Number of rules and lessons in no cluster on the map."""
    files: int
    """Number of files listed by name."""
    items: int
    """Number of lost items listed by name for each reason."""
    rows: int
    """Number of projects in the timeline."""


WIDE = Limits(recordings=3, quote=1500, around=240, candidates=300, lessons=12, dots=700, files=400, items=200, rows=24)
"""Limits that are tried first, and used for every page that is not too large with them."""
TIGHT = Limits(recordings=2, quote=800, around=120, candidates=150, lessons=6, dots=500, files=200, items=80, rows=16)
TIGHTEST = Limits(recordings=1, quote=400, around=60, candidates=50, lessons=2, dots=300, files=60, items=20, rows=8)
BARE = Limits(recordings=0, quote=200, around=40, candidates=0, lessons=0, dots=200, files=0, items=0, rows=4)
"""Limits for a page with thousands of rules, shown without their recordings."""
BY_SIZE = (WIDE, TIGHT, TIGHTEST, BARE)
"""Limits in order of trial: each is used if the page with the preceding limits is too large."""
