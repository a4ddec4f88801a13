"""The README says what is so: its commands run, its excerpt is what the tool writes."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from t2s_local.cli import t2s as program
from t2s_local.cli.graph import render_command
from tests.conftest import Command
from tests.places import ROOT, SAMPLES

README = (ROOT / "README.md").read_text("utf-8")
AWAY = ("models pull", "models try", "--harvest", "http://", "runs rm", "rollback", "--map", "--suggest-map")
"""Commands that go on the network, want a model, a server, the user's home, a person's word, an earlier version, or
a file of a layout of one's own: their words and options are checked here, what they do in tests of their own."""
STANDING_FOR = {"RUNS": "in", "runs/": "in", "skills/NAME": "skills/using-tar", "results.csv": "in/labels.csv"}
STANDING_FOR |= {".claude/skills/my-skill": "skills/using-tar", ".claude/skills": "skills"}
FINE = {0, 3, 4, 10}
"""Exit codes of a command that did what was asked, whatever it found."""


def blocks() -> Iterator[str]:
    """Yield the lines of the README that stand as commands: those that are indented."""
    for line in README.splitlines():
        if line.startswith("    "):
            yield re.split(r"\s{2,}#|\s# ", line.strip())[0]


COMMANDS = sorted({line for line in blocks() if line.startswith("t2s ")})
MENTIONED = sorted({span.replace("\\|", "|") for span in re.findall(r"`(t2s [^`]+)`", README)})
"""Commands in the table and in sentences, with the names of what stands in their places."""
SCRIPTS = sorted({line.split()[0] for line in blocks() if line.startswith("scripts/")})


def parse(words: list[str]) -> None:
    """Read a command line as the program does, and run nothing.

    Raises:
        click.ClickException: a command or an option of it does not exist.
    """
    command: click.Command = program
    context = click.Context(program)
    while isinstance(command, click.Group) and words:
        found = command.get_command(context, words[0])
        assert found is not None, words
        command, words = found, words[1:]
        context = click.Context(command, info_name=command.name)
    if command.name == "graph" and words[:1] == ["render"]:
        command = render_command
    options = {name for one in command.params if isinstance(one, click.Option) for name in one.opts}
    assert {word for word in words if word.startswith("-") and len(word) > 1} <= options, words


def alternatives(span: str) -> Iterator[list[str]]:
    """Yield the words of a command with placeholders, once for each of the commands that it names with ``|``."""
    words = re.sub(r"[\[\]()…,]|\.\.\.", " ", span.partition(" -- ")[0]).split()[1:]
    at = next((n for n, word in enumerate(words[:2]) if re.fullmatch(r"[a-z]+(\|[a-z]+)+", word)), None)
    for one in [None] if at is None else words[at].split("|"):
        chosen = words if at is None or one is None else [*words[:at], one, *words[at + 1 :]]
        yield [part for word in chosen for part in (word.split("|") if word.startswith("-") else [word])]


def test_there_are_commands_to_try() -> None:
    assert len(COMMANDS) >= 20
    assert len(MENTIONED) >= 60
    assert len(SCRIPTS) >= 5


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_and_option_of_the_readme_exists(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (words, *_) = line.split(" -- ")
    parse([word for word in shlex.split(words.replace("…", ""))[1:] if word])


@pytest.mark.parametrize("span", MENTIONED)
def test_every_command_and_option_that_a_sentence_or_the_table_names_exists(
    span: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in alternatives(span):
        parse(words)


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_of_the_readme_is_there_and_may_be_run(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111


def test_the_commands_of_the_first_page_run_one_after_the_other(
    here: Path, t2s: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(here))
    (here / "RUNS").symlink_to(SAMPLES, target_is_directory=True)
    first = README.partition("## What it does")[0]
    shown = [re.split(r"\s{2,}#", line.strip())[0] for line in first.splitlines() if line.startswith("    t2s ")]
    assert [line.split()[1] for line in shown] == ["harvest", "distill", "install"]
    assert t2s("harvest", "--project", ".").code == 10
    assert t2s("distill", "RUNS", "-o", "skills", "--model", "none").code == 0
    assert t2s(*shlex.split(shown[-1])[1:]).code == 0
    assert (here / ".claude" / "skills").is_dir()
    for words in ("candidates", "report", "review skills --list", "runs show", "library verify skills", "config show"):
        assert t2s(*words.split()).code == 0, words


def test_the_commands_of_the_other_pages_run(here: Path, t2s: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setenv("T2S_MODEL", "none")
    (here / "in").symlink_to(SAMPLES, target_is_directory=True)
    (here / "README.md").write_text("Work on an archive with tar.", "utf-8")
    made = t2s("distill", "in", "-o", "skills", "--json")
    run = json.loads(made.out)["run"]
    for line in COMMANDS:
        if not any(part in line for part in AWAY):
            words = [STANDING_FOR.get(word, word).replace("1f3a", run[:6]) for word in shlex.split(line)[1:]]
            ran = t2s(*words)
            assert ran.code in FINE, (line, ran.err)


def test_the_skill_that_the_readme_opens_with_is_one_that_the_tool_writes(here: Path, t2s: Command) -> None:
    excerpt = README.partition("```markdown\n")[2].partition("```")[0]
    assert t2s("demo").code == 0
    written = (here / "skills-demo" / "using-tar" / "SKILL.md").read_text("utf-8")
    assert [line for line in excerpt.splitlines() if line not in written] == []
