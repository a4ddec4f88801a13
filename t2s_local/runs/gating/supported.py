"""Score recorded actions with a local model, with the rules of skills and without: level L2."""

from collections.abc import Callable
from typing import cast

import msgspec

from t2s_local import registry
from t2s_local.errors import ModelError
from t2s_local.ports.gate import LogprobGateModule
from t2s_local.runs.gating.recorded import RecordedJob, read_held_out
from t2s_local.runs.models.models import open_engine
from t2s_local.skills.source import read_source
from t2s_local.stages.gates.rules import gated_skill
from t2s_local.stages.intake.catalogue import Report
from t2s_local.values.gates.supports import SkillSupport


class SupportResult(msgspec.Struct, frozen=True, kw_only=True):
    """Result of the gate of level L2 for each skill, and the report on the recordings."""

    skills: tuple[SkillSupport, ...]
    model: str
    n_runs: int


def measure_support(
    job: RecordedJob, *, model: str, say: Callable[[str], None], say_reading: Callable[[Report, int], None]
) -> SupportResult:
    """Score the actions of held-out runs with *model*.

    Args:
        job: The skills and the runs.
        model: ``auto``, an alias, a file, or the address of a server.
        say: Called with words about the model that is used.
        say_reading: Called with the report on every file and the number of runs.

    Raises:
        ModelError: there is no model, or it cannot be run or returns no log-probabilities.
        T2SError: as for :func:`t2s_local.runs.gating.recorded.read_held_out`.
    """
    if model == "none":
        message = "level L2 needs a model"
        raise ModelError(message, hint="`t2s models ls` lists what there is; --mode recorded needs none.")
    module = cast(LogprobGateModule, registry.load("t2s_local.gates", "logprob"))
    with open_engine(model, say=say) as engine:
        gate = module.load(engine)
        entries, report = read_held_out(job, keep=gate.observe)
        say_reading(report, len(entries))
        skills = [gated_skill(read_source(folder), folder) for folder in job.skills]
        found = tuple(gate.measure(skills, entries))
        return SupportResult(skills=found, model=engine.name, n_runs=len(entries))
