"""Options for running an evaluation command."""

from t2s_local.values.value import Value


class EvalOptions(Value, frozen=True, kw_only=True):
    """The user's evaluation command, with its limits of time and number."""

    command: str
    """Command line that contains ``{skill}`` and ``{task}``, and ``{seed}`` if the command needs a seed."""
    timeout: float
    """Limit of seconds for one trial."""
    jobs: int = 1
    """Number of trials that run at the same time."""
    max_runs: int | None = None
    """Limit of new trials; trials with a stored score do not count. None for no limit."""
    max_seconds: float | None = None
    """Seconds after which no further trial is started; None for no limit."""
