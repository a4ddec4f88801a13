"""``t2s candidates``, ``t2s why`` and ``t2s show``: from a rule, in a skill or not, back to the recordings."""

import json
import re
import shutil
from pathlib import Path

import msgspec
import pytest

from t2s_local.runs.finished.candidates import CandidateRule, best_quotes
from t2s_local.runs.finished.why import RuleOrigin
from t2s_local.values.lesson import Quote
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from tests.commands import Ran, in_process
from tests.places import SAMPLES


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("why")
    paths = ["--workspace", str(folder / "ws"), "-o", str(folder / "skills")]
    recorded = folder / "recorded"
    shutil.copytree(SAMPLES, recorded)
    for path in recorded.glob("claude_code/*.jsonl"):
        path.write_text(path.read_text().replace("/srv/task", "/srv/shop/tills"))
    done = in_process("distill", recorded, "--model", "none", *paths)
    assert done.code == 0, done.err
    (folder / "said").write_text(done.err)
    return folder / "ws"


def lines(result: Ran) -> list[str]:
    assert result.code == 0, result.err
    return result.out.splitlines()


def candidates(workspace: Path) -> list[CandidateRule]:
    shown = in_process("candidates", "--workspace", workspace, "--json")
    return [msgspec.json.decode(line, type=CandidateRule) for line in lines(shown)]


def origins(workspace: Path, name: str) -> list[RuleOrigin]:
    shown = in_process("why", name, "--workspace", workspace, "--json")
    return [msgspec.json.decode(line, type=RuleOrigin) for line in lines(shown)]


def test_what_is_in_no_skill_is_listed_with_what_it_lacks_and_what_is_nearest(workspace: Path) -> None:
    found = candidates(workspace)
    assert found
    assert all(item.lacks and item.quotes and item.support >= 1 for item in found)
    assert [len(item.lacks) for item in found] == sorted(len(item.lacks) for item in found)
    ids = {item.id for item in found}
    near = [item.nearest for item in found if item.nearest is not None]
    assert len(near) == len(found)
    assert all(item.skill is not None or item.id in ids for item in near)
    for item in found:
        assert all(origin.lacks == item.lacks and origin.skill is None for origin in origins(workspace, item.id))


def test_distill_ends_with_how_many_rules_lack_something_and_where_they_are_listed(workspace: Path) -> None:
    said = (workspace.parent / "said").read_text().splitlines()
    n = len(candidates(workspace))
    told = next(line for line in said if line.startswith("From "))
    assert sum(int(count) for count in re.findall(r"(\d+)(?: more)? (?:needs?|lacks?) ", told)) == n
    assert f"t2s candidates --workspace {workspace}" in told


def test_a_person_reads_each_candidate_in_full(workspace: Path) -> None:
    shown = " ".join(in_process("candidates", "--workspace", workspace, "--all").out.split())
    for item in candidates(workspace):
        assert item.page
        assert all(" ".join(line.split()) in shown for line in item.lines)
        assert f"{item.id} · " in shown


def test_a_candidate_has_the_words_that_the_page_of_a_skill_would_have(workspace: Path) -> None:
    found = {item.id: item.lines for item in candidates(workspace)}
    for one, words in list(found.items())[:3]:
        assert [origin.lines for origin in origins(workspace, one)] == [words]
    failing = [words for words in found.values() if words[0].startswith("`tar`")]
    assert failing
    assert all(not re.search(r"”: (?:Run|Call) ", words[0]) and words[1].startswith("Do") for words in failing)
    listed = " ".join(in_process("review", "--list", "--workspace", workspace).out.split())
    assert all(" ".join(words[0].split()) in listed for words in found.values())


def test_another_embedder_finds_other_neighbours_for_candidates_in_the_same_words(workspace: Path) -> None:
    shown = in_process("candidates", "--workspace", workspace, "--embedder", "hashing", "--json")
    other = [msgspec.json.decode(line, type=CandidateRule) for line in lines(shown)]
    assert {item.id: item.page for item in other} == {item.id: item.page for item in candidates(workspace)}


def test_every_rule_of_a_skill_leads_to_its_recordings_and_the_steps_around_its_quotes(workspace: Path) -> None:
    for folder in sorted((workspace.parent / "skills").iterdir()):
        if not (folder / "SKILL.md").exists():
            continue
        found = origins(workspace, folder.name)
        assert [item.rule for item in found] == [f"R{number}" for number in range(1, len(found) + 1)]
        evidence = (folder / "references" / "evidence.md").read_text("utf-8")
        for item in found:
            section = evidence.partition(f"## {item.rule}. ")[2].partition("\n## R")[0]
            assert f"Support: {item.support} trajectories" in section
            assert len(item.recordings) == item.support
            for recording in item.recordings:
                assert recording.source is not None
                quoted = {quote.step for quote in recording.quotes}
                assert quoted <= {step.index for step in recording.steps}
                shown = {step.index: step.text for step in recording.steps}
                assert all(quote.text in shown[quote.step] for quote in recording.quotes)


