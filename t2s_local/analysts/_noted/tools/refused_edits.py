"""Edits that a tool refused, and the changes in the next edit that it accepted."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.association import mantel_haenszel
from t2s_local.analysts._mined.changes import mask_numbers
from t2s_local.analysts._mined.fix import leaves
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_files
from t2s_local.text.events import Event
from t2s_local.text.failures import error_signature
from t2s_local.text.text import clip, join_words, mask, squeeze
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import Slice

KIND = "refused_edit"
OUT = "refused_edit_way_out"
TAKEN = "taken_edit"
AGAIN = "refused_edit_again"
PARTLY = "refused_edit_partly"
DONE = "refused_edit_done_before"
LEAST_RUNS = 3
LEAST_TAKERS = 2
LEAST_SHARE = 0.1
"""Share of the refused runs that must have made a change for it to be a remedy."""
WINDOW = 8
_SIZES = (5, 7, 10, 15, 20)
LEAST_SIZED = 20
TIMES = 1.5
"""Least ratio of the refusal rate of longer edits to that of shorter ones."""
MIN_Z = 3.3
_MOST_READ = 4000
_SEARCH = re.compile(r"^<{5,9} SEARCH\b", re.MULTILINE)
"""Start of a block of an edit in a message."""
_NUMBERED = re.compile(r"^\s*\d+\s*[:|\t]?\s?", re.MULTILINE)
_BLOCK = re.compile(r"^<{4,} ?\w*\n(.*?)^={4,}$", re.MULTILINE | re.DOTALL)
_NEW = re.compile(r"^={4,}\n(.*?)^>{4,}", re.MULTILINE | re.DOTALL)
LEAST_AGAIN = 3
"""Fewest edits sent again unchanged for the results of such edits to be reported."""
MOST_AGAIN = 0.25
"""Largest share of edits sent again unchanged that may be accepted for the advice not to repeat an edit."""
_DONE = re.compile(r"^.*\balready (?:in|there|exists?|present|contains?|applied|made)\b.*$", re.MULTILINE)
"""Statement in a refusal that the file contains the new text already."""
_NAMED = re.compile(r"^\w+: (?=\w+ \w)")
_WAYS = {
    "indentation": "keep the indentation of the lines it replaces",
    "range": "read the line range anew: every edit that was made moves the lines below it",
    "longer": "give neighbouring lines too, so that the text occurs once",
    "numbers": "leave out the line numbers of the view",
    "breaks": "write real line breaks instead of `\\n`",
    "shorter": "give fewer lines of the old text, copied from the file",
}
"""Instruction for the change that an edit needed, by its kind."""
_NAMES = {
    "indentation": "the indentation",
    "range": "the line range",
    "longer": "more neighbouring lines",
    "numbers": "the line numbers",
    "breaks": "the line breaks",
    "shorter": "fewer lines",
}
_APPLIED = re.compile(r"\b(?:others?|rest|remaining|\d+)\b[^\n]{0,60}\bapplied\b", re.IGNORECASE)
"""Statement in a refusal that other parts of the edit were carried out."""


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the refused edits of *piece*, results of unchanged repeats, and the change in the next accepted edit."""
    for at, event in enumerate(events):
        if event.result is None or not changes_files(event.tool, event.head):
            continue
        n_lines = len(_old_text(piece, event).strip().splitlines())
        if not event.failed or event.error is None:
            if n_lines:
                yield Note(kind=TAKEN, key=event.head, detail=str(n_lines))
            continue
        key = f"{event.head}\n{_opening(event.error)}"
        shown = (
            quote(piece, event.call, event.action[:300], role="action"),
            quote(piece, event.result, event.error, role="observation"),
        )
        yield Note(kind=KIND, key=key, detail=str(n_lines), quotes=shown)
        yield from _reasons(piece, event, key)
        later = [
            other for other in events[at + 1 : at + 1 + WINDOW] if other.head == event.head and other.result is not None
        ]
        if later and squeeze(later[0].action) == squeeze(event.action) and later[0].action == event.action:
            yield Note(kind=AGAIN, key=key, detail="refused" if later[0].failed else "taken")
        taken = next((other for other in later if not other.failed), None)
        way = None if taken is None else _way(piece, event, taken)
        if taken is not None and way is not None and _is_change(piece, event):
            yield Note(
                kind=OUT, key=key, detail=way, quotes=(*shown, quote(piece, taken.call, taken.action[:300], role="fix"))
            )


