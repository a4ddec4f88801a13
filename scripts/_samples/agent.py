"""The scripted agent: it runs every command of a play in a fresh folder and keeps what came back."""

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from _samples.play import Beat, Play

TASK_FOLDER = "/srv/task"
"""What the temporary folder of a run is called in the recording."""
_GITCONFIG = "[user]\n\tuseConfigOnly = true\n[init]\n\tdefaultBranch = main\n[color]\n\tui = false\n"
_OTHER_PATHS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"/[\w./-]*/lib/python3\.\d+"), "/usr/lib/python3"),
    (re.compile(r"/tmp/pip-[\w./-]*"), "/tmp/pip-build"),
    (re.compile(r"\bpython3\.\d+\b"), "python3"),
    (re.compile(r"(?<=\bin )\d\.\d{3}s\b"), "0.001s"),
)


@dataclass(frozen=True, kw_only=True)
class Played:
    """A command's result, or words; *code* is None for words."""

    beat: Beat
    output: str = ""
    code: int | None = None


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A play that was played."""

    play: Play
    acts: tuple[Played, ...]
    succeeded: bool
    """What the task's check said."""


def record(play: Play) -> Recording:
    """Play *play* in a temporary folder.

    Raises:
        RuntimeError: the set-up failed, so that the play would prove nothing.
    """
    root = Path(tempfile.mkdtemp(prefix="t2s-sample-"))
    try:
        for name in ("task", "home"):
            (root / name).mkdir()
        (root / "home" / ".gitconfig").write_text(_GITCONFIG)
        _make_python(root / "venv")
        setup = _bash(root, play.setup)
        if setup.returncode:
            message = f"{play.name}: set-up failed: {setup.stdout.decode()}"
            raise RuntimeError(message)
        acts = tuple(_act(root, beat) for beat in play.beats)
        return Recording(play=play, acts=acts, succeeded=_bash(root, play.verify).returncode == 0)
    finally:
        shutil.rmtree(root)


def _make_python(folder: Path) -> None:
    command = [sys._base_executable, "-m", "venv", "--without-pip", "--system-site-packages", str(folder)]
    subprocess.run(command, check=True)
    (site,) = folder.glob("lib/python3*/site-packages")
    tools = distribution("setuptools").locate_file("")
    for part in Path(str(tools)).glob("setuptools*"):
        (site / part.name).symlink_to(part)


def _act(root: Path, beat: Beat) -> Played:
    if beat.kind != "run":
        return Played(beat=beat)
    done = _bash(root, beat.text)
    return Played(beat=beat, output=_masked(root, done.stdout), code=done.returncode)


def _bash(root: Path, script: str) -> subprocess.CompletedProcess[bytes]:
    moment = "2025-03-03T09:00:00+0000"
    environment = {
        "PATH": f"{root}/venv/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(root / "home"),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "GIT_AUTHOR_DATE": moment,
        "GIT_COMMITTER_DATE": moment,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_PAGER": "cat",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_NO_INDEX": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "1740992400",
        "TAR_OPTIONS": "--owner=0 --group=0 --sort=name",
    }
    return subprocess.run(
        ["bash", "-c", script],
        cwd=root / "task",
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )


def _masked(root: Path, output: bytes) -> str:
    text = output.decode("utf-8", "replace").rstrip("\n")
    for real, shown in ((root / "task", TASK_FOLDER), (root, "/srv")):
        text = text.replace(str(real.resolve()), shown).replace(str(real), shown)
    for pattern, shown in _OTHER_PATHS:
        text = pattern.sub(shown, text)
    return text
