"""``t2s graph`` and ``t2s audit`` as a person uses them."""

import json
from pathlib import Path

import pytest

from tests.commands import Ran, in_own_process, in_process
from tests.places import SAMPLES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the workflow of the samples, rendered, and the samples distilled."""
    made = tmp_path_factory.mktemp("graph")
    labels = SAMPLES / "labels.csv"
    assert in_process("graph", SAMPLES, "--labels", labels, "--ir", made / "work.json").code == 0
    done = in_process("graph", "render", made / "work.json", "-o", made / "skills")
    assert (done.code, done.out) == (0, f"{made / 'skills' / 'work'}\n")
    learned = in_process(
        *("distill", SAMPLES, "--labels", labels, "-o", made / "other", "--workspace", made / "ws"), "--model", "none"
    )
    assert learned.code == 0
    return made


def test_the_table_shows_what_followed_what() -> None:
    done = in_process("graph", SAMPLES, "--top", "3")
    assert done.code == 0
    assert done.out.splitlines()[0].split() == ["WEIGHT", "RUNS", "FROM", "TO"]
    assert len(done.out.splitlines()) == 4
    assert "The heaviest 3 of" in done.err


def test_json_is_the_whole_graph_and_the_same_bytes_each_time() -> None:
    one, other = (in_own_process("graph", SAMPLES, "--json") for _ in range(2))
    assert one.out == other.out
    found = json.loads(one.out)
    known = {node["id"] for node in found["nodes"]}
    assert found["n_runs"] > 0
    assert {edge["source"] for edge in found["edges"]} | {edge["target"] for edge in found["edges"]} <= known


def test_a_question_is_answered_with_actions_and_where_they_come_from() -> None:
    done = in_process("graph", SAMPLES, "--query", "No module named yaml", "--json")
    assert done.code == 0
    assert all(json.loads(line)["score"] <= 1 for line in done.out.splitlines())


def test_a_rendered_workflow_passes_lint_verify_and_audit(folder: Path) -> None:
    skill = folder / "skills" / "work"
    assert in_process("lint", skill).code == 0
    checked = in_process("verify", skill, "--workspace", folder / "ws")
    assert (checked.code, checked.out) == (0, "")
    assert in_process("audit", skill, "--runs", SAMPLES).code == 0
    again = in_process("graph", "render", folder / "work.json", "-o", folder / "skills")
    assert "unchanged" in again.err


def test_an_edge_that_is_gone_is_a_finding(folder: Path, tmp_path: Path) -> None:
    form = json.loads((folder / "work.json").read_text())
    gone = form["workflow"]["edges"].pop(0)
    (tmp_path / "less.json").write_text(json.dumps(form))
    done = in_process("audit", tmp_path / "less.json", "--runs", SAMPLES, "--json")
    assert done.code == 4
    found = json.loads(done.out)
    assert found["covered"] == found["transitions"] - gone["weight"]
    assert found["differences"][0]["part"] == "ΔW"


def refused(*words: str | Path) -> Ran:
    done = in_process(*words)
    assert "Traceback" not in done.err
    assert done.out == ""
    return done


def test_what_cannot_be_meant_is_one_line(folder: Path, tmp_path: Path) -> None:
    assert refused("graph", tmp_path / "none").code == 2
    assert refused("graph", SAMPLES, "--dot", "--json").code == 2
    (tmp_path / "empty").mkdir()
    assert refused("graph", tmp_path / "empty").code == 10
    assert refused("graph", "render", tmp_path / "none.json", "-o", tmp_path / "out").code == 2
    assert refused("audit", tmp_path / "empty", "--runs", SAMPLES).code == 2
    assert refused("graph", SAMPLES, "--project", "no-such-project").code == 2
    edited = folder / "skills" / "work" / "SKILL.md"
    before = edited.read_bytes()
    edited.write_bytes(before + b"- Mine.\n")
    kept = refused("graph", "render", folder / "work.json", "-o", folder / "skills")
    assert (kept.code, "--replace" in kept.err, edited.read_bytes()) == (1, True, before + b"- Mine.\n")
    edited.write_bytes(before)


def test_a_folder_called_render_is_read_by_its_path(tmp_path: Path) -> None:
    place = tmp_path / "render"
    place.mkdir()
    (place / "a.jsonl").write_bytes(next(SAMPLES.glob("openai_chat/*.json*")).read_bytes())
    assert in_own_process("graph", "./render", cwd=tmp_path).code == 0
