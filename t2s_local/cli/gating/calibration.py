"""``t2s gate --calibrate-judge``: check whether a model is reliable enough to judge skills."""

from t2s_local.cli.output import print_json, print_table, say
from t2s_local.cli.skills import FINDINGS
from t2s_local.errors import UsageError
from t2s_local.runs.models.models import open_engine
from t2s_local.stages.gates.calibration.calibration import MOST_THROUGH, SURE, calibrate


def calibrate_judge(model: str, *, as_json: bool) -> int:
    """Calibrate the model that *model* names, print the result, and return the exit code.

    Raises:
        ModelError: there is no model, or it cannot be run.
        UsageError: no model is wanted.
    """
    if model == "none":
        message = "--calibrate-judge needs a model"
        raise UsageError(message, hint="Name it with --model; `t2s models ls` lists what there is.")
    with open_engine(model, say=say) as engine:
        found = calibrate(engine)
    if as_json:
        print_json(found)
    else:
        rows = [(one.defect, str(one.n), str(one.n_right)) for one in found.defects]
        print_table(
            ("DEFECT", "PAIRS", "SEEN"), [*rows, ("all", str(found.n), str(found.n_right))], right=frozenset({1, 2})
        )
        say(
            f"{found.model} {found.verdict}: it named the whole skill in both orders in {found.n_right} of {found.n}"
            f" pairs (one-sided p {found.p_value:.4f}, at most {SURE} is needed) and let {found.let_through:.0%} of the"
            f" defects through (less than {MOST_THROUGH:.0%} is needed). It named the first skill in {found.n_first}"
            f" of {2 * found.n} answers."
        )
        say("No command accepts or rejects a skill on a model's preference.")
    return 0 if found.verdict == "passes" else FINDINGS
