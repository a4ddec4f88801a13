"""Pairs of runs with and without a skill."""

from t2s_local.stages.export.trainers.pairs import loaded_skills, pair_rows
from t2s_local.stages.export.trainers.rows import PairRow
from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.build import step, trajectory
from tests.stages.export.trainers.acts import run_of

End = tuple[Outcome, int]
CASES: tuple[tuple[End, End], ...] = (
    (("success", 6), ("failure", 5)),
    (("success", 6), ("success", 4)),
    (("failure", 6), ("failure", 5)),
    (("failure", 6), ("success", 5)),
    (("success", 5), ("success", 5)),
)


def runs() -> list[Trajectory]:
    found = list[Trajectory]()
    for number, (invoke, skip) in enumerate(CASES):
        found.append(run_of(invoke[1], invoke[0], name=f"i{number}", task=f"t{number}", skill="sums"))
        found.append(run_of(skip[1], skip[0], name=f"s{number}", task=f"t{number}"))
    return found


def rows(found: list[Trajectory], skill: str | None = None) -> list[PairRow]:
    return [row for row in pair_rows(found, skill=skill).rows if isinstance(row, PairRow)]


def test_success_wins_then_the_shorter_run_and_equal_ones_are_no_pair() -> None:
    made = pair_rows(runs())
    assert [row.preferred for row in rows(runs())] == ["invoke", "skip", "skip"]
    assert made.left_out == {"pairs that both failed": 1, "pairs that succeeded in as many steps": 1}
    assert {row.skills for row in rows(runs())} == {("sums",)}


def test_a_pair_holds_whole_episodes() -> None:
    first = rows(runs())[0]
    assert [message.content for message in first.prompt] == ["Do t0."]
    assert first.chosen[-1].content == "Done, i0."
    assert first.rejected[-1].content == "Done, s0."
    assert sum(message.role == "assistant" for message in first.chosen) == 6


def test_the_order_of_the_runs_does_not_show() -> None:
    assert rows(runs()[::-1]) == rows(runs())


def test_another_skill_is_no_skill() -> None:
    made = pair_rows(runs(), skill="other")
    assert (list(made.rows), made.left_out) == ([], {"tasks without runs both with and without a skill": 5})


def test_runs_of_unknown_end_or_task_are_counted() -> None:
    lone = trajectory(step("user", "Do."), step("assistant", "Done."), outcome="success")
    made = pair_rows([run_of(3, None, name="u"), lone])
    assert sum(made.left_out.values()) == 2
    assert "runs without a task id" in made.left_out


def call(tool: str, text: str, arguments: dict[str, object] | None = None) -> Step:
    return Step(kind="tool_call", text=text, tool=tool, arguments=arguments, call_id="1")


def test_a_skill_is_loaded_by_its_tool_or_by_a_read_of_its_file() -> None:
    by_tool = trajectory(call("Skill", '{"skill":"pdf"}', {"skill": "pdf"}))
    by_read = trajectory(call("Read", '{"path":"/x/skills/docx/SKILL.md"}'))
    written = trajectory(call("Write", '{"path":"/x/skills/docx/SKILL.md"}'))
    failed = trajectory(
        call("Skill", "", {"skill": "pdf"}),
        Step(kind="tool_result", text="no such skill", call_id="1", is_error=True),
    )
    assert [loaded_skills(run) for run in (by_tool, by_read, written, failed)] == [("pdf",), ("docx",), (), ()]
