"""Query of llama.cpp's build, in a separate process."""

import re
import subprocess
import sys
from importlib.util import find_spec

import msgspec

from t2s_local.processes import child_process
from t2s_local.values.value import Value

_SECONDS = 60


class Build(Value, frozen=True, kw_only=True):
    """Facts about a build of llama.cpp."""

    version: str
    """Version of llama-cpp-python."""
    features: tuple[str, ...]
    """Instruction sets and libraries that the build uses."""
    can_offload: bool
    """Whether the build can put layers on a GPU."""


def is_installed() -> bool:
    """Return whether llama.cpp is installed; a plain installation of t2s does not include it."""
    return find_spec("llama_cpp") is not None


def build() -> Build | None:
    """Return the installed build; None if it cannot be loaded."""
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
