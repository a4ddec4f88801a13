"""The mined analyst, on runs built by hand."""

import msgspec
import pytest

from t2s_local.analysts.mined import MOST_LESSONS, TOO_MANY
from t2s_local.stages.extract.grounding import ground
from t2s_local.values.funnel import NOTHING_TO_LEARN
from t2s_local.values.lesson import Extraction
from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.build import step, trajectory
from tests.mining import MISSING, extractions, lessons, refusals
from tests.recorded import shell


def api(name: str, arguments: dict[str, object], answer: str, *, key: str) -> tuple[Step, Step]:
    text = str(arguments).replace("'", '"')
    call = Step(kind="tool_call", text=text, tool=name, arguments=arguments, call_id=key)
    return call, Step(kind="tool_result", text=answer, tool=name, call_id=key)


def missing_module(*, source: str = "a", said: str = "") -> Trajectory:
    words = [step("assistant", said)] if said else []
    return trajectory(
        step("user", "make a.py run"),
        *shell("cd /srv/app && python a.py", MISSING, 1, key="1"),
        *words,
        *shell("pip install yaml -q", "", 0, key="2"),
        *shell("cd /srv/app && python a.py", "done", 0, key="3"),
        source=source,
    )


def test_a_recovery_names_the_error_the_fix_and_quotes_both() -> None:
    (lesson,) = lessons(missing_module())
    assert lesson.when == "`python a.py` fails with “ModuleNotFoundError: No module named '<name>'”"
    assert lesson.do == "Run `pip install <name> -q`, then `python a.py` again."
    assert lesson.pattern == "recovery"
    assert {quote.role: quote.text for quote in lesson.evidence}["observation"] == MISSING.splitlines()[-1]
    assert "pip install yaml -q" in {quote.text for quote in lesson.evidence}


def test_a_cause_the_agent_stated_and_then_confirmed_is_kept() -> None:
    (lesson,) = lessons(missing_module(said="The problem is that the module yaml is not installed here."))
    assert lesson.pattern == "root_cause"
    assert lesson.because == "The problem is that the module <name> is not installed here."


def test_a_plan_is_no_cause() -> None:
    (lesson,) = lessons(missing_module(said="Instead of importing the module yaml, let me install it."))
    assert lesson.because is None


def test_a_stated_cause_about_something_else_is_no_cause() -> None:
    (lesson,) = lessons(missing_module(said="The issue is that customers dislike long invoices."))
    assert lesson.because is None


def test_a_changed_argument_is_said_with_where_its_value_came_from() -> None:
    run = trajectory(
        step("user", "upgrade my seat"),
        *api("get_user", {"user": "u1"}, '{"cards": ["card_778"]}', key="1"),
        *api("upgrade", {"seat": "4A", "payment": "gift_121"}, "Error: gift card balance is not enough", key="2"),
        *api("upgrade", {"seat": "4A", "payment": "card_778"}, '{"ok": true}', key="3"),
    )
    (lesson,) = lessons(run, pattern="recovery")
    assert lesson.do == "Call `upgrade` again with `payment` set to the one `get_user` returned."


def test_a_failure_that_nothing_repaired_yields_no_lesson_and_is_counted() -> None:
    run = trajectory(step("user", "go"), *shell("make", "make: *** error 2", 2, key="1"), *shell("ls", "a", 0, key="2"))
    assert lessons(run) == []
    assert refusals(run) == {"failure without a recovery": 1}


def test_of_thousands_of_lessons_of_one_slice_the_first_hundred_are_kept_and_the_others_counted() -> None:
    steps = [
        one
        for n in range(150)
        for one in (
            *shell(f"build{n} --fast", f"Error: build{n} needs the option --slow{n}", 1, key=f"a{n}"),
            *shell(f"build{n} --slow{n}", "done", 0, key=f"b{n}"),
        )
    ]
    run = trajectory(*steps)
    assert (len(lessons(run)), refusals(run)[TOO_MANY]) == (MOST_LESSONS, 50)


def test_infrastructure_noise_yields_no_lesson_and_is_counted() -> None:
    run = trajectory(
        step("user", "go"),
        *shell("pip install x", "error: connection timed out", 1, key="1"),
        *shell("pip install x", "ok", 0, key="2"),
    )
    assert lessons(run) == []
    assert refusals(run) == {"infrastructure error": 1}


def test_a_trivial_run_yields_nothing_and_is_counted() -> None:
    assert refusals(trajectory(step("user", "hello"), step("assistant", "hi"))) == {NOTHING_TO_LEARN: 1}


def test_grep_without_a_match_is_not_a_failure() -> None:
    run = trajectory(step("user", "go"), *shell("grep x a", "", 1, key="1"), *shell("grep y a", "y", 0, key="2"))
    assert lessons(run) == []
    assert refusals(run) == {}


def looping(times: int, *, ended: bool) -> Trajectory:
    tries = [shell("make all", "error: no rule", 2, key=str(n)) for n in range(times)]
    out = shell("make all -f Other.mk", "built", 0, key="out") if ended else ()
    return trajectory(step("user", "go"), *[item for pair in tries for item in pair], *out, source=f"{times}{ended}")


def test_three_equal_failures_in_a_row_are_a_loop_and_two_are_not() -> None:
    (loop,) = lessons(looping(3, ended=True), pattern="loop")
    assert loop.because == "3 attempts in a row failed the same way"
    assert loop.do.endswith("change the approach: run `make all -f Other.mk` instead of `make all`.")
    assert lessons(looping(2, ended=True), pattern="loop") == []


