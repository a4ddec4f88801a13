"""Skills over a family of tasks, and over a table of models."""

from pathlib import Path

import msgspec
import pytest

from t2s_local.errors import InputError
from t2s_local.stages.diagnose.lifelong import Lifelong, lifelong_of, read_families, skills_after
from t2s_local.stages.diagnose.transfer import read_transfer
from t2s_local.values.trajectory import Label, Step, Trajectory
from tests.build import step, trajectory


def call(tool: str, name: str) -> Step:
    return Step(kind="tool_call", text=f'{{"file_path":"/lib/{name}/SKILL.md"}}', tool=tool, call_id="1")


def run(name: str, score: float, *calls: Step) -> Trajectory:
    found = trajectory(step("user", name), *calls, step("assistant", f"Done {name}."), source=f"runs/{name}.json")
    return msgspec.structs.replace(found, label=Label(score=score, source="test"))


WITH = (
    run("a1", 1, call("Write", "one")),
    run("a2", 1, call("Read", "one")),
    run("a3", 0, call("Read", "one"), call("Write", "two")),
)
WITHOUT = (run("a1-bare", 0), run("a2-bare", 1), run("a3-bare", 0))
OTHER = run("b1", 1)
ROWS = "family,task,with,without\na,t1,a1,a1-bare\na,t2,a2.json,a2-bare\na,t3,runs/a3.json,a3-bare\nb,t1,b1,\n"


def told(folder: Path, rows: str = ROWS) -> Lifelong:
    (folder / "families.csv").write_text(rows)
    return lifelong_of(read_families(folder / "families.csv", [*WITH, *WITHOUT, OTHER]))


def test_a_family_tells_its_skills_their_use_and_what_they_came_to(tmp_path: Path) -> None:
    found = told(tmp_path)
    first, second = found.families
    assert (first.family, first.n_tasks, first.n_skills, round(first.use_rate, 4)) == ("a", 3, 2, 0.6667)
    assert first.mean_delta == pytest.approx(1 / 3)
    assert [task.delta for task in found.tasks] == [0, 0, 1, None]
    assert (found.n_better, found.n_worse, found.p_value) == (1, 0, 1.0)
    assert (second.family, second.n_skills, second.mean_delta, second.n_compared) == ("b", 0, None, 0)


def test_a_skill_that_is_deleted_is_gone_and_a_failed_write_writes_none() -> None:
    gone = trajectory(call("Write", "one"), Step(kind="tool_call", text="rm -r skills/one/SKILL.md", tool="bash"))
    failed = trajectory(call("Write", "one"), Step(kind="tool_result", text="denied", call_id="1", is_error=True))
    shell = trajectory(Step(kind="tool_call", text="cat > skills/two/SKILL.md <<'E'\nx\nE", tool="bash"))
    assert skills_after(gone, frozenset()) == frozenset()
    assert skills_after(failed, frozenset({"two"})) == {"two"}
    assert skills_after(shell, frozenset({"one"})) == {"one", "two"}
    assert skills_after(WITH[1], frozenset({"one"})) == {"one"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("family,task,with,without\na,t,nowhere,\n", "nowhere"),
        ("family,task\na,t\n", "with and without"),
        ("family,task,with,without\n", "no row"),
        ("family,task,with,without\na,t,,\n", "needs a family"),
    ],
)
def test_what_a_table_lacks_is_named(rows: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        told(tmp_path, rows)


CELLS = "extractor,target,with,without\n" + "".join(
    f"e{row},t{column},{0.5 + change},0.5\n"
    for row, column, change in (
        *((0, 0, 0.1), (0, 1, -0.2), (0, 2, 0.1), (0, 3, 0.2)),
        *((1, 0, 0.1), (1, 1, 0.3), (1, 2, -0.1), (1, 3, 0.0)),
    )
)


def test_transfer_names_what_loses_the_worst_first(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text(CELLS)
    found = read_transfer(tmp_path / "cells.csv")
    assert (len(found.cells), found.share_negative, found.n_better) == (8, 0.25, 5)
    assert [(cell.extractor, cell.target, cell.delta) for cell in found.cells[:2]] == [
        ("e0", "t1", -0.2),
        ("e1", "t2", -0.1),
    ]
    assert found.p_value == pytest.approx(0.453125)


@pytest.mark.parametrize(
    ("rows", "line"),
    [("a,b,nan,1\n", 2), ("a,b,1,2\na,b,1,2\n", 3), ("a,,1,2\n", 2), ("a,b,much,1\n", 2)],
)
def test_a_cell_that_is_none_is_named_by_its_line(rows: str, line: int, tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("extractor,target,with,without\n" + rows)
    with pytest.raises(InputError) as raised:
        read_transfer(tmp_path / "cells.csv")
    assert raised.value.line == line
