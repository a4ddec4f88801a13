"""``--apply``: accept the proposed edits that pass a gate, of level L1, L2 or L3."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import click
import msgspec

from t2s_local import registry
from t2s_local.cli.gating.eval_options import chosen, evaluation, listed_tasks, measuring_options
from t2s_local.cli.output import say
from t2s_local.cli.reading_words import account
from t2s_local.errors import UsageError
from t2s_local.ports.gate import EvalGateModule
from t2s_local.ports.grouping import Embedder
from t2s_local.runs.deepening.applying import GatedEdit, HeldOut, apply_supported
from t2s_local.runs.deepening.deepening import DeepenOutcome
from t2s_local.runs.deepening.measuring import Evaluated, apply_evaluated, apply_likelier
from t2s_local.stages.intake.catalogue import Report
from t2s_local.text.text import counted

TRIALS = 1
CACHE = "gate_scores.jsonl"
_HELDOUT = "With --apply: recordings that nothing was learned from; may be given again."
_APPLY = (
    "Accept edits that pass this gate: L1, held-out recordings; L2, likelihoods of a local model on them; L3, your own"
    " program --eval-cmd."
)


class Applying(msgspec.Struct, frozen=True, kw_only=True):
    """The gate that edits have to pass."""

    level: str
    heldout: tuple[Path, ...]
    train: tuple[Path, ...]
    labels: Path | None
    model: str
    """Model that scores at level L2."""
    workspace: Path
    seed: int
    verbose: bool


def apply_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of the gate to *command*."""
    command = measuring_options(command)
    command = click.option("--heldout", multiple=True, type=click.Path(path_type=Path), help=_HELDOUT)(command)
    return click.option("--apply", "apply_level", type=click.Choice(["L1", "L2", "L3"]), help=_APPLY)(command)


def refuse_incomplete(level: str | None, heldout: tuple[Path, ...], model: str) -> None:
    """Check that a gate has all that it measures with.

    Raises:
        UsageError: the recordings, the model or the evaluation command is missing, or there is no gate for it.
    """
    values = chosen()
    if level is None and (heldout or values["eval_cmd"]):
        message = "--heldout and --eval-cmd go with --apply"
        raise UsageError(message, hint="Name the gate: --apply L1 or L2 with --heldout, L3 with --eval-cmd.")
    if level in {"L1", "L2"} and not heldout:
        message = f"--apply {level} needs --heldout"
        raise UsageError(message, hint=f"Name recordings of other tasks: --apply {level} --heldout RUNS.")
    if level == "L2" and model == "none":
        message = "--apply L2 measures with a model, and --model none asks none"
        raise UsageError(message, hint="Name one with --model; --analyst mined learns without it.")
    if level == "L3":
        options = evaluation("--apply L3", without="--apply L1 (recordings) and --apply L2 (a model)")
        cast(EvalGateModule, registry.load("t2s_local.gates", "eval_command")).load(options, cache=None)
        if values["tasks"] is None and not heldout:
            message = "no tasks to measure on"
            raise UsageError(message, hint="Name a file with a task a line, --tasks FILE, or --heldout RUNS.")


def applied(outcome: DeepenOutcome, wanted: Applying, embedder: Embedder) -> tuple[GatedEdit, ...]:
    """Measure each proposed edit of words by itself, accept those that pass, and return all verdicts."""
    proposals = [item for item in outcome.found.proposals if item.change != "reinforce"]
    if not proposals:
        return ()
    held = HeldOut(runs=wanted.heldout, train=wanted.train, labels=wanted.labels, embedder=embedder)
    library, at = Path(outcome.library), now()

    def say_reading(report: Report, n_trajectories: int) -> None:
        for line in account(report, n_trajectories=n_trajectories, verbose=wanted.verbose):
            say(line)

    if wanted.level == "L1":
        return apply_supported(library, proposals, held, workspace=wanted.workspace, at=at, say_reading=say_reading)
    if wanted.level == "L2":
        return apply_likelier(
            library,
            proposals,
            held,
            model=wanted.model,
            workspace=wanted.workspace,
            at=at,
            say=say,
            say_reading=say_reading,
        )
    values = chosen()
    job = Evaluated(
        tasks=None if values["tasks"] is None else listed_tasks(values["tasks"]),
        options=evaluation("--apply L3", without="--apply L1 (recordings) and --apply L2 (a model)"),
        trials=values["trials"] or TRIALS,
        seed=wanted.seed,
        cache=wanted.workspace / CACHE,
        with_placebo=not values["no_placebo"],
    )
    return apply_evaluated(library, proposals, held, job, workspace=wanted.workspace, at=at, say_plan=_say_plan)


def now() -> str:
    """Return the present time, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _say_plan(n_trials: int, n_arms: int) -> None:
    say(f"{counted(n_trials, 'trial')} in {counted(n_arms, 'arm')}; those measured before are not run again.")