def test_a_loop_that_nothing_ended_is_counted_and_says_nothing() -> None:
    assert lessons(looping(4, ended=False), pattern="loop") == []
    assert refusals(looping(4, ended=False))["loop without a way out"] == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("no, don't use sed for this, use the edit tool", "don't use sed for this, use the edit tool"),
        ("That's wrong. Never touch the lock file by hand!", "Never touch the lock file by hand!"),
    ],
)
def test_a_correction_keeps_the_users_own_words(words: str, expected: str) -> None:
    run = trajectory(step("user", "rename the field"), *shell("sed -i s/a/b/ x", "", 0, key="1"), step("user", words))
    (lesson,) = lessons(run, pattern="correction")
    assert lesson.polarity == "correction"
    assert expected in [quote.text for quote in lesson.evidence]


@pytest.mark.parametrize("words", ["yes", "thanks, that's all", "I don't remember the id"])
def test_a_reply_is_no_correction(words: str) -> None:
    run = trajectory(step("user", "rename the field"), *shell("sed -i s/a/b/ x", "", 0, key="1"), step("user", words))
    assert lessons(run, pattern="correction") == []


def labelled(task: int, trial: int, outcome: Outcome, *, careful: bool) -> Trajectory:
    steps = [step("user", f"please change booking number {task}")]
    if careful:
        steps += api("check_policy", {"rule": "change"}, "allowed", key="1")
    else:
        steps += api("list_all", {"rule": "all"}, "[]", key="1")
    steps += api("change_booking", {"day": "monday"}, "ok", key="2")
    return trajectory(*steps, task_id=f"t{task}", outcome=outcome, source=f"{task}-{trial}")


def test_that_runs_which_did_the_task_used_the_tool_it_takes_is_no_lesson() -> None:
    runs = [
        labelled(task, trial, "success" if trial < 2 else "failure", careful=trial < 2)
        for task in range(4)
        for trial in range(4)
    ]
    assert not [lesson for lesson in lessons(*runs, pattern="contrast") if "calls for it" in lesson.do]


def test_an_action_that_only_easy_tasks_have_is_no_contrast() -> None:
    easy = [labelled(1, trial, "success", careful=True) for trial in range(6)]
    hard = [labelled(2, trial, "failure", careful=False) for trial in range(6)]
    assert lessons(*easy, *hard, pattern="contrast") == []


def test_a_recurring_sequence_of_successful_runs_is_found_with_its_support() -> None:
    def run(n: int) -> Trajectory:
        return trajectory(
            step("user", f"ship change {n}"),
            *shell(f"sed -i s/{n}/x/ a.py", "", 0, key="1"),
            *shell("python -m pytest", "1 passed", 0, key="2"),
            *shell("git commit -am x", "ok", 0, key="3"),
            outcome="success",
            source=str(n),
        )

    (lesson,) = lessons(*[run(n) for n in range(4)], pattern="sequence")
    assert lesson.do == "Work in this order: `sed -i`, then `python -m pytest`, then `git commit -am x`."
    assert len(lesson.trajectory_ids) == 4


def test_trying_things_out_is_no_procedure() -> None:
    def run(n: int) -> Trajectory:
        return trajectory(
            step("user", f"look into change {n}"),
            *shell("cat > try.py <<'EOF'\nprint(1)\nEOF", "", 0, key="1"),
            *shell("cp a.py b.py", "", 0, key="2"),
            *shell("pip install wheel", "ok", 0, key="3"),
            *shell("python try.py", "1", 0, key="4"),
            outcome="success",
            source=str(n),
        )

    assert lessons(*[run(n) for n in range(4)], pattern="sequence") == []


def test_every_quote_stands_in_its_trajectory() -> None:
    runs = [missing_module(source=str(n)) for n in range(3)]
    known = {run.id: run for run in runs}
    for extraction in extractions(*runs):
        assert ground(extraction, known) == extraction


def test_what_came_of_a_fix_is_quoted_with_the_ends_of_lines_it_has() -> None:
    run = trajectory(
        step("user", "make a.py run"),
        *shell("python a.py", MISSING, 1, key="1"),
        *shell("pip install yaml -q && python a.py", "one\u2028two\u2029three\nfour", 0, key="2"),
    )
    (lesson,) = lessons(run)
    assert "one\u2028two\u2029three\nfour" in {quote.text for quote in lesson.evidence}


def test_a_quote_that_was_made_up_is_refused() -> None:
    run = missing_module()
    (lesson,) = lessons(run)
    changed = run.steps[:1] + tuple(step("assistant", "nothing") for _ in run.steps[1:])
    other = trajectory(*changed)
    result = ground(Extraction(lessons=(lesson,)), {run.id: other})
    assert result.lessons == ()
    assert [item.reason for item in result.refused] == ["quote not found"]


def test_a_quote_of_a_run_that_does_not_support_the_lesson_is_refused() -> None:
    run, other = missing_module(source="1"), missing_module(source="2")
    (lesson,) = lessons(run)
    assert {quote.trajectory_id for quote in lesson.evidence} <= set(lesson.trajectory_ids)
    result = ground(
        Extraction(lessons=(msgspec.structs.replace(lesson, trajectory_ids=(other.id,)),)),
        {run.id: run, other.id: other},
    )
    assert result.lessons == ()
    assert [item.reason for item in result.refused] == ["quote not found"]


def test_the_order_of_the_runs_does_not_show() -> None:
    runs = [missing_module(source=str(n)) for n in range(3)]
    assert lessons(*runs) == lessons(*reversed(runs))