def _reasons(piece: Slice, event: Event, key: str) -> Iterator[Note]:
    """Yield notes on statements in a refusal: that the change exists already, and that other parts were carried out.

    A text that is removed, or replaced by itself, exists already in any file.
    """
    after = event.output[:_MOST_READ].partition(event.error or "")[2]
    if _is_change(piece, event) and (done := _DONE.search(after)):
        yield Note(kind=DONE, key=key, detail=clip(squeeze(mask(done[0].strip())), 120))
    if _APPLIED.search(event.output[:_MOST_READ]):
        yield Note(kind=PARTLY, key=key)


def _is_change(piece: Slice, event: Event) -> bool:
    new = _NEW.search(event.action)
    return new is None or new[1].strip() not in {"", _old_text(piece, event).strip()}


def _opening(error: str) -> str:
    """Return the start of a message, up to its first quotation, without the name of the error before it."""
    said = _NAMED.sub("", error_signature(error))
    return clip(re.split(r"[`'\"“.:\n]", said, maxsplit=1)[0].strip(" ,"), 90)


def _way(piece: Slice, refused: Event, taken: Event) -> str | None:
    """Return the kind of difference between the refused and the accepted edit; None if it is of no known kind."""
    if squeeze(refused.action) == squeeze(taken.action) and refused.action != taken.action:
        return "indentation"
    first, second = _first_line(refused.action), _first_line(taken.action)
    if (
        first != second
        and mask_numbers(first.partition(" ")[0]) == mask_numbers(second.partition(" ")[0])
        and re.search(r"\d", first + second)
    ):
        bodies = [squeeze(text.strip().partition("\n")[2]) for text in (refused.action, taken.action)]
        if bodies[0][:40] == bodies[1][:40]:
            return "range"
    return _in_text(_old_text(piece, refused), _old_text(piece, taken))


def _first_line(action: str) -> str:
    """Return the first line of an action that is not blank, without white space around it; empty without one."""
    return action.strip().partition("\n")[0].strip()


def _old_text(piece: Slice, event: Event) -> str:
    """Return the text that an edit replaces: an argument of its own, or the part before the line of equal signs."""
    block = _BLOCK.search(event.action)
    if block is not None:
        return block[1]
    return next(
        (
            str(value)
            for name, value in leaves(piece, event).items()
            if name in {"old_str", "old_string", "search", "old_text"}
        ),
        "",
    )


