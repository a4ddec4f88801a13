"""Wordings of the writer for all families, requested together and stored one by one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from t2s_local.ports.services import Memory, Progress, Silent, stop_if_asked
from t2s_local.ports.writer import Evidence, Writer
from t2s_local.values.cluster import Family
from t2s_local.values.lesson import supporting_runs
from t2s_local.values.skill import Wording
from t2s_local.values.value import digest_with

_ENCODER = msgspec.json.Encoder()
KIND = "wording"
"""Kind of the stored items, keyed by a digest of the writer's version and of all that a family's wording depends on."""


class Worded(msgspec.Struct, frozen=True, kw_only=True):
    """Wordings of families."""

    known: Mapping[str, Wording]
    """Wordings by family id; families without a wording are left out."""
    n_left: int
    """Number of families left to a later run because the time for questions was over."""


def worded(
    families: Sequence[Family],
    evidence: Evidence,
    writer: Writer,
    *,
    memory: Memory | None,
    progress: Progress | None,
    may_ask: Callable[[], bool] = lambda: True,
) -> Worded:
    """Return the writer's wordings for *families*.

    Args:
        families: Families with names or candidates; their order does not matter.
        evidence: The lessons and the known facts about their trajectories.
        writer: The writer that finds the words.
        memory: Store of the wordings; None for no store.
        progress: Receiver of the progress.
        may_ask: Function that returns whether there is time for another family.

    Raises:
        InterruptedRunError: the user wants the run to stop; families under way are finished and stored.
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
    runs = sorted(supporting_runs(lessons))
    unnamed = msgspec.structs.replace(family, name=None)
    granted = [item.id for item in family.clusters if item.id in evidence.granted]
    told = [(run, evidence.outcomes.get(run), evidence.tasks.get(run)) for run in runs]

    def known() -> Iterator[bytes]:
        yield b"[%b,%b,[" % (_ENCODER.encode(unnamed), _ENCODER.encode(granted))
        for place, lesson in enumerate(lessons):
            yield b"," * (place > 0) + _ENCODER.encode(lesson)
        yield b"],%b]" % _ENCODER.encode(told)

    return digest_with(writer.name, writer.version, last=known)


def _until_stopped(
    families: Iterable[Family], progress: Progress, may_ask: Callable[[], bool], left: list[Family]
) -> Iterator[Family]:
    """Yield the families until the user wants the run to stop; families without time left are added to *left*."""
    for family in families:
        if progress.is_stopping:
            return
        if not may_ask():
            left.append(family)
            continue
        progress.begin()
        yield family
