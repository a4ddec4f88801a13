"""Use the verdicts of a model on steps in a run."""

from pathlib import Path

from t2s_local.cli.output import say
from t2s_local.stages.steps.faults import read_faults
from t2s_local.text.text import counted
from t2s_local.values.trajectory import StepFaults

STEPS_HELP = (
    "File of `t2s steps --judge MODEL --json`: ask the model about the steps it called wrong, as about failures."
)


def faults_in(path: Path) -> StepFaults:
    """Read a file of verdicts, print how many steps a model called wrong, and return them.

    Raises:
        InputError: the file cannot be read, or has a line that is no verdict.
    """
    found = read_faults(path)
    if not found:
        say(f"{path}: no step that a model called wrong; `t2s steps RUNS --judge MODEL --json` prints those.")
        return found
    kinds = [fault.verdict for steps in found.values() for fault in steps.values()]
    say(
        f"{path}: a model called {counted(kinds.count('fatal'), 'step')} fatal and"
        f" {counted(kinds.count('repaired'), 'step')} a slip, in {counted(len(found), 'run')}."
    )
    return found
