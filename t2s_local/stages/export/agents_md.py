"""Write rules as a marked block of lines in AGENTS.md or CLAUDE.md; text outside the block is not changed."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from t2s_local.errors import T2SError
from t2s_local.safety.redaction.guard import Guard
from t2s_local.safety.redaction.redact import shipped_redactor
from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.scan import at_or_above, scan
from t2s_local.stages.export.short_rules import LONGEST, ShortRule
from t2s_local.stages.extract.instructed import is_said
from t2s_local.values.funnel import Loss, tally

STAGE = "agents-md"
_BOM = "\ufeff"
_BEGIN = re.compile(r"<!-- t2s:begin (\S+) .*-->")
_END = re.compile(r"<!-- t2s:end (\S+) ([0-9a-f]{12}) -->")


class Updated(NamedTuple):
    """A file of instructions after its block was updated."""

    text: str
    lines: tuple[str, ...]
    """Rules in the block, one on each line."""
    losses: tuple[Loss, ...]
    """Counts of the rules that are not in the block, by reason."""


class _Place(NamedTuple):
    """Place of a block: indexes of its first line and of the line after its last."""

    start: int
    stop: int


def with_block(text: str, rules: Iterable[ShortRule], *, label: str, replace: bool = False) -> Updated:
    """Return a file of instructions with a block of *rules*, in the place of the old block, else at the end.

    Args:
        text: Text of the file; its byte order mark and line ends are kept.
        rules: Rules, in their order.
        label: Name of the block, one word.
        replace: Whether to overwrite a block whose lines a person edited.

    Raises:
        T2SError: the block has no end or occurs twice, or its lines were edited and *replace* is not set.
    """
    mark, plain, ending = _plain(text)
    lines = plain.split("\n")
    place = _place(lines, label, replace=replace)
    before, after = (lines, []) if place is None else (lines[: place.start], lines[place.stop :])
    kept, losses = _chosen(rules, "\n".join((*before, "", *after)))
    block = _block(kept, label)
    if place is None and kept:
        if before[-1] == "":
            before = before[:-1]
        before, after = [*before, *([""] if before and before[-1].strip() else [])], [""]
    whole = "\n".join((*before, *block, *after)) if kept or place is not None else plain
    return Updated(text=mark + whole.replace("\n", ending), lines=kept, losses=losses)


def _plain(text: str) -> tuple[str, str, str]:
    """Return the byte order mark (or ""), the text with LF line ends, and the line end of the file."""
    bare = text.removeprefix(_BOM)
    has_crlf = "\r\n" in bare and bare.count("\r\n") == bare.count("\n")
    return (
        _BOM if bare != text else "",
        bare.replace("\r\n", "\n") if has_crlf else bare,
        "\r\n" if has_crlf else "\n",
    )


def _place(lines: Sequence[str], label: str, *, replace: bool) -> _Place | None:
    """Return the place of the block named *label*; None if there is none."""
    begins = [number for number, line in enumerate(lines) if (m := _BEGIN.fullmatch(line.strip())) and m[1] == label]
    ends = [number for number, line in enumerate(lines) if (m := _END.fullmatch(line.strip())) and m[1] == label]
    if not begins and not ends:
        return None
    if len(begins) != 1 or len(ends) != 1 or ends[0] < begins[0]:
        message = f"the block {label} is there twice, or has no end"
        raise T2SError(message, hint="Keep one line `t2s:begin` and one `t2s:end` of it; nothing was changed.")
    found = _END.fullmatch(lines[ends[0]].strip())
    if found is not None and found[2] != _digest(lines[begins[0] + 1 : ends[0]]) and not replace:
        message = f"lines were edited in the block {label}"
        raise T2SError(message, hint="Move yours out of the block; --replace writes it anew. Nothing was changed.")
    return _Place(begins[0], ends[0] + 1)


def _chosen(rules: Iterable[ShortRule], outside: str) -> tuple[tuple[str, ...], tuple[Loss, ...]]:
    """Return the rules for a block, as lines, and the counts of the rules left out, by reason.

    A rule is kept if it is short and safe, and if *outside* (the file without the block) does not say it already.
    """
    guard = Guard(shipped_redactor())
    kept: dict[str, None] = {}
    losses = []
    for rule in rules:
        text = guard.text(rule.text)
        reason = _why_not(text, outside)
        if reason is None:
            kept[f"- {text}"] = None
        else:
            losses.append(Loss(stage=STAGE, reason=reason, count=1))
    return tuple(kept), tally(losses)


def _why_not(text: str, outside: str) -> str | None:
    if len(text) > LONGEST:
        return f"longer than {LONGEST} characters: stays in the skill"
    if "<!--" in text or "-->" in text:
        return "holds a comment"
    if is_said(text, outside):
        return "the file tells it already"
    page = f"{text}\n".encode()
    source = SkillSource(name=STAGE, raw={"AGENTS.md": page}, sizes={"AGENTS.md": len(page)})
    risks = at_or_above(scan(source), "high")
    return f"could do harm: {risks[0].rule}" if risks else None


def _block(lines: Sequence[str], label: str) -> list[str]:
    if not lines:
        return []
    begin = f"<!-- t2s:begin {label} (learned from recorded runs; `t2s` writes these lines anew) -->"
    return [begin, *lines, f"<!-- t2s:end {label} {_digest(lines)} -->"]


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()[:12]
