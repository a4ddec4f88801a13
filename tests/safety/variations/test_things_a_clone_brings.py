"""Files that a cloned project brings along: none is obeyed, followed or written through, whatever it is."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands import Ran, in_own_process
from tests.libraries import skill, tree, write
from tests.many import write_runs

COMMAND = ("distill", "runs", "-o", "skills", "--model", "none", "--json")
TRAP = "import pathlib; (pathlib.Path(__file__).parent / 'ran').touch()\n"
"""A module that leaves a mark where it runs."""
Clone = Callable[[Path, Path], None]
CLONES: dict[str, Clone] = {}
SAFE = {"PYTHONSAFEPATH": "1"}
"""An installed command has no folder of its caller on its path; ``python -m`` has."""
_LARGE = 50_000_000


def brings(make: Clone) -> Clone:
    """Note what a clone brings: it is made of the folder of the clone and of a folder that it wants to get at."""
    CLONES[make.__name__] = make
    return make


def settings(name: str, text: str | bytes) -> None:
    """Note a clone with a settings file."""

    def make(clone: Path, _victim: Path) -> None:
        (clone / "t2s.toml").write_bytes(text if isinstance(text, bytes) else text.encode())

    CLONES[f"settings_with_{name}"] = make


def link(name: str, to: str) -> None:
    """Note a clone in which a file of ours is a link."""

    def make(clone: Path, victim: Path) -> None:
        place = clone / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(to.format(victim=victim))

    CLONES[f"link_for_{name}"] = make


def pipe(name: str) -> None:
    """Note a clone in which a file of ours is a pipe."""

    def make(clone: Path, _victim: Path) -> None:
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(clone / name)

    CLONES[f"pipe_for_{name}"] = make


settings("less_support", "min_support = 1")
settings("no_support", "min_support = -999")
settings("a_workspace", 'workspace = "../victim"')
settings("a_model", 'model = "evil.gguf"')
settings("a_server", 'model = "http://127.0.0.1:9/v1"\nserver_hosts = ["example.com"]')
settings("an_embedder", 'embedder = "../victim"')
settings("text_that_is_no_toml", "min_support = = 2\n\x1b[2Jforged")
settings("bytes_that_are_no_text", b"\xff\xfe\x00min_support")
settings("deep_tables", "a" + ".a" * 5_000 + " = 1")
settings("deep_lists", "a = " + "[" * 20_000)
settings("much_text", "#" * _LARGE)
settings("a_forged_line", '"a\\nEverything is verified" = 1')
link("t2s.toml", "{victim}/secret")
link(".t2s", "{victim}")
link(".t2s/lock", "{victim}/secret")
link(".t2s/store.db", "{victim}/data.db")
link(".t2s/store.db-wal", "{victim}/secret")
link(".t2s/store.v9.partial", "{victim}/secret")
link("skills", "{victim}")
link("skills/.t2s-library", "{victim}")
link("skills/.t2s-library/manifest.json", "{victim}/secret")
link("skills/.t2s-library/decisions.json", "{victim}/secret")
link("skills/.t2s-library/lock", "{victim}/secret")
link("skills/.t2s-library.partial", "{victim}")
link("skills/using-git-push", "{victim}")
link("skills/using-git-push/SKILL.md", "{victim}/secret")
link("skills/using-pip-install/references", "{victim}")
for one in ("t2s.toml", ".t2s", ".t2s/lock", ".t2s/store.db", "skills", "skills/.t2s-library/decisions.json"):
    pipe(one)


@brings
def modules_by_our_names(clone: Path, _victim: Path) -> None:
    """Bring modules by the names of those that are imported, and of those that Python imports by itself."""
    for name in ("msgspec", "click", "numpy", "json", "re2", "sitecustomize", "usercustomize", "t2s_local"):
        (clone / f"{name}.py").write_text(TRAP)
    (clone / "a.pth").write_text(f"import runpy; runpy.run_path({str(clone / 'msgspec.py')!r})\n")


@brings
def a_package_by_our_name(clone: Path, _victim: Path) -> None:
    """Bring a package by the name of ours."""
    for part in ("t2s_local", "t2s_local/processes", "t2s_local/formats"):
        (clone / part).mkdir()
        (clone / part / "__init__.py").write_text(f"import pathlib; pathlib.Path({str(clone / 'ran')!r}).touch()\n")


@brings
def settings_under_other_names(clone: Path, _victim: Path) -> None:
    """Bring settings in files that other tools obey."""
    (clone / ".env").write_text("T2S_MIN_SUPPORT=1\nT2S_WORKSPACE=../victim\n")
    (clone / "pyproject.toml").write_text("[tool.t2s]\nmin_support = 1\n")
    (clone / "config.toml").write_text("min_support = 1\n")


@brings
def a_skill_that_says_it_is_ours(clone: Path, _victim: Path) -> None:
    """Bring a library of somebody else's that lists a skill by hand as t2s's own."""
    with pytest.MonkeyPatch.context() as other:
        other.setenv("XDG_DATA_HOME", str(clone.parent / "other"))
        write(clone / "skills", [skill("using-git-push", "by hand")])


@brings
def decisions_of_somebody_else(clone: Path, _victim: Path) -> None:
    """Bring answers to a review that nobody here gave."""
    (clone / "skills/.t2s-library").mkdir(parents=True)
    decision = {"id": "x", "verdict": "accepted", "at": "2026-01-01T00:00:00+00:00", "says": "all of it"}
    (clone / "skills/.t2s-library/decisions.json").write_text(json.dumps({"version": 1, "decisions": [decision]}))


@brings
def a_store_of_another_program(clone: Path, _victim: Path) -> None:
    """Bring a database that has tables of the same names."""
    (clone / ".t2s").mkdir()
    with closing(sqlite3.connect(clone / ".t2s/store.db")) as database:
        database.execute("CREATE TABLE runs (id, started, finished, manifest, result)")
        database.execute("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END")
        database.commit()


def refused_or_done(done: Ran, skills: dict[str, bytes], plain: dict[str, bytes]) -> bool:
    """Whether a command said in a line what it does not take, or made just what it would have made without that.

    A skill in whose place something else lies waits, and is named.
    """
    if done.code:
        return done.code in (1, 2, 3) and done.err.count("Error: ") == 1
    return skills == plain or ("t2s library history" in done.err and skills.items() < plain.items())


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Skills of the runs, made where nothing was brought along."""
    folder = tmp_path_factory.mktemp("plain")
    write_runs(folder / "runs", 24)
    assert in_own_process(*COMMAND, cwd=folder).code == 0
    return pages(folder)


