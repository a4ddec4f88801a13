"""List proposed edits of skills for review."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from t2s_local.errors import T2SError
from t2s_local.runs.reviewing.items import ProposedEditItem
from t2s_local.skills.library.one_skill.history import files_diff
from t2s_local.skills.library.one_skill.proposed_edits import read_edits, with_edit
from t2s_local.values.decision import Decision
from t2s_local.values.edit import ProposedEdit


def proposed_edits(libraries: Iterable[Path], decisions: Sequence[Decision]) -> list[ProposedEditItem]:
    """Return the proposed edits of the skills in *libraries*, including decided edits.

    Raises:
        T2SError: the edits of a library cannot be read.
    """
    known = {item.id: item for item in decisions}
    return [
        _item(library, proposal, known.get(proposal.id)) for library in libraries for proposal in read_edits(library)
    ]


def _item(library: Path, proposal: ProposedEdit, decision: Decision | None) -> ProposedEditItem:
    diff: tuple[str, ...] = ()
    try:
        files, made = with_edit(library, proposal)
        refusal = made.refused[0].detail if made.refused else None
        if refusal is None:
            diff = tuple(files_diff(files, {**files, **made.after}, proposal.skill))
    except T2SError as error:
        refusal = str(error)
    fields = msgspec.structs.asdict(proposal)
    return ProposedEditItem(**fields, library=str(library), diff=diff, refusal=refusal, decision=decision)
