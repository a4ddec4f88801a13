"""Learn from recorded runs, compare skills with the lessons, and store proposed edits in the library."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from t2s_local.errors import InputError, NothingFoundError
from t2s_local.ports.tools import Tools
from t2s_local.runs.finished.stored import stored_facts
from t2s_local.runs.job import Job
from t2s_local.runs.progress import Listener
from t2s_local.runs.session import run
from t2s_local.skills.decisions import read_decisions, wishes_of
from t2s_local.skills.library.library import note_workspace
from t2s_local.skills.library.one_skill.proposed_edits import read_edits, write_edits
from t2s_local.skills.source import MAIN, SkillSource, read_source
from t2s_local.stages.deepen.deepen import Deepened, Left, Wanted, deepen
from t2s_local.stages.deepen.frozen import frozen_skills
from t2s_local.values.decision import Decision
from t2s_local.values.edit import ProposedEdit
from t2s_local.values.skill import FrozenSkills
from t2s_local.values.trajectory import Trajectory
from t2s_local.values.value import Value
from t2s_local.workspace import read_workspace

COMMAND = "t2s deepen"


class DeepenOutcome(Value, frozen=True, kw_only=True):
    """Result of comparing skills with recorded runs: the proposed edits, and the counts."""

    run: str
    """Id of the run that learned from the recordings."""
    library: str
    """Folder of the library that the proposed edits wait in."""
    skills: tuple[str, ...]
    """Names of the skills that were compared."""
    n_trajectories: int
    n_lessons: int
    """Number of lessons learned from the recordings; with none, only the words of the skills could be looked up."""
    found: Deepened
    analyst: str = "mined"
    """Name of the analyst: ``llm`` if a model was asked too."""
    n_stated: int = 0
    """Number of lessons that a model stated."""
    parked: tuple[str, ...] = ()
    """Questions to a model without a useful answer, each as text."""
    n_unasked: int = 0
    """Number of questions to a model that were left, because the time for questions was over."""
    advice: str | None = None
    """Warning if most answers of the model were refused."""


def frozen(library: Path, names: Sequence[str]) -> FrozenSkills:
    """Return the skills in the form that a model is shown beside the runs, with the edits that a person rejected.

    Raises:
        InputError: a skill or the library's own files cannot be read.
    """
    rejected = _rejected(read_decisions(library))
    edits = [item for item in read_edits(library) if item.id in rejected and item.skill in names]
    return frozen_skills([_readable(library / name) for name in names], edits)


def library_of_skills(path: Path) -> tuple[Path, tuple[str, ...]]:
    """Return the library of the skills that *path* names, and their names.

    Args:
        path: The folder of a skill, or a folder of skills.

    Raises:
        InputError: *path* is no folder.
        NothingFoundError: *path* contains no skill.
    """
    if not path.is_dir():
        message = "not a folder" if path.exists() else "no such folder"
        raise InputError(message, path=path, hint="Name the folder of a skill, or a folder of skills.")
    if (path / MAIN).is_file():
        whole = path.absolute()
        return whole.parent if path.parent == Path() else path.parent, (whole.name,)
    names = sorted(one.name for one in path.iterdir() if one.is_dir() and (one / MAIN).is_file())
    if not names:
        message = f"no {MAIN} in it or in a folder of it"
        raise NothingFoundError(message, path=path, hint="Name the folder of a skill, or a folder of skills.")
    return path, tuple(names)


def deepen_skills(job: Job, names: Sequence[str], tools: Tools, listener: Listener, wanted: Wanted) -> DeepenOutcome:
    """Propose edits of skills from recorded runs; the edits wait in the library until a person decides.

    Args:
        job: The runs, and the library; its skills are not changed.
        names: Names of the skills in the library.
        tools: The plug-ins.
        listener: Receives the progress of the work, and may stop it.
        wanted: Limits for the proposed edits; the ids of rejected edits are filled in here.

    Raises:
        InterruptedRunError: the listener asked for a stop; what was done is kept.
        LockedError: another process works in the workspace or in the library.
        NoTrajectoryError: there is no trajectory in the files.
        T2SError: the input, the workspace, a skill or the library cannot be used.
    """
    decisions = read_decisions(job.out)
    sources = [_readable(job.out / name) for name in names]
    made = run(job, tools, listener)
    pinned = wishes_of(decisions).pinned
    with read_workspace(job.workspace) as workspace:
        background = stored_facts(workspace, made.id)

        def every() -> Iterator[Trajectory]:
            for identity in sorted(background.outcomes):
                found = workspace.trajectory(identity)
                if found is not None:
                    yield found

        found = deepen(
            sources,
            skills=made.result.skills,
            clusters=made.result.clusters,
            background=background,
            embedder=tools.embedder,
            runs=every,
            wanted=msgspec.structs.replace(wanted, rejected=_rejected(decisions)),
        )
    found = _without_pinned(found, pinned)
    decided = {item.id for item in decisions}
    proposals = [item for item in found.proposals if item.id not in decided]
    if proposals or read_edits(job.out):
        write_edits(job.out, names, proposals, kept=decided, command=COMMAND)
        note_workspace(job.out, job.workspace)
    return DeepenOutcome(
        run=made.id,
        library=str(job.out),
        skills=tuple(names),
        n_trajectories=len(background.outcomes),
        n_lessons=len(background.lessons),
        found=msgspec.structs.replace(found, proposals=tuple(proposals)),
        analyst=made.result.analyst,
        n_stated=sum(lesson.is_stated for lesson in background.lessons.values()),
        parked=made.result.parked,
        n_unasked=made.result.n_unasked,
        advice=made.result.advice,
    )


def _readable(folder: Path) -> SkillSource:
    """Read a skill in which edits can be placed.

    Raises:
        InputError: its front matter or its text cannot be read.
    """
    source = read_source(folder)
    if isinstance(source.document, InputError):
        error = source.document
        hint = "`t2s lint` says what is wrong with it."
        raise InputError(error.message, path=folder / MAIN, line=error.line, hint=hint) from error
    return source


def _rejected(decisions: Sequence[Decision]) -> frozenset[str]:
    return frozenset(item.id for item in decisions if item.verdict == "rejected")


def _without_pinned(found: Deepened, pinned: frozenset[str]) -> Deepened:
    """Move proposals about pinned skills to the rules that were left out, with the reason."""
    kept = tuple(item for item in found.proposals if item.skill not in pinned)
    left = tuple(_left(item) for item in found.proposals if item.skill in pinned)
    return msgspec.structs.replace(found, proposals=kept, left=(*found.left, *left))


def _left(item: ProposedEdit) -> Left:
    return Left(rule=item.rule, says=item.edit.text, support=item.support, reason=f"{item.skill} is pinned")
