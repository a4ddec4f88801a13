"""The three features of good skills, each with words of the skill, and how much of a skill its runs show."""

import msgspec
import pytest

from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.audit.case import AuditCase
from t2s_local.stages.check.audit.features import features, with_span
from t2s_local.stages.check.audit.grounding import executed, grounding
from t2s_local.stages.check.audit.recorded.facts import RecordedFacts
from tests.audited import STEPS, case, runs, skill, source_of_files

FRONT = '---\nname: pushing\ndescription: "Pushing. Use when a push fails."\n---\n'
GOOD = """
# Pushing

## Gotchas

- A push fails because the remote has moved: run `git pull --rebase`, then `git push`.

## Never

- Never push with force to a shared branch.
"""
EMPTY = "\n# Pushing\n\nBe careful, check the results, handle errors.\n"


def named(body: str) -> SkillSource:
    return source_of_files({"SKILL.md": FRONT + body}, name="pushing")


def there(body: str) -> list[str]:
    return [feature.name for feature in features(named(body)) if feature.span is not None]


def test_a_skill_that_says_why_what_and_never_has_all_three() -> None:
    assert there(GOOD) == ["cause", "command", "never"]
    lines = named(GOOD).texts["SKILL.md"].split("\n")
    for feature in features(named(GOOD)):
        assert feature.span is not None
        assert feature.line is not None
        assert feature.span.split("`")[0] in lines[feature.line - 1]


def test_a_skill_of_phrases_has_none() -> None:
    assert there(EMPTY) == []


@pytest.mark.parametrize(
    ("old", "new"), [("## Gotchas", "## What goes wrong"), ("## Never", "## Rules"), ("- ", "* "), ("- ", "1. ")]
)
def test_other_titles_and_marks_change_no_feature(old: str, new: str) -> None:
    assert there(GOOD.replace(old, new)) == ["cause", "command", "never"]


def test_words_that_are_not_in_the_skill_are_no_feature() -> None:
    source = named(GOOD)
    assert with_span(source, "cause", (7, "the remote has moved")).span == "the remote has moved"
    assert with_span(source, "cause", (7, "the disk is full")).span is None
    assert with_span(source, "never", (7, "")).span is None


def test_a_skill_that_cannot_be_taken_apart_has_none() -> None:
    assert [one.span for one in features(source_of_files({"SKILL.md": "no front matter"}))] == [None] * 3


def test_coverage_counts_what_the_runs_show() -> None:
    whole = grounding(case(skill()))
    assert whole is not None
    assert (whole.n_named, whole.n_grounded, whole.missing) == (3, 3, ())
    less = grounding(case(skill(steps=(*STEPS, "Run `make totals` at the end."))))
    assert less is not None
    assert (less.n_named, less.n_grounded, less.missing, less.is_of_quotes) == (4, 3, ("make totals",), False)


def test_without_runs_and_evidence_nothing_is_said() -> None:
    assert grounding(AuditCase(source=skill())) is None


def test_runs_that_show_nothing_of_it_are_of_another_domain() -> None:
    other = tuple(msgspec.structs.replace(run, steps=run.steps[:1]) for run in runs())
    found = grounding(case(skill(), other))
    assert found is not None
    assert found.is_foreign


def test_the_executed_share_is_that_of_the_words_of_what_is_named() -> None:
    assert executed(case(skill()), RecordedFacts(runs=runs())) == pytest.approx(1.0)
    assert executed(AuditCase(source=named(EMPTY)), RecordedFacts(runs=runs())) is None
