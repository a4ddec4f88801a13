"""Edits that a tool refused, and the changes in the next edit that it accepted."""

import re
from collections import Counter
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
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "refused_edit"
OUT = "refused_edit_way_out"
TAKEN = "taken_edit"
AGAIN = "refused_edit_again"
CODE = "refused_edit_code"
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
_MOST_FAULTS = 3
_CODE = re.compile(r"^\W*(?:\S+:\d+:\d+:\s*)?([A-Z]{1,3}\d{3,4}):? (\w[\w ]{3,40}\w)", re.MULTILINE)
"""Fault in the format of linters: a code and its meaning."""
_NUMBERED = re.compile(r"^\s*\d+\s*[:|\t]?\s?", re.MULTILINE)
_BLOCK = re.compile(r"^<{4,} ?\w*\n(.*?)^={4,}$", re.MULTILINE | re.DOTALL)
LEAST_AGAIN = 3
"""Fewest edits sent again unchanged from which on their results are reported."""
MOST_AGAIN = 0.25
"""Largest share of these edits that may be accepted for the advice not to repeat an edit."""
_DONE = re.compile(r"^.*\balready (?:in|there|exists?|present|contains?|applied|made)\b.*$", re.MULTILINE)
"""Statement in a refusal that the file contains the new text already."""
_NAMED = re.compile(r"^\w+: (?=\w+ \w)")
_WAYS = {
    "indentation": "the indentation of the lines it replaces",
    "range": "the line range, read anew, since every edit moves the lines below it",
    "longer": "neighbouring lines, so that it occurs once",
    "numbers": "the text without the line numbers of the view",
    "breaks": "real line breaks instead of `\\n`",
    "shorter": "fewer lines of the old text, copied from the file",
}
"""Change that an edit needed, in words, by its kind."""


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
        yield from _reasons(event.output[:_MOST_READ], event.error, key)
        later = [
            other for other in events[at + 1 : at + 1 + WINDOW] if other.head == event.head and other.result is not None
        ]
        if later and squeeze(later[0].action) == squeeze(event.action) and later[0].action == event.action:
            yield Note(kind=AGAIN, key=key, detail="refused" if later[0].failed else "taken")
        taken = next((other for other in later if not other.failed), None)
        way = None if taken is None else _way(piece, event, taken)
        if taken is not None and way is not None:
            yield Note(
                kind=OUT, key=key, detail=way, quotes=(*shown, quote(piece, taken.call, taken.action[:300], role="fix"))
            )


def _reasons(output: str, error: str, key: str) -> Iterator[Note]:
    """Yield notes on the faults that a linter names in a refusal, and on a statement that the change exists already."""
    for found in sorted(set(_CODE.findall(output))):
        yield Note(kind=CODE, key=key, detail=squeeze(f"{found[0]} {found[1]}"))
    if done := _DONE.search(output.partition(error)[2]):
        yield Note(kind=DONE, key=key, detail=clip(squeeze(mask(done[0].strip())), 120))


def _opening(error: str) -> str:
    """Return the start of a message, up to its first quotation, without the name of the error before it."""
    said = _NAMED.sub("", error_signature(error))
    return clip(re.split(r"[`'\"“.:\n]", said, maxsplit=1)[0].strip(" ,"), 90)


