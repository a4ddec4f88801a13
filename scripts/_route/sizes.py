"""How long a library of a thousand skills takes: to index, to rank in this process, and as a command.

Commands run with their code compiled, as in an installation, also where the environment forbids to write compiled code.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from _route.planted import planted, write_many
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.runs.using.opening import open_index
from t2s_local.stages.use.route.ranking import rank_skills

_LOADER = (
    "import t2s_local.cli, t2s_local.cli.options\n"
    "from t2s_local.runs.models.embedders import load_embedder\n"
    "load_embedder('static')"
)
"""A process of t2s that loads the embedder and does nothing else."""
_BARE = "from t2s_local.runs.models.embedders import load_embedder\nload_embedder('static')"
_TASKS = 40


def sizes(folder: Path, n: int, *, repeats: int) -> dict[str, float]:
    """Measure CPU seconds, milliseconds, megabytes and ratios of CPU time on a library of *n* skills."""
    write_many(folder, n)
    time.sleep(0.2)
    command = [sys.executable, "-m", "t2s_local", "route", "Water stands in the shower.", str(folder)]
    loading, bare_loading = [sys.executable, "-c", _LOADER], [sys.executable, "-c", _BARE]
    compiled = {**os.environ, "PYTHONPYCACHEPREFIX": f"{folder}.code"}
    compiled.pop("PYTHONDONTWRITEBYTECODE", None)
    for one in ([*command, "--help"], loading, bare_loading):
        _child(one, compiled)
    first = _child(command, compiled)
    embedder = load_embedder("static")
    index = open_index(folder, embedder).index
    taken = []
    for one in planted()[:_TASKS]:
        start = time.process_time()
        rank_skills(index, one.task, embedder)
        taken.append(time.process_time() - start)
    rounds = [[_child(one, compiled) for one in (command, loading, bare_loading)] for _ in range(repeats)]
    ours, loader, bare = (statistics.median(one[at][0] for one in rounds) for at in range(3))
    return {
        "n_sized": n,
        "index_cpu_seconds": round(first[0], 2),
        "index_megabytes": round(first[1], 1),
        "rank_ms": round(1000 * statistics.median(taken), 2),
        "command_cpu_seconds": round(ours, 3),
        "command_to_loader_ratio": round(ours / loader, 3),
        "command_to_bare_loader_ratio": round(ours / bare, 3),
        "command_megabytes": round(max(one[0][1] for one in rounds), 1),
    }


def _child(command: Sequence[str], variables: Mapping[str, str]) -> tuple[float, float]:
    """Run a program; return its CPU seconds and its largest resident size in megabytes."""
    process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
