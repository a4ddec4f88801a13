"""Families become skills: named, checked, with what is left out counted."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from t2s_local.ports.writer import NO_RISKS, PLAIN_WORDING, Evidence
from t2s_local.skills.lint import lint
from t2s_local.skills.source import source_of
from t2s_local.stages.compose.compose import compose
from t2s_local.stages.group.group import in_rules
from t2s_local.stages.group.statements import Statements
from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.funnel import Loss
from t2s_local.values.skill import Skill, SkillFile, Wording
from t2s_local.writers.template import load
from tests.libraries import write
from tests.skill_corpus import Corpus, archives, commits, corpus, evidence, family, file_of, pushes


@pytest.fixture(scope="module")
def runs() -> Corpus:
    return corpus()


@pytest.fixture(scope="module")
def skills(runs: Corpus) -> tuple[Skill, ...]:
    return compose(runs.families, runs.evidence, load(), min_support=3, names={}).skills


def test_each_subject_becomes_one_skill(skills: tuple[Skill, ...]) -> None:
    assert [(skill.name, skill.support) for skill in skills] == [
        ("using-git", 9),
        ("cancelling-reservations", 6),
        ("editing-files", 4),
        ("using-tar", 3),
    ]


def test_every_skill_is_free_of_findings(skills: tuple[Skill, ...]) -> None:
    assert [finding for skill in skills for finding in lint(source_of(skill))] == []


def test_every_skill_passes_the_reference_validator(skills: tuple[Skill, ...], tmp_path: Path) -> None:
    write(tmp_path, skills)
    command = shutil.which("agentskills", path=str(Path(sys.executable).parent))
    assert command is not None, "skills-ref is part of the [dev] extra"
    for skill in skills:
        done = subprocess.run([command, "validate", tmp_path / skill.name], check=False, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def test_descriptions_say_what_and_when_with_words_of_the_tasks(runs: Corpus, skills: tuple[Skill, ...]) -> None:
    for skill in skills:
        assert 120 <= len(skill.description) <= 400
        early = skill.description[:250].lower()
        assert "use when" in early
        asked = {
            word
            for lesson_id in skill.lesson_ids
            for run in runs.evidence.lessons[lesson_id].trajectory_ids
            for word in re.findall(r"[a-z]{3,}", (runs.evidence.tasks[run] or "").lower())
        }
        assert asked & set(re.findall(r"[a-z]{3,}", early))


def test_the_order_of_families_and_lessons_does_not_show(runs: Corpus, skills: tuple[Skill, ...]) -> None:
    turned = msgspec.structs.replace(
        runs.evidence,
        lessons=dict(reversed(runs.evidence.lessons.items())),
        outcomes=dict(reversed(runs.evidence.outcomes.items())),
        tasks=dict(reversed(runs.evidence.tasks.items())),
    )
    assert compose(runs.families[::-1], turned, load(), min_support=3, names={}).skills == skills


def test_names_stay_when_the_input_grows(runs: Corpus, skills: tuple[Skill, ...]) -> None:
    first = compose(runs.families, runs.evidence, load(), min_support=3, names={"publishing-branches": ()})
    renamed = {f"old-{name}": lessons for name, lessons in first.names.items()}
    more = corpus(n_pushes=7)
    grown = compose(more.families, more.evidence, load(), min_support=3, names=renamed)
    assert {skill.name for skill in grown.skills} == {f"old-{skill.name}" for skill in skills}


def test_lessons_of_one_cluster_that_disagree_are_rules_of_their_own() -> None:
    told = [*pushes(3), *commits(3)]
    mixed = family([item.lesson for item in told])
    known = evidence([item.run for item in told], [item.lesson for item in told])
    skill = compose([in_rules(mixed, known, Statements())], known, load(), min_support=3, names={}).skills[0]
    body = file_of(skill, "SKILL.md")
    assert "failed to push some refs to '`<path>`'”** (R1: 3 runs)" in body
    assert "Author identity unknown”** (R2: 3 runs)" in body


def test_what_lacks_support_stays_a_candidate_and_is_counted() -> None:
    told, weak = archives(3), commits(2)
    single = pushes(1)
    groups = [family([item.lesson for item in group]) for group in (told, weak, single)]
    everything = [*told, *weak, *single]
    known = evidence([item.run for item in everything], [item.lesson for item in everything])
    done = compose(groups, known, load(), min_support=3, names={})
    assert [skill.name for skill in done.skills] == ["using-tar"]
    assert [one.lacks for one in done.candidates] == [
        ("1 more run that shows it",),
        ("2 more runs that show it",),
    ]
    assert done.losses == (
        Loss(stage="compose", reason="no rule of its subject has support 3: stays a candidate", count=2),
        Loss(stage="compose", reason="support 1: stays a candidate", count=1),
    )


def test_support_1_is_never_installed_whatever_the_setting() -> None:
    told = pushes(1)
    known = evidence([item.run for item in told], [item.lesson for item in told])
    assert compose([family([told[0].lesson])], known, load(), min_support=1, names={}).skills == ()


class Sloppy:
    """A writer whose skills break the rules."""

    name = "sloppy"
    version = "1"

    def word(self, families: Iterable[Family], evidence: Evidence) -> Iterator[tuple[Family, Wording]]:
        return load().word(families, evidence)

    def write(
        self,
        family: Family,
        evidence: Evidence,
        *,
        taken: frozenset[str],
        min_support: int,
        wording: Wording = PLAIN_WORDING,
        risks: Mapping[ClusterId, str] = NO_RISKS,
    ) -> Skill:
        del wording
        good = load().write(family, evidence, taken=taken, min_support=min_support, risks=risks)
        spoilt = SkillFile(path="SKILL.md", text=good.files[0].text + "\nSee [x](gone.md).\n")
        return msgspec.structs.replace(good, files=(spoilt, *good.files[1:]))

    def rule(self, cluster: Cluster, evidence: Evidence) -> str:
        return load().rule(cluster, evidence)


def test_a_skill_that_breaks_a_rule_is_a_bug_and_says_which(runs: Corpus) -> None:
    with pytest.raises(ValueError, match=r"broke rule links-dangling in using-git/SKILL\.md"):
        compose(runs.families, runs.evidence, Sloppy(), min_support=3, names={})
