"""Start and end Ray, on this machine's loopback alone or in a cluster that the user names."""

import logging
import os
import secrets
import signal
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from t2s_local.errors import ModelError
from t2s_local.executors._ray.feed import READING
from t2s_local.extras import command_for
from t2s_local.offline import admit, dismiss
from t2s_local.ports.analyst import Placement
from t2s_local.processes import child_process
from t2s_local.user_files.scratch import scratch

LOOPBACK = "127.0.0.1"
_SHORT = 12
LOCAL = (None, LOOPBACK, "localhost", "::1")
_EVERYWHERE = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
"""Variables that Ray reads on import: no usage reports, and only fatal messages on the terminal."""
_ON_LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""Variable that restricts Ray, on any system, to the loopback; Ray would listen on every interface without it."""


def check() -> None:
    """Check that Ray is installed.

    Raises:
        ModelError: Ray is not installed.
    """
    if find_spec("ray") is None or find_spec("pyarrow") is None:
        message = "Ray is not installed"
        raise ModelError(message, hint=f"`{command_for('ray')}` installs it; --executor local needs none.")


@contextmanager
def cluster(placement: Placement) -> Iterator[int]:
    """Start Ray or join the named cluster, yield the number of actors, and shut Ray down at the end of the block.

    Raises:
        ModelError: Ray cannot be started or reached, or has too few resources for an actor and the reading task.
    """
    check()
    handlers = _handlers()
    host = _host(placement.address)
    os.environ.update(_EVERYWHERE)
    os.environ.update(child_process.environment())
    if host in LOCAL:
        os.environ.update(_ON_LOOPBACK)
    if host is None:
        os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=_token())
    import ray

    warnings.filterwarnings("ignore", module=r"ray\.")  # a warning that one reading task cannot keep all actors busy
    admit(Path(ray.__file__).parent, host=host)
    with _folder() as folder:
        try:
            _start(placement, str(folder))
            _restore(handlers)
            yield room_for(placement, ray.cluster_resources())
        finally:
            ray.shutdown()
            dismiss()
            _restore(handlers)


def _start(placement: Placement, folder: str) -> None:
    import ray

    own = {
        "num_cpus": placement.actors + READING,
        "include_dashboard": False,
        "_node_ip_address": LOOPBACK,
        "_temp_dir": folder,
    }
    try:
        with chdir(child_process.PACKAGE.parent):  # Ray lets its actors import from the current folder
            ray.init(
                address=placement.address or "local",
                configure_logging=True,
                logging_level=logging.ERROR,
                log_to_driver=False,
                **({} if placement.address else own),
            )
    except (OSError, RuntimeError, ValueError) as error:
        message = f"Ray cannot be {'reached' if placement.address else 'started'}: {str(error).splitlines()[0]}"
        raise ModelError(message, hint="--executor local works without it.") from error


def room_for(placement: Placement, there_is: dict[str, float]) -> int:
    """Return the number of actors for which resources exist: each needs a CPU and its GPUs, the reading task one CPU.

    Raises:
        ModelError: the resources do not suffice for one actor.
    """
    room = [placement.actors, int(there_is.get("CPU", 0)) - READING]
    if placement.gpus_per_actor:
        room.append(int(there_is.get("GPU", 0) / placement.gpus_per_actor))
    if min(room) >= 1:
        return min(room)
    needed = f"{1 + READING} CPUs" + (f" and {placement.gpus_per_actor:g} GPUs" if placement.gpus_per_actor else "")
    has = f"{there_is.get('CPU', 0):g} CPUs and {there_is.get('GPU', 0):g} GPUs"
    message = f"Ray has {has}; an actor and the reading need {needed}"
    raise ModelError(message, hint="Lower --gpus-per-actor, or name a larger cluster with --address.")


def _host(address: str | None) -> str | None:
    return None if address is None else address.rpartition(":")[0].strip("[]") or address


def _token() -> str:
    """Return a random password for this run, because other users of the machine can reach the loopback too."""
    return secrets.token_hex(32)


@contextmanager
def _folder() -> Iterator[Path]:
    """Make the folder of the session, with a short path: the path of a socket in it must be below 108 bytes."""
    if len(tempfile.gettempdir()) < _SHORT:
        with scratch("r") as folder:
            yield folder
    else:
        with tempfile.TemporaryDirectory(prefix="t2s-", dir="/tmp", ignore_cleanup_errors=True) as name:
            yield Path(name)


def _handlers() -> dict[int, Any]:
    """Return the present handlers of SIGINT and SIGTERM, which Ray replaces by its own."""
    return {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}


def _restore(handlers: dict[int, Any]) -> None:
    if threading.current_thread() is threading.main_thread():
        for number, handler in handlers.items():
            signal.signal(number, handler)
