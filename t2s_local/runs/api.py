"""The public Python API: the main job and reading, as functions.

Both functions raise the errors of :mod:`t2s_local.errors` and print nothing. They do not change the umask, the signal
handlers and the network seal of the process. Files of the store are readable by the user alone all the same.
"""

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from t2s_local.config import Settings
from t2s_local.errors import UsageError
from t2s_local.runs.job import Job
from t2s_local.runs.plugins import Choice, open_tools
from t2s_local.runs.progress import Listener, SilentListener
from t2s_local.runs.result import RunResult
from t2s_local.runs.session import run
from t2s_local.stages.intake.read_all import Readings
from t2s_local.stages.intake.read_all import read as read_all
from t2s_local.stages.reading.map_file import read_map

AnyPath = str | PathLike[str]
_DEFAULTS = Settings()


def distill(
    paths: AnyPath | Iterable[AnyPath],
    out: AnyPath,
    *,
    labels: AnyPath | None = None,
    format_name: str | None = None,
    map_file: AnyPath | None = None,
    workspace: AnyPath = _DEFAULTS.workspace,
    model: str = _DEFAULTS.model,
    analyst: str = _DEFAULTS.analyst,
    writer: str = _DEFAULTS.writer,
    judge_model: str = _DEFAULTS.judge_model,
    embedder: str = _DEFAULTS.embedder,
    algorithm: str = _DEFAULTS.algorithm,
    min_support: int = _DEFAULTS.min_support,
    seed: int = _DEFAULTS.seed,
    budget: float | None = None,
    restart: bool = False,
    allow_changed: bool = False,
    keep_text: bool = True,
    listener: Listener | None = None,
) -> RunResult:
    """Turn recorded trajectories into Agent Skills in a folder, as ``t2s distill`` does.

    If a call was stopped, the same call continues the work. If it was finished, the same call on the same input does no
    work again and writes the same bytes.

    Args:
        paths: A file or folder of recorded runs, or several, in any of the formats t2s reads.
        out: Folder the skills are written to.
        labels: File or folder that states which runs succeeded; None for none.
        format_name: Format of the files; None to detect it from the content.
        map_file: Map that states where in the files the runs are; None for none.
        workspace: Folder of the run store.
        model: ``auto``, ``none``, an alias of the catalog, the path of a GGUF file, or the address of a server.
        analyst: ``auto``, ``mined``, ``llm`` or ``both``.
        writer: ``auto``, ``template`` or ``llm``.
        judge_model: Model that scores the texts of *model*: ``same``, ``none``, or a name as for *model*.
        embedder: ``static``, ``hashing``, or the folder of a sentence-transformers model.
        algorithm: ``auto``, ``hdbscan`` or ``linkage``.
        min_support: Trajectories a rule needs before it enters a skill's body; below 2 counts as 2.
        seed: Seed of all random choices.
        budget: Seconds that questions to a model may take, from the beginning of the run; None for no limit.
        restart: Whether the work is done again from the start.
        allow_changed: Whether a stopped run continues although files, model or settings changed.
        keep_text: Whether the store keeps the texts after the skills are written.
        listener: Receives the progress of the run, and may stop it; None for none.

    Returns:
        The result of the run: the skills as written, their clusters, and how many items each stage lost and why.

    Raises:
        InputError: a path does not exist or cannot be read.
        NothingFoundError: there is no trajectory in the files.
        UsageError: a setting names something that does not exist.
        ModelError: the model cannot be run.
        LockedError: another process works in the workspace.
        InterruptedRunError: the listener asked for a stop; what was done is kept.
        T2SError: the library or the workspace cannot be written, or files, model or settings changed after a stop.
    """
    job = Job(
        paths=_paths(paths),
        out=Path(out),
        labels=None if labels is None else Path(labels),
        format_name=format_name,
        layout=None if map_file is None else read_map(Path(map_file)),
        workspace=Path(workspace),
        min_support=min_support,
        seed=seed,
        command=("t2s_local.distill",),
        is_call=True,
        budget=budget,
        restart=restart,
        allow_changed=allow_changed,
        keep_text=keep_text,
    )
    choice = Choice(
        model=model,
        analyst=analyst,
        writer=writer,
        judge_model=judge_model,
        embedder=embedder,
        algorithm=algorithm,
        seed=seed,
    )
    with open_tools(choice) as tools:
        return run(job, tools, listener or SilentListener()).result


def read(
    paths: AnyPath | Iterable[AnyPath],
    *,
    format_name: str | None = None,
    map_file: AnyPath | None = None,
    labels: AnyPath | None = None,
) -> Readings:
    """Read recorded trajectories without learning from them; a run that was recorded more than once is returned once.

    Args:
        paths: A file or folder of recorded runs, or several.
        format_name: Format of the files; None to detect it from the content.
        map_file: Map that states where in the files the runs are; None for none.
        labels: File or folder that states how runs ended; it outranks outcomes in the runs themselves.

    Returns:
        The trajectories, sorted by id, and a report of all input that is no trajectory.

    Raises:
        InputError: a path does not exist, or the file of labels contains no label.
        UsageError: the format is unknown, the map is not valid, or no path is given.
    """
    return read_all(
        _paths(paths),
        format_name=format_name,
        layout=None if map_file is None else read_map(Path(map_file)),
        labels=None if labels is None else Path(labels),
    )


def _paths(paths: AnyPath | Iterable[AnyPath]) -> tuple[Path, ...]:
    several = [paths] if isinstance(paths, str | PathLike) else list(paths)
    if not several or "" in several:
        message = "no path is given"
        raise UsageError(message, hint="Name files or folders of recorded runs.")
    return tuple(map(Path, several))
