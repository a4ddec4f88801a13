"""The example of a skill: one run from the failure to the cure, and none where no run shows both."""

import msgspec
import pytest

from t2s_local.values.trajectory import Outcome
from t2s_local.writers._page.example import excerpt
from t2s_local.writers.template import load
from tests.skill_corpus import Told, evidence, family, file_of, recovery


def example_of(*groups: list[Told]) -> str:
    subject = msgspec.structs.replace(family(*([one.lesson for one in told] for told in groups)), candidates=("x-y",))
    every = [one for told in groups for one in told]
    known = evidence([one.run for one in every], [one.lesson for one in every])
    page = file_of(load().write(subject, known, taken=frozenset(), min_support=3), "SKILL.md")
    return page.partition("## Example")[2].partition("## References")[0]


def searches(
    do: str,
    *fixes: str,
    pattern: str = "recovery",
    outcome: Outcome | None = "success",
    word: str = "find",
) -> list[Told]:
    told = [
        recovery(
            f"Look for the part {number}.",
            f"{word} part-{number} --date today",
            f"{word}: nothing found",
            fix.format(number),
            when=f"`{word}` answers “{word}: nothing found”",
            do=do,
            outcome=outcome,
            number=number,
        )
        for number, fix in enumerate(fixes)
    ]
    return [one._replace(lesson=msgspec.structs.replace(one.lesson, pattern=pattern)) for one in told]


ALIKE = ("find part-{}",) * 3


def test_what_the_advice_leaves_out_is_in_the_failure_and_not_in_the_cure() -> None:
    shown = example_of(searches("Leave out `--date`.", *ALIKE))
    assert "--date today" in shown
    assert "What then worked:\n\n```text\nfind part-" in shown


def test_of_several_runs_the_one_that_does_what_the_rule_says_is_shown() -> None:
    shown = example_of(searches("Use `grep` or `locate`.", "find -x {}", "locate part-{}", "find -y {}"))
    assert "locate part-1" in shown
    assert example_of(searches("Use `grep` or `locate`.", "find -x {}", "find -y {}", "find -z {}")) == ""


def test_no_run_that_failed_is_an_example_and_one_that_nobody_judged_is() -> None:
    assert example_of(searches("Leave out `--date`.", *ALIKE, outcome="failure")) == ""
    assert example_of(searches("Leave out `--date`.", *ALIKE, outcome="partial")) == ""
    assert "--date today" in example_of(searches("Leave out `--date`.", *ALIKE, outcome=None))


def test_one_step_after_the_other_is_no_example_of_all_at_once() -> None:
    assert example_of(searches("Install all at once: `pip install a b`.", *ALIKE, pattern="bare")) == ""


@pytest.mark.parametrize("left", ["fix", "observation", "action"])
def test_half_an_example_is_none(left: str) -> None:
    told = searches("Leave out `--date`.", *ALIKE)
    halves = []
    for one in told:
        quotes = tuple(quote for quote in one.lesson.evidence if quote.role != left)
        halves.append(one._replace(lesson=msgspec.structs.replace(one.lesson, evidence=quotes)))
    assert example_of(halves) == ""


def test_the_best_supported_rule_that_can_be_shown_is_shown() -> None:
    more = searches("Use `grep`.", *("seek {}",) * 5, word="seek")
    assert example_of(more, searches("Leave out `--date`.", *ALIKE)).lstrip().startswith("R2, trajectory")


def test_indentation_alone_can_be_the_cure() -> None:
    shown = example_of(searches("Write it with its indentation.", *("  find part-{} --date today",) * 3))
    assert "\n  find part-" in shown


def test_a_long_quote_ends_where_a_word_ends() -> None:
    assert excerpt(f"{'x' * 20} {'y' * 400}", 0, 280) == "x" * 20
    assert excerpt("word " * 100, 0, 12) == "word word"
