"""Find the new skills of a run that a governed library gets only later, or once a person accepts them."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from t2s_local.skills.decisions import wishes_of
from t2s_local.skills.evidence import PATH, parse_evidence
from t2s_local.skills.library.evidence_log import read_log
from t2s_local.skills.library.manifest import read_manifest
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.library.survey import lying
from t2s_local.skills.library.texts import Tree, digests_in, digests_of, tree_digest
from t2s_local.skills.library.versions import SkillHistory, histories
from t2s_local.stages.govern.births import Births, Newborn
from t2s_local.values.decision import Decision
from t2s_local.values.skill import Skill

_SAID = "correction"
"""Pattern of lessons that contain a user's own words."""
_DECLINED = "declined by hand"


def skills_to_wait(library: Path, skills: Sequence[Skill], decisions: Sequence[Decision]) -> dict[str, str]:
    """Return the new skills that are not added now, with the reason; none if no use of the library was judged.

    A skill that a person asked for is added at once. A version that a person declined is never added.

    Args:
        library: Folder the skills are to be written to.
        skills: The skills of a run.
        decisions: Decisions of a person; a skill with a rule that was accepted is asked for.

    Raises:
        InputError: a line of the log is not a valid event.
    """
    own = OwnFolder(library)
    if not own.log.exists():
        return {}
    known = histories(own)
    accepted = {item.id for item in decisions if item.verdict != "rejected"}
    new = [
        Newborn(name=skill.name, digest=tree_digest(Tree(files=digests_of(skill))), support=skill.support)
        for skill in skills
        if _is_new(known.get(skill.name)) and not _is_asked_for(skill, accepted)
    ]
    if not new:
        return {}
    births = Births()
    for event in read_log(own.log):
        births.add(event)
    declined = wishes_of(decisions).declined
    wanted = {skill.name for skill in skills}
    waiting = births.waiting(
        (one for one in new if one.digest not in declined), n_leaving=len(list(_leaving(own, wanted)))
    )
    return {**waiting, **{one.name: _DECLINED for one in new if one.digest in declined}}


def _leaving(own: OwnFolder, wanted: Collection[str]) -> Iterator[str]:
    """Yield the names of skills that a run with the *wanted* skills sets aside."""
    for name, entry in read_manifest(own).skills.items():
        source = None if name in wanted or not entry.files or entry.is_kept else lying(own.library, name)
        if source is not None and digests_in(source) == entry.files:
            yield name


def _is_new(history: SkillHistory | None) -> bool:
    """Return whether a skill was never in the library, or only until a person undid its acceptance."""
    return history is None or history.last is None or history.last.kind == "proposed"


def _is_asked_for(skill: Skill, accepted: set[str]) -> bool:
    """Return whether a person accepted a rule of a skill, or a rule contains the words of a user."""
    if accepted.intersection(skill.cluster_ids):
        return True
    text = next((file.text for file in skill.files if file.path == PATH), "")
    return any(_SAID in claim.patterns for claim in parse_evidence(text))
