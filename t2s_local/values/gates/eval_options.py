"""How an evaluation command is run."""

from t2s_local.values.value import Value


class EvalOptions(Value, frozen=True, kw_only=True):
    """How the command is run, and how often at most."""

    command: str
    """With ``{skill}`` and ``{task}``, and ``{seed}`` where it wants one."""
    timeout: float
    """Seconds a trial may take."""
    jobs: int = 1
    """Trials at a time."""
    max_runs: int | None = None
    """Trials that are run now; those measured before do not count. None is all."""
    max_seconds: float | None = None
    """Seconds after which no trial is begun. None is no end."""