def _way(piece: Slice, refused: Event, taken: Event) -> str | None:
    """Return the kind of difference between the refused and the accepted edit; None if it is of no known kind."""
    if squeeze(refused.action) == squeeze(taken.action) and refused.action != taken.action:
        return "indentation"
    first, second = refused.action.splitlines()[0], taken.action.splitlines()[0]
    if (
        first != second
        and mask_numbers(first.split()[0]) == mask_numbers(second.split()[0])
        and re.search(r"\d", first + second)
    ):
        bodies = [squeeze(text.partition("\n")[2]) for text in (refused.action, taken.action)]
        if bodies[0][:40] == bodies[1][:40]:
            return "range"
    return _in_text(_old_text(piece, refused), _old_text(piece, taken))


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
    outs, again, codes, taken, before = (noted(runs, kind) for kind in (OUT, AGAIN, CODE, TAKEN, DONE))
    for key, pairs in noted(runs, KIND).items():
        met = runs_of(pairs)
        ways = {way: runs_of([pair for pair in outs.get(key, ()) if pair[1].detail == way]) for way in _WAYS}
        ways = {way: takers for way, takers in ways.items() if len(takers) >= max(LEAST_TAKERS, LEAST_SHARE * len(met))}
        size = _size(pairs, taken.get(key.split("\n")[0], ()))
        done = _done(before.get(key, ()), len(pairs))
        if len(met) < LEAST_RUNS or len(tasks_of(met)) < 2 or not (ways or size or done):
            continue
        head, error = key.split("\n")
        ranked = sorted(ways, key=lambda way: (-len(ways[way]), way))
        told = ", or ".join(f"{_WAYS[way]} ({len(ways[way])} runs)" for way in ranked)
        fixes = [f"Edits accepted afterwards differed in {told}."] if ways else []
        has_old = any(note.detail != "0" for _, note in pairs)
        same = _unchanged([note.detail for _, note in again.get(key, ())], has_old=has_old)
        faults = _faults([note for _, note in codes.get(key, ())])
        yield lesson(
            when=f"`{head}` answers “{error.rstrip('.')}”",
            do=" ".join(("Nothing was changed.", *fixes, *size, *same, *done, *faults)),
            because=f"{len(pairs)} edits of {len(met)} runs were refused with this message",
            polarity="success",
            pattern=KIND,
            evidence=[*quotes_of(pairs), *quotes_of(outs.get(key, ()), most=2)],
            trajectories=(run.piece.trajectory for run in met),
            tools=sorted({event.tool for run in met for event in run.events if event.head == head}),
        )


def _unchanged(fates: Sequence[str], *, has_old: bool) -> list[str]:
    """Return advice not to send an edit again unchanged if repeats were mostly refused; otherwise an empty list."""
    taken = fates.count("taken")
    if len(fates) < LEAST_AGAIN or taken > MOST_AGAIN * len(fates):
        return []
    instead = ": copy the old text anew from the file" if has_old else ""
    return [f"Do not send it again unchanged, which was refused {len(fates) - taken} of {len(fates)} times{instead}."]


def _done(found: Sequence[tuple[Run, Note]], n_refused: int) -> list[str]:
    """Return advice for refusals that say that the file contains the new text; empty if too few runs met them."""
    if len(runs_of(found)) < max(LEAST_RUNS, LEAST_SHARE * n_refused):
        return []
    said = most_common((note.detail for _, note in found), most=1)[0]
    counts = f"{len(found)} of {n_refused}"
    return [f"Where it goes on with “{said}” ({counts}), the file holds the new text: leave the edit out."]


def _size(refused: Sequence[tuple[Run, Note]], taken: Sequence[tuple[Run, Note]]) -> list[str]:
    """Return advice on the length of the replaced text if longer ones are refused far more often; otherwise empty."""
    bad, good = ([int(note.detail) for _, note in pairs if note.detail != "0"] for pairs in (refused, taken))
    best: tuple[float, str] | None = None
    for most in _SIZES:
        long_bad, long_good = sum(n > most for n in bad), sum(n > most for n in good)
        short_bad, short_good = len(bad) - long_bad, len(good) - long_good
        longer, shorter = long_bad + long_good, short_bad + short_good
        if min(longer, shorter) < LEAST_SIZED or long_bad * shorter < TIMES * short_bad * longer:
            continue
        _, z = mantel_haenszel([(long_bad, long_good, short_bad, short_good)])
        if z >= MIN_Z and (best is None or z > best[0]):
            told = f"Copy at most {most} lines of the old text, letter by letter: of edits with more {long_bad} of"
            best = z, f"{told} {longer} were refused, of shorter ones {short_bad} of {shorter}."
    return [] if best is None else [best[1]]


def _faults(notes_of_codes: Sequence[Note]) -> list[str]:
    """Return a sentence on the faults that a linter named in refusals; empty if it named none twice."""
    counted = Counter(note.detail for note in notes_of_codes)
    most = most_common(counted.elements(), most=_MOST_FAULTS, least=LEAST_TAKERS)
    return [f"Refused for {join_words(f'“{name}” ({counted[name]} times)' for name in most)}."] if most else []
