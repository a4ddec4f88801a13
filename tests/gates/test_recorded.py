"""The gate of level L1 on runs of known worth."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from t2s_local.gates.recorded import load
from t2s_local.runs.api import distill
from t2s_local.skills.evidence import PATH, parse_evidence
from t2s_local.skills.source import read_source
from t2s_local.stages.gates.rules import gated_skill
from t2s_local.values.gates.results import GatedRule, GatedSkill, SkillCatch
from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.build import trajectory
from tests.places import ROOT
from tests.recorded import shell

RULE = GatedRule(
    name="R1",
    line=9,
    situation="When `deploy` fails with “the lock is held by `<number>`”",
    orders=("run `deploy --wait` instead of `deploy`.",),
)


def skill(*rules: GatedRule) -> GatedSkill:
    return GatedSkill(name="deploying", path="deploying", digest="0", text="", rules=rules)


def run(number: int, outcome: Outcome | None, *commands: str, fails: bool = True) -> Trajectory:
    """A run whose first command fails, or not."""
    steps: list[Step] = []
    for at, command in enumerate(commands):
        error = fails and at == 0
        output = f"Error: the lock is held by {number + 70}" if error else "ok"
        steps += shell(command, output, int(error), key=str(at))
    return trajectory(*steps, outcome=outcome, task_id=f"t{number}", source=f"{number}.jsonl")


def measured(runs: Sequence[Trajectory], *rules: GatedRule) -> SkillCatch:
    gate = load()
    (found,) = gate.measure([skill(*rules)], [(gate.observe(one), one.outcome) for one in runs])
    return found


def test_the_figures_are_those_of_the_description() -> None:
    tried = [("failure", "deploy", "ls"), ("failure", "deploy"), ("failure", "deploy", "deploy")]
    runs = [run(at, "failure", *commands) for at, (_, *commands) in enumerate(tried)]
    runs += [run(3, "failure", "deploy", "deploy --wait"), run(4, "success", "deploy", "deploy --wait")]
    runs += [
        run(5, "success", "deploy", "deploy --force"),
        run(6, "success", "deploy", fails=False),
        run(7, None, "ls"),
    ]
    found = measured(runs, RULE)
    assert (found.caught.n, found.caught.of, found.caught.low, found.caught.high) == (3, 4, 0.3006, 0.9544)
    assert (found.contradicts.n, found.contradicts.of, found.net) == (1, 2, 0.3333)
    assert (found.n_failures, found.n_successes, found.n_unlabelled) == (4, 3, 1)
    worst = found.tasks[0]
    assert (worst.task, worst.caught, worst.contradicted) == ("t5", 0, 1)


def test_without_the_situation_a_rule_is_not_applicable_and_has_no_net() -> None:
    found = measured([run(0, "failure", "ls", fails=False)], RULE)
    assert (found.verdict, found.net, found.p_value) == ("not_applicable", None, None)


def test_six_caught_and_a_success_that_did_it_support_a_rule_and_five_do_not() -> None:
    success = run(9, "success", "deploy", "deploy --wait")
    six = [run(at, "failure", "deploy") for at in range(6)]
    assert (measured([*six, success], RULE).verdict, measured([*six, success], RULE).p_value) == ("supported", 0.03125)
    assert measured([*six[1:], success], RULE).verdict == "no_evidence"
    assert measured(six, RULE).verdict == "no_evidence"


def test_more_contradicted_than_caught_is_a_reject() -> None:
    assert measured([run(0, "success", "deploy", "deploy --force")], RULE).verdict == "reject"


def test_a_rule_that_forbids_is_broken_by_the_call_it_forbids() -> None:
    never = GatedRule(name="R2", line=9, situation="", orders=("Never run `deploy --force`.",))
    runs = [run(0, "failure", "deploy", "deploy --force"), run(1, "success", "deploy", "deploy --wait")]
    assert (measured(runs, never).caught.n, measured(runs, never).contradicts.of) == (1, 0)


def test_a_rule_that_names_nothing_is_counted_and_not_measured() -> None:
    vague = GatedRule(name="R3", line=9, situation="", orders=("Be careful.",))
    found = measured([run(0, "failure", "deploy")], vague)
    assert (found.n_unread, found.rules) == (1, ())


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[GatedSkill], Path, list["Held"]]:
    """Skills of planted runs, their library, and held-out runs of other tasks about the same lessons."""
    folder = tmp_path_factory.mktemp("planted")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        runs, render = import_module("_planted.runs"), import_module("_planted.render")
        (folder / "runs").mkdir()
        truth: dict[str, str] = {}
        for one in runs.make_runs(150, seed=0):
            (folder / "runs" / f"{one.name}.jsonl").write_text(render.FORMATS["native"](one), "utf-8")
            truth.update({text: taught.lesson for taught in one.occurrences for text in taught.texts[1:2]})
        held = list(_held(runs.make_runs(500, seed=7)))
    distill(folder / "runs", folder / "library", workspace=folder / "ws", model="none")
    names = sorted(path.parent for path in (folder / "library").glob("*/SKILL.md"))
    return (
        [gated_skill(read_source(path), path) for path in names],
        folder,
        [msgspec.structs.replace(one, known=truth) for one in held],
    )


class Held(msgspec.Struct, frozen=True):
    """A held-out run, and the lesson it failed at."""

    run: Trajectory
    failed_at: str | None
    known: dict[str, str] = {}


def _held(runs: Iterator[object]) -> Iterator[Held]:
    for number, one in enumerate(runs):
        unsolved = [taught.lesson for taught in one.occurrences if not taught.is_solved]  # type: ignore[attr-defined]  # of scripts
        made = trajectory(
            *one.steps,  # type: ignore[attr-defined]  # of scripts
            outcome=one.outcome,  # type: ignore[attr-defined]  # of scripts
            task_id=f"held-{number}",
            source=f"held-{number}.jsonl",
        )
        yield Held(made, unsolved[0] if unsolved else None)


def _lessons(skill: GatedSkill, truth: dict[str, str]) -> dict[str, str]:
    """Return by rule the lesson that most of its quoted errors teach."""
    claims = parse_evidence(read_source(Path(skill.path)).texts[PATH])
    found: dict[str, str] = {}
    for claim in claims:
        votes = Counter(truth[quote.text] for quote in claim.quotes if quote.text in truth)
        if votes:
            found[claim.rule] = votes.most_common(1)[0][0]
    return found


def test_true_rules_catch_four_in_five_of_the_planted_failures_they_concern(
    planted: tuple[list[GatedSkill], Path, list[Held]],
) -> None:
    skills, _, held = planted
    n_caught = n_concerned = 0
    for one in skills:
        lessons = _lessons(one, held[0].known)
        for rule in one.rules:
            concerned = [item.run for item in held if item.failed_at and item.failed_at == lessons.get(rule.name)]
            n_caught += measured(concerned, rule).caught.n
            n_concerned += len(concerned)
    assert n_concerned >= 15
    assert n_caught >= 0.8 * n_concerned, (n_caught, n_concerned)


def test_the_same_rules_with_their_actions_shuffled_have_no_net(
    planted: tuple[list[GatedSkill], Path, list[Held]],
) -> None:
    skills, _, held = planted
    runs = [item.run for item in held]
    rules = [rule for one in skills for rule in one.rules if rule.orders]
    shuffled = [
        msgspec.structs.replace(rule, orders=other.orders)
        for rule, other in zip(rules, rules[len(rules) // 2 :] + rules[: len(rules) // 2], strict=True)
    ]
    true, false = measured(runs, *rules), measured(runs, *shuffled)
    assert true.net is not None
    assert true.net > 0
    assert false.net is not None
    assert false.net <= 0


@pytest.mark.parametrize(
    ("message", "error", "is_same"),
    [
        ("504 Gateway Timeout", "504 Gateway Timeout", True),
        ("504 Gateway Timeout", "504 Gateway Timeout: order 7 unknown", False),
        ("504 Gateway Timeout: order `<number>` unknown", "504 Gateway Timeout: order 7 unknown", True),
        ("Payment method not found", "Error: payment method not found.", True),
        ("config option 'testpaths' expects a list, got str…", "E config option 'x' expects a list, got string", False),
        ("option 'testpaths' expects a list, got str…", "ini: option 'x' expects a list, got string", True),
    ],
)
def test_two_messages_are_of_one_kind_where_only_what_differs_between_runs_differs(
    message: str, error: str, *, is_same: bool
) -> None:
    rule = GatedRule(name="R1", line=1, situation=f"When `deploy` fails with “{message}”", orders=("run `undo`.",))
    failed = trajectory(*shell("deploy", error, 1, key="1"), outcome="failure", task_id="t")
    assert measured([failed], rule).caught.of == int(is_same)


def test_a_rule_made_to_be_slow_is_read_at_once() -> None:
    situation = f"When `deploy` fails with “{'<a>x' * 200}y error”"
    rule = GatedRule(name="R1", line=1, situation=situation, orders=("run `undo`. " + "1 of " * 400,))
    failed = trajectory(*shell("deploy", f"Error: {'x' * 230}", 1, key="1"), outcome="failure", task_id="t")
    began = time.process_time()
    assert measured([failed], rule).caught.of == 0
    assert time.process_time() - began < 2