def pages(folder: Path) -> dict[str, bytes]:
    skills = folder / "skills"
    if skills.is_symlink() or not skills.is_dir():
        return {}
    return {
        name: data
        for name, data in tree(skills).items()
        if name.endswith(".md") and not any((skills / name, *(skills / name).parents)[at].is_symlink() for at in (0, 1))
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", CLONES)
def test_nothing_that_a_clone_brings_is_obeyed_or_written_through(
    tmp_path: Path, plain: dict[str, bytes], name: str
) -> None:
    clone, victim = tmp_path / "clone", tmp_path / "victim"
    clone.mkdir()
    victim.mkdir()
    (victim / "secret").write_text("key = 'q7Wz9Kp2Xr4TvB6n'\n")
    with closing(sqlite3.connect(victim / "data.db")) as database:
        database.execute("CREATE TABLE mine (a)")
    (victim / "secret").chmod(0o640)
    write_runs(clone / "runs", 24)
    CLONES[name](clone, victim)
    before, modes = tree(victim), {path: path.stat().st_mode for path in victim.rglob("*")}
    done = in_own_process(*COMMAND, cwd=clone, environment=SAFE, timeout=60)
    assert refused_or_done(done, pages(clone), plain), (done, sorted(pages(clone)), sorted(plain))
    assert "Traceback" not in done.err
    assert "q7Wz9Kp2Xr4TvB6n" not in done.out + done.err
    assert "\x1b" not in done.err
    assert not any(line.startswith("Everything is verified") for line in done.err.splitlines())
    assert (tree(victim), {path: path.stat().st_mode for path in victim.rglob("*")}) == (before, modes)
    assert not (clone / "ran").exists()