def test_one_rule_is_asked_for_by_its_number(workspace: Path) -> None:
    name = next(path.parent.name for path in sorted((workspace.parent / "skills").glob("*/SKILL.md")))
    assert origins(workspace, f"{name}#R1") == origins(workspace, name)[:1]
    missing = in_process("why", f"{name}#R99", "--workspace", workspace)
    assert missing.code == 2
    assert "has no rule R99" in missing.err
    assert "A number may move with the next distill" in " ".join(missing.err.split())
    unknown = in_process("why", "no-such-thing", "--workspace", workspace)
    assert unknown.code == 2
    assert "no-such-thing" in unknown.err
    assert in_process("why", "", "--workspace", workspace).code == 2


def test_a_recording_is_shown_by_the_beginning_of_its_id(workspace: Path) -> None:
    quote = candidates(workspace)[0].quotes[0]
    shown = in_process("show", quote.trajectory_id[:12], "--workspace", workspace)
    stored = msgspec.json.decode(
        in_process("show", quote.trajectory_id, "--workspace", workspace, "--json").out, type=Trajectory
    )
    starts = [line.split()[:2] for line in lines(shown) if line.strip() and line.split()[0].isdigit()]
    assert [[str(at), step.kind] for at, step in enumerate(stored.steps)] == starts
    step = in_process("show", quote.trajectory_id, str(quote.step), "--workspace", workspace)
    assert stored.steps[quote.step].text in step.out
    beyond = in_process("show", quote.trajectory_id, str(len(stored.steps)), "--workspace", workspace)
    assert beyond.code == 2
    assert in_process("show", "zz", "--workspace", workspace).code == 2
    assert in_process("show", "", "--workspace", workspace).code == 2


def test_the_only_recording_of_a_file_is_outlined(tmp_path: Path) -> None:
    message = {"role": "assistant", "content": "Done: the list is sorted.\x1b[31m"}
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"messages": [{"role": "user", "content": "Sort the list."}, message]}) + "\n")
    shown = in_process("read", path).out
    assert "0 user" in shown
    assert "Done: the list is sorted." in shown
    assert "\x1b" not in shown


def test_the_best_quotes_are_what_occasioned_a_lesson_and_what_was_done() -> None:
    run = TrajectoryId("a")
    action = Quote(trajectory_id=run, step=1, role="action", text="make")
    failed = Quote(trajectory_id=run, step=2, role="observation", text="no rule")
    fix = Quote(trajectory_id=run, step=3, role="fix", text="make all")
    assert best_quotes([action, failed, fix]) == (failed, fix)
    assert best_quotes([action]) == (action,)
    assert best_quotes([]) == ()


def test_candidates_of_one_project_are_those_that_a_run_of_it_shows(workspace: Path) -> None:
    every = candidates(workspace)
    names = {name for item in every for name in item.projects}
    for name in sorted(names):
        shown = in_process("candidates", "--workspace", workspace, "--json", "--project", name.upper())
        found = [msgspec.json.decode(line, type=CandidateRule) for line in lines(shown)]
        assert found == [item for item in every if name in item.projects]
    refused = in_process("candidates", "--workspace", workspace, "--project", "no-such-project")
    assert refused.code == 2
    assert names
    assert all(name in refused.err for name in names)


def test_a_skill_in_another_folder_is_traced_in_the_workspace_it_was_written_from(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    skill = next((workspace.parent / "skills").glob("*/SKILL.md")).parent
    shown = in_process("why", skill, "--json")
    assert lines(shown) == lines(in_process("why", skill, "--workspace", workspace, "--json"))
    assert in_process("why", skill, "--workspace", tmp_path / "none").code == 2


def test_lessons_in_the_same_words_are_shown_once(workspace: Path) -> None:
    skill = next((workspace.parent / "skills").glob("*/SKILL.md")).parent
    origin = max(origins(workspace, skill.name), key=lambda one: len(one.merged))
    shown = " ".join(in_process("why", origin.id, "--all", "--workspace", workspace).out.split())
    for says in {" ".join(lesson.says.split()) for lesson in origin.merged}:
        n_runs = sum(lesson.n_trajectories for lesson in origin.merged if " ".join(lesson.says.split()) == says)
        assert shown.count(f"({n_runs} run{'' if n_runs == 1 else 's'}): {says[:150]}") == 1
