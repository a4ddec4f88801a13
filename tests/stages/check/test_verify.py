"""``t2s verify``: what a skill claims is checked against the stored trajectories."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from t2s_local.packing import packed
from t2s_local.skills.evidence import parse_evidence
from t2s_local.skills.library.library import note_workspace
from t2s_local.skills.source import source_of
from t2s_local.stages.check.verify import Verified, verify
from t2s_local.stages.compose.compose import compose
from t2s_local.values.skill import Skill, SkillFile
from t2s_local.workspace import open_workspace
from t2s_local.writers.template import load
from tests.commands import in_process, json_lines
from tests.libraries import write
from tests.skill_corpus import Corpus, corpus, file_of, lookup

EVIDENCE = "references/evidence.md"


@pytest.fixture(scope="module")
def runs() -> Corpus:
    return corpus()


@pytest.fixture(scope="module")
def skill(runs: Corpus) -> Skill:
    return compose(runs.families, runs.evidence, load(), min_support=3, names={}).skills[0]


def changed(skill: Skill, path: str, change: Callable[[str], str]) -> Skill:
    files = tuple(
        SkillFile(path=one.path, text=change(one.text) if one.path == path else one.text) for one in skill.files
    )
    assert files != skill.files
    return msgspec.structs.replace(skill, files=files)


def checked(skill: Skill, runs: Corpus) -> Verified:
    return verify(source_of(skill), lookup(runs.runs).get)


def rules(skill: Skill, runs: Corpus) -> set[str]:
    return {finding.rule for finding in checked(skill, runs).findings}


def test_every_skill_holds_against_its_trajectories(runs: Corpus) -> None:
    for skill in compose(runs.families, runs.evidence, load(), min_support=3, names={}).skills:
        done = checked(skill, runs)
        assert done.findings == ()
        assert done.quotes > 0
        assert done.trajectories == skill.support


def test_evidence_reads_back_as_it_was_written(runs: Corpus, skill: Skill) -> None:
    claims = parse_evidence(file_of(skill, EVIDENCE))
    assert [(claim.rule, claim.support) for claim in claims] == [("R1", 5), ("R2", 4)]
    assert claims[0].outcomes == {"success": 4, "failure": 1}
    written = {quote.text for lesson in runs.evidence.lessons.values() for quote in lesson.evidence}
    assert {quote.text for claim in claims for quote in claim.quotes} <= written
    assert {quote.role for quote in claims[0].quotes} == {"action", "observation", "fix", "cause"}


def test_a_quote_that_was_changed_is_found_with_its_line(runs: Corpus, skill: Skill) -> None:
    bad = changed(skill, EVIDENCE, lambda text: text.replace("Author identity unknown\n```", "Author unknown\n```", 1))
    found = checked(bad, runs).findings
    assert {finding.rule for finding in found} == {"quote-not-found"}
    line = next(finding.line for finding in found if finding.path == EVIDENCE)
    assert line is not None
    assert file_of(bad, EVIDENCE).split("\n")[line] == "Author unknown"


def test_a_quote_moved_to_another_step_is_found(runs: Corpus, skill: Skill) -> None:
    assert rules(changed(skill, EVIDENCE, lambda text: text.replace("step 1, action", "step 3, action")), runs) == {
        "quote-not-found"
    }
    assert rules(changed(skill, EVIDENCE, lambda text: text.replace("step 1, action", "step 99, action")), runs) == {
        "quote-not-found"
    }


def test_a_trajectory_the_workspace_lacks_is_named(runs: Corpus, skill: Skill) -> None:
    known = lookup(runs.runs)
    gone = next(run for run in sorted(known) if f"`{run}`" in file_of(skill, EVIDENCE))
    left = {key: run for key, run in known.items() if key != gone}
    found = verify(source_of(skill), left.get).findings
    assert [finding.rule for finding in found] == ["trajectory-missing"]
    assert gone in found[0].message
    assert "not checked" in found[0].message


@pytest.mark.parametrize("new", ["Support: 6 ", "Support: many "])
def test_a_count_that_does_not_add_up_is_found(runs: Corpus, skill: Skill, new: str) -> None:
    assert "count-wrong" in rules(changed(skill, EVIDENCE, lambda text: text.replace("Support: 5 ", new)), runs)


def test_outcomes_that_are_not_those_stored_are_found(runs: Corpus, skill: Skill) -> None:
    assert rules(changed(skill, EVIDENCE, lambda text: text.replace("4 success, 1", "5 success, 1")), runs) == {
        "outcome-wrong"
    }


def test_a_body_that_claims_more_than_its_evidence_is_found(runs: Corpus, skill: Skill) -> None:
    assert rules(changed(skill, "SKILL.md", lambda text: text.replace("(R1: 5 runs)", "(R1: 50 runs)")), runs) == {
        "count-wrong"
    }
    assert rules(changed(skill, "SKILL.md", lambda text: f"{text}\n1. Do more. (R9: 5 runs)\n"), runs) == {
        "count-wrong"
    }
    assert rules(changed(skill, "SKILL.md", lambda text: f"{text}\n```\nrm -rf build\n```\n"), runs) == {
        "quote-not-found"
    }


def test_a_skill_without_evidence_is_a_finding(runs: Corpus, skill: Skill) -> None:
    bare = msgspec.structs.replace(skill, files=skill.files[:1])
    assert rules(bare, runs) == {"evidence-missing"}
    assert "evidence-empty" in rules(changed(skill, EVIDENCE, lambda _: "# Evidence\n\nNone.\n"), runs)


def test_a_quote_is_compared_with_home_folders_written_alike(runs: Corpus, skill: Skill) -> None:
    known = lookup(runs.runs)
    step = next(iter(known.values())).steps[0]
    assert "~" not in step.text
    moved = {
        key: msgspec.structs.replace(
            run, steps=tuple(msgspec.structs.replace(one, text=f"/home/jordan/x {one.text}") for one in run.steps)
        )
        for key, run in known.items()
    }
    assert verify(source_of(skill), moved.get).findings == ()


def test_the_command_checks_a_whole_library_and_ends_with_4_when_something_was_edited(
    tmp_path: Path, runs: Corpus
) -> None:
    skills = compose(runs.families, runs.evidence, load(), min_support=3, names={}).skills
    out, workspace = tmp_path / "out", tmp_path / "ws"
    write(out, skills)
    with open_workspace(workspace, command="test") as store:
        store.attempt("run").put_trajectories([(run.id, packed(run)) for run in runs.runs])
    arguments = ("verify", out, "--workspace", workspace)
    assert in_process(*arguments).code == 0
    path = out / skills[0].name / "SKILL.md"
    path.write_text(path.read_text().replace("Why, in", "Reason, in"))
    result = in_process(*arguments)
    assert result.code == 4
    assert f"{path}: error: not as t2s wrote it [file-edited]" in result.out


def test_the_command_needs_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "SKILL.md").write_text("# A\n")
    result = in_process("verify", tmp_path, "--workspace", tmp_path / "none")
    assert result.code == 2
    assert "no workspace here" in result.err


def test_of_hundreds_of_trajectories_some_are_named_and_the_count_still_holds() -> None:
    many = corpus(n_pushes=250)
    (skill, *_) = compose(many.families, many.evidence, load(), min_support=3, names={}).skills
    claim = parse_evidence(file_of(skill, EVIDENCE))[0]
    assert (claim.support, claim.n_trajectories) == (250, 250)
    assert len(claim.trajectory_ids) < 250
    assert {quote.trajectory_id for quote in claim.quotes} <= set(claim.trajectory_ids)
    assert checked(skill, many).findings == ()
    wrong = changed(skill, EVIDENCE, lambda text: text.replace("of 250):", "of 251):"))
    assert rules(wrong, many) == {"count-wrong"}


def test_an_installed_skill_is_checked_from_any_folder_its_evidence_left_out_or_not(
    tmp_path: Path, runs: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    skills = compose(runs.families, runs.evidence, load(), min_support=3, names={}).skills
    out, workspace = tmp_path / "out", tmp_path / "ws"
    write(out, skills)
    with open_workspace(workspace, command="test") as store:
        store.attempt("run").put_trajectories([(run.id, packed(run)) for run in runs.runs])
    note_workspace(out, workspace)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    name = skills[0].name
    for words in ((), ("--no-evidence",)):
        agent = tmp_path / f"agent{len(words)}"
        assert in_process("install", out / name, "--to", agent, *words).code == 0
        checked = in_process("verify", agent / name)
        assert checked.code == 0, checked
        assert not checked.err.startswith("0 quotes")
    write(out, [])
    assert in_process("verify", tmp_path / "agent1" / name).code == 0
    page = tmp_path / "agent1" / name / "SKILL.md"
    page.write_text(page.read_text().replace("(R1: 5 runs)", "(R1: 50 runs)"))
    rules = {
        finding["rule"] for item in json_lines(in_process("verify", page, "--json").out) for finding in item["findings"]
    }
    assert rules == {"count-wrong", "file-edited"}
