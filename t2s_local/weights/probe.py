"""Ask llama.cpp for its backends, in a process of its own."""

import re
import subprocess
import sys
from importlib.util import find_spec

import msgspec

from t2s_local.processes import child_process
from t2s_local.values.value import Value

_SECONDS = 60


class Build(Value, frozen=True, kw_only=True):
    """A build of llama.cpp."""

    version: str
    """Of llama-cpp-python."""
    features: tuple[str, ...]
    """Instruction sets and libraries it uses."""
    can_offload: bool
    """Whether it can put layers on a GPU."""


def is_installed() -> bool:
    """Return whether llama.cpp is installed: a plain installation of t2s is without it."""
    return find_spec("llama_cpp") is not None


def build() -> Build | None:
    """The installed build; None where it cannot be loaded."""
    command = child_process.command("t2s_local.weights.probe")
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            env=child_process.environment(),
            cwd=child_process.PACKAGE,  # llama.cpp looks for back ends in the current folder too
        )
        return msgspec.json.decode(done.stdout, type=Build)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError):
        return None


def main() -> None:
    """Print the build as JSON."""
    import llama_cpp

    said = llama_cpp.llama_print_system_info().decode("utf-8", "replace")
    found = Build(
        version=llama_cpp.__version__,
        features=tuple(re.findall(r"(\w+) = 1\b", said)),
        can_offload=bool(llama_cpp.llama_supports_gpu_offload()),
    )
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