def _in_text(old: str, new: str) -> str | None:
    """Return the kind of difference between the replaced texts of two edits; None if it is of no known kind."""
    if not old or not new or old == new:
        return None
    if _NUMBERED.sub("", old).strip() == new.strip():
        return "numbers"
    if old.replace("\\n", "\n") == new:
        return "breaks"
    if squeeze(old) == squeeze(new):
        return "indentation"
    return "longer" if old.strip() in new else "shorter" if new.strip() in old else None


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every refusal that several runs met and that has a remedy."""
    outs, again, partly, taken, before = (noted(runs, kind) for kind in (OUT, AGAIN, PARTLY, TAKEN, DONE))
    for key, pairs in noted(runs, KIND).items():
        met = runs_of(pairs)
        ways = {way: runs_of([pair for pair in outs.get(key, ()) if pair[1].detail == way]) for way in _WAYS}
        ways = {way: takers for way, takers in ways.items() if len(takers) >= max(LEAST_TAKERS, LEAST_SHARE * len(met))}
        size = _size(pairs, taken.get(key.split("\n")[0], ()))
        done = _done(before.get(key, ()), len(pairs))
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < 2 or not (ways or size or done):
            continue
        head, _, error = key.partition("\n")
        ranked = sorted(ways, key=lambda way: (-len(ways[way]), way))
        has_old = any(note.detail != "0" for _, note in pairs)
        same = _unchanged([note.detail for _, note in again.get(key, ())])
        counts = [f"{len(pairs)} edits of {len(met)} runs were refused with this message"]
        differed = join_words(f"{_NAMES[way]} ({len(ways[way])} runs)" for way in ranked)
        counts += [f"those accepted afterwards differed in {differed}"] if ranked else []
        counts += [part for part in (size and size[1], same) if part is not None]
        n_parts = len(runs_of(partly.get(key, ())))
        is_part = n_parts >= max(LEAST_TAKERS, LEAST_SHARE * len(met))
        yield lesson(
            when=f"{_named(head, pairs)} “{error.rstrip('.')}”",
            do=" ".join(
                (
                    "This part was not applied; the parts reported as applied were."
                    if is_part
                    else "Nothing was changed.",
                    *([f"Before the next try, {', and '.join(_WAYS[way] for way in ranked)}."] if ranked else []),
                    *([size[0]] if size is not None else _instead(same, has_old=has_old) if not ranked else []),
                    *(["Send only this part again."] if is_part else []),
                    *done,
                )
            ),
            because="; ".join(counts),
            polarity="success",
            pattern=KIND,
            evidence=_shown(pairs, outs.get(key, ()), [*ranked, *(["shorter"] if size is not None else [])]),
            trajectories=(run.piece.trajectory for run in met),
            tools=sorted({event.tool for run in met for event in run.events if event.head == head}),
        )


def _named(head: str, pairs: Sequence[tuple[Run, Note]]) -> str:
    """Return what answers an edit: the tool, or nothing of that name where the edits are blocks in a message."""
    is_block = all(_SEARCH.search(quote.text) for _, note in pairs for quote in note.quotes if quote.role == "action")
    return "a SEARCH/REPLACE block is refused with" if is_block else f"`{head}` answers"


def _shown(pairs: Sequence[tuple[Run, Note]], outs: Sequence[tuple[Run, Note]], ways: Sequence[str]) -> list[Quote]:
    """Return the quotes of up to two runs whose next accepted edit differs as advised, and of three other runs."""
    mended = [pair for pair in outs if pair[1].detail in ways] or list(outs)
    first = list({run.piece.trajectory.id: (run, note) for run, note in reversed(mended)}.values())[-2:]
    ids = {run.piece.trajectory.id for run, _ in first}
    return [*quotes_of([pair for pair in pairs if pair[0].piece.trajectory.id not in ids]), *quotes_of(first, most=2)]


def _instead(same: str | None, *, has_old: bool) -> list[str]:
    """Return advice against repeating an edit unchanged; empty if *same*, the counts of refused repeats, is None."""
    if same is None:
        return []
    return ["Copy the old text anew from the file."] if has_old else ["Do not send it again unchanged."]


def _unchanged(fates: Sequence[str]) -> str | None:
    """Return the counts if edits sent again unchanged were mostly refused; otherwise None."""
    taken = fates.count("taken")
    if len(fates) < LEAST_AGAIN or taken > MOST_AGAIN * len(fates):
        return None
    return f"{len(fates) - taken} of {len(fates)} sent again unchanged were refused"


def _done(found: Sequence[tuple[Run, Note]], n_refused: int) -> list[str]:
    """Return advice for refusals that say that the file contains the new text; empty if too few runs met them."""
    if len(runs_of(found)) < max(LEAST_RUNS, LEAST_SHARE * n_refused):
        return []
    said = most_common((note.detail for _, note in found), most=1)[0]
    return [
        f"Where it goes on with “{said}”, look whether the change is there already, and leave the edit out if it is."
    ]


def _size(refused: Sequence[tuple[Run, Note]], taken: Sequence[tuple[Run, Note]]) -> tuple[str, str] | None:
    """Return advice and counts on the length of the replaced text if longer ones are refused far more; else None."""
    bad, good = ([int(note.detail) for _, note in pairs if note.detail != "0"] for pairs in (refused, taken))
    best: tuple[float, tuple[str, str]] | None = None
    for most in _SIZES:
        long_bad, long_good = sum(n > most for n in bad), sum(n > most for n in good)
        short_bad, short_good = len(bad) - long_bad, len(good) - long_good
        longer, shorter = long_bad + long_good, short_bad + short_good
        if min(longer, shorter) < LEAST_SIZED or long_bad * shorter < TIMES * short_bad * longer:
            continue
        _, z = mantel_haenszel([(long_bad, long_good, short_bad, short_good)])
        if z >= MIN_Z and (best is None or z > best[0]):
            advice = f"Copy at most {most} lines of the old text anew from the file, letter by letter."
            counts = f"with more lines {long_bad} of {longer} were refused, with fewer {short_bad} of {shorter}"
            best = z, (advice, counts)
    return None if best is None else best[1]
