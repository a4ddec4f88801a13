"""``t2s deepen`` with a model: answers from a script through the whole command, and one run with real weights."""

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from t2s_local import registry
from t2s_local.analysts import llm
from t2s_local.engines.scripted import Scripted
from t2s_local.ports.engine import Request
from t2s_local.ports.tools import Tools
from t2s_local.runs.deepening.deepening import DeepenOutcome, deepen_skills, frozen
from t2s_local.runs.progress import SilentListener
from t2s_local.stages.deepen.deepen import Wanted
from t2s_local.values.trajectory import Outcome, Trajectory
from t2s_local.writers import template
from tests.build import step, trajectory
from tests.commands import in_process
from tests.jobs import job
from tests.recorded import shell

SKILL = """---
name: deploying
description: "Deploys services. Use when asked to deploy one."
---

# Deploying

## Looking

- Look at the load with `loadcheck --all` before you deploy.
- Never restart the broker by hand.

## Telling

- Tell the others with `tell-all`, and only add notes when asked.
"""
PAGE = Path("skills/deploying/SKILL.md")
NOTHING = '{"learned": false}'


def run(number: int, outcome: Outcome = "success") -> Trajectory:
    """A run in which no call fails, so that code alone learns nothing from it."""
    steps = (*shell("loadcheck --all", "load 0.3", 0, key="1"), *shell("deploy shop", "ok", 0, key="2"))
    asked = step("user", "deploy the shop after a look at its load")
    return trajectory(asked, *steps, outcome=outcome, task_id=f"t{number}", source=f"{number}.jsonl")


def write(runs: Sequence[Trajectory]) -> None:
    Path("runs").mkdir(exist_ok=True)
    for number, one in enumerate(runs):
        Path("runs", f"{number}.jsonl").write_bytes(msgspec.json.encode(one) + b"\n")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    PAGE.parent.mkdir(parents=True)
    PAGE.write_text(SKILL, "utf-8")
    return tmp_path


def deepened(here: Path, line: str) -> tuple[DeepenOutcome, Scripted]:
    """What a model that answers *line* to every question about a skill leads to."""
    engine = Scripted(lambda request: answer_to(request, line), name="scripted", context=8192)
    library = Path("skills")
    tools = Tools(
        analyst=llm.load(engine, skills=frozen(library, ["deploying"])),
        embedder=registry.load("t2s_local.embedders", "static").load(None),
        clusterer=registry.load("t2s_local.clusterers", "auto").load(),
        writer=template.load(),
    )
    made = msgspec.structs.replace(job(here, Path("runs")), labels=None, is_written=False)
    return deepen_skills(made, ["deploying"], tools, SilentListener(), Wanted()), engine


def answer_to(request: Request, line: str) -> str:
    """Return *line*, which names the first or second of two lines, as it is where the lines are reversed."""
    if not is_about_lines(request):
        return NOTHING
    turned = {"1": "2", "2": "1"}
    is_back = request.id.endswith("-back")
    return re.sub(r'(?<="line": )\d', lambda found: turned[found[0]], line) if is_back else line


def is_about_lines(request: Request) -> bool:
    return '"kept"' in request.prefix


def test_a_line_that_runs_followed_with_success_is_borne_out_and_counts(here: Path) -> None:
    write([run(number) for number in range(4)])
    outcome, engine = deepened(here, '{"line": 1, "step": 1, "kept": "yes"}')
    assert sum(map(is_about_lines, engine.asked)) == 8
    assert [(note.finding, note.support) for note in outcome.found.noted if note.finding != "unseen"] == [("held", 4)]
    assert [(item.change, item.support) for item in outcome.found.proposals] == [("reinforce", 4)]
    assert (outcome.analyst, outcome.n_stated, outcome.parked) == ("llm", 4, ())
    assert PAGE.read_text("utf-8") == SKILL


def test_a_line_that_failing_runs_followed_is_named_and_stays(here: Path) -> None:
    write([run(number, "failure") for number in range(4)])
    outcome, _ = deepened(here, '{"line": 1, "step": 1, "kept": "yes"}')
    (note,) = [note for note in outcome.found.noted if note.finding == "failed"]
    assert (note.text, note.support) == ("Look at the load with `loadcheck --all` before you deploy.", 4)
    assert outcome.found.proposals == ()


def test_no_answer_of_a_model_deletes(here: Path) -> None:
    write([run(number) for number in range(4)])
    for answer in ('{"line": 2, "step": 1, "kept": "no"}', "Delete it.", '{"delete": 1}'):
        outcome, _ = deepened(here, answer)
        assert not {item.edit.op for item in outcome.found.proposals} & {"delete_section", "delete_file"}
    assert PAGE.read_text("utf-8") == SKILL


def test_what_is_asked_again_is_remembered_until_the_skill_changes(here: Path) -> None:
    write([run(number) for number in range(4)])
    line = '{"line": 1, "step": 1, "kept": "yes"}'
    deepened(here, line)
    _, engine = deepened(here, line)
    assert engine.asked == []
    PAGE.write_text(SKILL.replace("--all", "-a"), "utf-8")
    _, engine = deepened(here, line)
    assert len(engine.asked) == 8


@pytest.mark.model
def test_a_real_model_is_asked_and_changes_nothing_by_itself(here: Path, real_model: Path) -> None:
    write([run(number) for number in range(2)])
    words = ("deepen", "skills/deploying", "runs", "--model", str(real_model), "--json", "-q")
    one, other = in_process(*words), in_process(*words)
    assert one.code == 0, one.err
    found = msgspec.json.decode(one.out, type=DeepenOutcome)
    assert (found.analyst, found.n_unasked, found.parked) == ("llm", 0, ())
    assert one.out == other.out
    assert PAGE.read_text("utf-8") == SKILL
