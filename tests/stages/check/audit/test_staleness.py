"""Rules that later recordings or the project no longer bear out, and rules that say more than runs can."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.audit.audit import audit
from t2s_local.stages.check.audit.beside import SaidElsewhere
from t2s_local.stages.check.audit.case import AuditCase
from t2s_local.stages.check.audit.recorded.later import LaterRuns
from t2s_local.stages.check.audit.staleness import unseen
from t2s_local.values.trajectory import Trajectory
from tests.audited import renamed, skill, source_of_files
from tests.build import step, trajectory

FRONT = '---\nname: deploying\ndescription: "Deploying. Use when a deploy fails."\n---\n\n# Deploying\n\n## Gotchas\n\n'
RULE = "1. When `deploy` answers “Error: no route to host”, run `route --refresh`. (R1: 2 runs)"
EVIDENCE = """# Evidence

## R1. A deploy fails

- Support: 2 trajectories, 2 tasks
- Last confirmed: 2025-03-01
- Trajectories: `aa`, `bb`
"""


def deploying(rule: str = RULE) -> SkillSource:
    return source_of_files({"SKILL.md": f"{FRONT}{rule}\n", "references/evidence.md": EVIDENCE}, name="deploying")


def later(*calls: str, answer: str = "Error: no route to host", day: str = "2025-04-01") -> tuple[Trajectory, ...]:
    """Two runs in which a deploy is answered so, and the calls follow."""
    found = []
    for number in range(2):
        steps = [step("user", f"Deploy part {number}.")]
        for place, call in enumerate(("deploy", *calls)):
            steps.append(step("tool_call", call, tool="bash", call_id=str(place)))
            steps.append(step("tool_result", "ok" if place else answer, tool="bash", call_id=str(place)))
        run = trajectory(*steps, task_id=f"later-{number}", source=f"later/{number}.jsonl")
        found.append(msgspec.structs.replace(run, ended_at=f"{day}T10:00:00Z"))
    return tuple(found)


def case(source: SkillSource, runs: tuple[Trajectory, ...]) -> AuditCase:
    return AuditCase(source=source, later=LaterRuns(runs=runs))


def found(made: AuditCase, rule: str) -> list[str]:
    return [finding.message for finding in audit(made) if finding.rule == rule]


VERSIONED = "1. When `deploy` answers “Error: no route to host”, install `router==2.31`. (R1: 2 runs)"


def test_a_version_that_later_runs_show_no_more_is_stale() -> None:
    (message,) = found(case(deploying(VERSIONED), later("pip install router==3.0.1")), "stale")
    said = "2 later runs came into its situation and none shows router 2.31, but 3.0.1; last confirmed 2025-03-01"
    assert message == said


@pytest.mark.parametrize("call", ["pip install router==2.31.4", "pip install router", "router 2.31"])
def test_a_version_that_is_shown_or_that_no_later_run_tells_is_not_stale(call: str) -> None:
    messages = found(case(deploying(VERSIONED), later(call, "pip install other==9.1")), "stale")
    assert not [message for message in messages if "router 2.31" in message]


def test_a_command_that_later_runs_lack_in_its_situation_is_stale() -> None:
    (message,) = found(case(deploying(), later("route --reset")), "stale")
    assert message == "2 later runs came into its situation and none shows 'route --refresh'; last confirmed 2025-03-01"


def test_a_command_that_later_runs_show_is_not_stale() -> None:
    assert found(case(deploying(), later("route --refresh --now")), "stale") == []


@pytest.mark.parametrize("runs", [later("ls", answer="done"), later("ls", day="2025-02-01")], ids=["other", "earlier"])
def test_where_the_situation_does_not_come_again_the_rule_is_only_unseen(runs: tuple[Trajectory, ...]) -> None:
    made = case(deploying(), runs)
    assert found(made, "stale") == []
    assert unseen(made) == (1, "2025-03-01")


def test_a_rule_whose_command_later_runs_show_was_seen_whatever_its_situation() -> None:
    rule = "1. After a change of the routes, run `route --refresh`. (R1: 2 runs)"
    assert unseen(case(deploying(rule), later("route --refresh", answer="done"))) == (0, None)
    assert unseen(case(deploying(rule), later("ls", answer="done"))) == (1, "2025-03-01")


def test_a_situation_that_came_again_once_says_nothing() -> None:
    assert found(case(deploying(), later("ls")[:1]), "stale") == []


def test_a_way_that_the_rule_tells_to_leave_may_be_gone() -> None:
    rule = RULE.replace("run `route --refresh`", "run `route --refresh` instead of `route --old`")
    assert found(case(deploying(rule), later("route --refresh")), "stale") == []


def test_files_and_tasks_that_the_project_lacks_are_named(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "fix.py").write_text("")
    (tmp_path / "Makefile").write_text("lint:\n\techo\n")
    (tmp_path / "package.json").write_text('{"scripts": {"build": "tsc"}}')
    rule = (
        "1. Before a deploy, run `make lint`, `make types`, `npm run build` and `npm run pack`; see `tools/fix.py`"
        " and `tools/gone.py`. (R1: 2 runs)"
    )
    messages = found(AuditCase(source=deploying(rule), project=tmp_path), "gone")
    named = ["has no task 'pack'", "has no task 'types'", "'tools/gone.py' is not in"]
    assert [any(name in message for message in messages) for name in named] == [True] * 3
    assert len(messages) == 3


INABILITY = "1. The `deploy` tool cannot take two parts at once: deploy them one after another. (R1: 2 runs)"


@pytest.mark.parametrize(
    ("days", "n_found"),
    [({"aa": "2025-02-01", "bb": "2025-03-01"}, 0), ({"aa": "2025-03-01", "bb": "2025-03-01"}, 1), ({}, 0)],
)
def test_an_inability_needs_runs_on_two_days(days: Mapping[str, str], n_found: int) -> None:
    made = AuditCase(source=deploying(INABILITY), days=days)
    assert len(found(made, "inability")) == n_found


def test_an_inability_that_nothing_dates_is_named() -> None:
    undated = msgspec.structs.replace(deploying(INABILITY), raw={**deploying(INABILITY).raw})
    undated.raw["references/evidence.md"] = EVIDENCE.replace("- Last confirmed: 2025-03-01\n", "").encode()
    (message,) = found(AuditCase(source=undated), "inability")
    assert "no day is known" in message


@pytest.mark.parametrize(
    "rule",
    [
        "1. Certificates cannot pay for changes. (R1: 2 runs)",
        "1. If the `deploy` tool is not installed, ask for it. (R1: 2 runs)",
    ],
)
def test_a_policy_and_a_condition_are_no_inability(rule: str) -> None:
    assert found(AuditCase(source=deploying(rule), days={"aa": "2025-03-01"}), "inability") == []


def test_the_word_of_somebody_without_evidence_is_not_asked_for_days() -> None:
    plain = source_of_files({"SKILL.md": f"{FRONT}{INABILITY}\n"}, name="deploying")
    assert found(AuditCase(source=plain), "inability") == []


def test_a_failure_that_passes_makes_no_law() -> None:
    law = "1. **`pip install` fails with “429 Too Many Requests”**: never use the mirror. (R1: 2 runs)"
    assert len(found(AuditCase(source=deploying(law)), "passing-failure")) == 1
    retry = law.replace("never use the mirror", "wait, and run it again")
    assert found(AuditCase(source=deploying(retry)), "passing-failure") == []
    on_two_days = AuditCase(source=deploying(law), days={"aa": "2025-02-01", "bb": "2025-03-01"})
    assert found(on_two_days, "passing-failure") == []


def test_a_long_body_and_an_empty_order_are_named() -> None:
    long = deploying(
        RULE + "\n" + "\n".join(f"- Part {number} goes to host {number} by `deploy`." for number in range(300))
    )
    assert len(found(AuditCase(source=long), "long")) == 1
    vague = deploying(RULE + "\n2. Be careful and handle errors properly.")
    assert len(found(AuditCase(source=vague), "empty-order")) == 1


def test_near_duplicates_and_shared_rules_are_named_with_their_place() -> None:
    one, two = renamed(skill(), "one-skill"), renamed(skill(after="Mind the totals."), "two-skill")
    third = deploying("1. Add the rows up with `python add_rows.py --by region` for each of the northern branches.")
    fourth = deploying(
        "1. When `deploy` answers “Error: no route to host”, run `route --refresh`.\n2. Add the rows up with"
        " `python add_rows.py --by region` for each of the northern branches, not for the southern or eastern shops."
        "\n3. Add the rows up with `python add_rows.py --by region` for each of the northern branches."
    )
    named = {"a/one": one, "a/two": two, "a/three": third, "a/four": fourth}
    beside = SaidElsewhere(named.items())

    def messages(path: str, rule: str) -> list[str]:
        return found(AuditCase(source=named[path], path=path, elsewhere=beside), rule)

    assert len(messages("a/one", "near-duplicate")) == 1
    assert "a/two has" in messages("a/one", "near-duplicate")[0]
    assert messages("a/one", "same-rule") == []
    assert messages("a/three", "same-rule") == ["a/four/SKILL.md:12 says the same"]
    assert messages("a/three", "near-duplicate") == []
