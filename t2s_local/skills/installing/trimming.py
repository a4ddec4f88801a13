"""Remove the evidence from a skill before it is installed; checks still read it from the library."""

import re

from t2s_local.skills.evidence import PATH
from t2s_local.skills.source import MAIN, SkillSource

_LINK = f"({PATH})"
_HEADING = re.compile(r"#{1,6} ")


def without_evidence(source: SkillSource) -> SkillSource:
    """Return *source* without its evidence file and without the lines that link to it."""
    raw = {path: data for path, data in source.raw.items() if path != PATH}
    if MAIN in source.texts and PATH in source.raw:
        raw[MAIN] = _unlinked(source.texts[MAIN]).encode()
    sizes = {path: len(raw[path]) if path == MAIN else source.sizes[path] for path in raw}
    return SkillSource(name=source.name, raw=raw, sizes=sizes, odd=source.odd, programs=source.programs)


def _unlinked(text: str) -> str:
    lines = text.splitlines(keepends=True)
    kept = [line for line in lines if _LINK not in line]
    whole = "".join(_without_bare_heading(kept)) if len(kept) < len(lines) else text
    return whole.rstrip("\n") + "\n"


def _without_bare_heading(lines: list[str]) -> list[str]:
    """Return *lines* without a heading at the end that has no text below it."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return lines[: filled[-1]] if filled and _HEADING.match(lines[filled[-1]]) else lines
