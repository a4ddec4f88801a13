"""The writer's words for every family, found together and stored one by one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from t2s_local.ports.services import Memory, Progress, Silent, stop_if_asked
from t2s_local.ports.writer import Evidence, Writer
from t2s_local.values.cluster import Family
from t2s_local.values.skill import Wording
from t2s_local.values.value import digest

KIND = "wording"
"""Kind of the stored items, keyed by digest of the writer's version and of all a family's words can come from."""


class Worded(msgspec.Struct, frozen=True, kw_only=True):
    """Words for families."""

    known: Mapping[str, Wording]
    """By the family's id; those that the writer has none for are left out."""
    n_left: int
    """Families that were left for a later run, because the time for questions was over."""


def worded(
    families: Sequence[Family],
    evidence: Evidence,
    writer: Writer,
    *,
    memory: Memory | None,
    progress: Progress | None,
    may_ask: Callable[[], bool] = lambda: True,
) -> Worded:
    """Find words for *families*.

    Args:
        families: With their names or candidates; their order does not show.
        evidence: The lessons and what is known of their trajectories.
        writer: Who finds the words.
        memory: Where they are stored and looked up; None for nowhere.
        progress: Told how far the work is.
        may_ask: Says whether there is time for another family.

    Raises:
        InterruptedRunError: the user wants the run to stop; what was under way is finished and stored.
        ModelError: a model cannot be run.
    """
    told = progress or Silent()
    told.stage("write", len(families))
    known: dict[str, Wording] = {}
    keys = {family.id: _key(family, evidence, writer) for family in families}
    for family in families:
        stored = None if memory is None else memory.item(KIND, keys[family.id])
        if stored is not None:
            known[family.id] = msgspec.json.decode(stored, type=Wording)
            told.step(n_remembered=1)
    todo = sorted((family for family in families if family.id not in known), key=lambda family: family.id)
    left: list[Family] = []
    for family, wording in writer.word(_until_stopped(todo, told, may_ask, left), evidence):
        if memory is not None and not wording.is_open:
            memory.put_item(KIND, keys[family.id], msgspec.json.encode(wording))
        known[family.id] = wording
        told.step(n_refused=sum(refusal.count for refusal in wording.refused))
    stop_if_asked(told)
    told.step(len(families) - len(known))
    return Worded(known=known, n_left=len(left) + sum(wording.is_open for wording in known.values()))


def _key(family: Family, evidence: Evidence, writer: Writer) -> str:
    lessons = sorted(evidence.members(family.clusters), key=lambda lesson: lesson.id)
    runs = sorted({run for lesson in lessons for run in lesson.trajectory_ids})
    unnamed = msgspec.structs.replace(family, name=None)
    granted = [item.id for item in family.clusters if item.id in evidence.granted]
    known = (unnamed, granted, lessons, [(run, evidence.outcomes.get(run), evidence.tasks.get(run)) for run in runs])
    return digest(writer.name, writer.version, msgspec.json.encode(known).decode())


def _until_stopped(
    families: Iterable[Family], progress: Progress, may_ask: Callable[[], bool], left: list[Family]
) -> Iterator[Family]:
    """The families up to where the user wants the run to stop; those there is no time for are added to *left*."""
    for family in families:
        if progress.is_stopping:
            return
        if not may_ask():
            left.append(family)
            continue
        progress.begin()
        yield family
