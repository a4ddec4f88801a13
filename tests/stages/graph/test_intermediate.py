"""The intermediate form: what it holds of runs, what of it does not agree with them, and how it is written."""

from pathlib import Path

import msgspec
import pytest

from t2s_local.embedders.hashing import load
from t2s_local.errors import InputError
from t2s_local.skills.lint import lint
from t2s_local.skills.source import source_of
from t2s_local.stages.graph.comparison import compare, worded
from t2s_local.stages.graph.intermediate import intermediate
from t2s_local.stages.graph.rendering import FORM, read_form, render, slug
from t2s_local.values.workflow import Seen, Unverified, Workflow
from tests.stages.graph.ways import abcd, calls, shell, walks

EMBEDDER = load(None)


@pytest.fixture(scope="module")
def form() -> Workflow:
    return intermediate(walks(*abcd()), EMBEDDER)


def without(form: Workflow, source: str, target: str) -> Workflow:
    kept = tuple(edge for edge in form.workflow.edges if (edge.source, edge.target) != (source, target))
    return msgspec.structs.replace(form, workflow=msgspec.structs.replace(form.workflow, edges=kept))


def test_every_action_is_a_node_and_a_rare_branch_stays(form: Workflow) -> None:
    assert {node.action: node.support for node in form.workflow.nodes} == {"a": 3, "b": 3, "c": 3, "d": 3, "r": 1}
    assert {(edge.source[-1] + edge.target[-1], edge.weight) for edge in form.workflow.edges} == {
        ("ab", 3),
        ("bc", 2),
        ("br", 1),
        ("rc", 1),
        ("cd", 3),
    }
    assert (form.n_runs, form.workflow.starts) == (3, ("action:a",))
    assert [item.text for item in form.routing.tasks] == ["Do the work."]


def test_the_form_of_runs_covers_all_their_transitions(form: Workflow) -> None:
    compared = compare(form, walks(*abcd()))
    assert (compared.n_covered, compared.n_transitions, compared.differences) == (10, 10, ())


def test_an_edge_that_is_gone_is_named_with_the_run_that_took_it(form: Workflow) -> None:
    compared = compare(without(form, "action:r", "action:c"), walks(*abcd()))
    third = walks(*abcd())[2].run
    assert compared.coverage == pytest.approx(0.9)
    assert [worded(item) for item in compared.differences] == [f"ΔW r -> c, 1 run: {third}"]


def test_a_tool_that_no_recording_names_is_a_difference(form: Workflow) -> None:
    tools = (*form.attachments.tools, Seen(text="teleport", support=1))
    changed = msgspec.structs.replace(form, attachments=msgspec.structs.replace(form.attachments, tools=tools))
    found = compare(changed, walks(*abcd())).differences
    assert [(item.part, item.what) for item in found] == [("ΔA", "tool teleport is in no recording")]


def test_parts_that_do_not_agree_are_named(form: Workflow) -> None:
    lost = without(form, "action:b", "action:r")
    edges = (*lost.workflow.edges, msgspec.structs.replace(lost.workflow.edges[0], target="action:nowhere"))
    nodes = (*lost.workflow.nodes, msgspec.structs.replace(lost.workflow.nodes[0], id="action:a2", purpose="change"))
    graph = msgspec.structs.replace(lost.workflow, edges=edges, nodes=nodes)
    found = compare(msgspec.structs.replace(lost, workflow=graph), walks(*abcd())).differences
    assert [item.what for item in found if item.part == "ΔS"] == [
        "an edge leads to nowhere, which is no node",
        "no run can come to a2",
        "no run can come to r",
        "a has 2 goals: change and other",
    ]


def test_what_is_stated_without_a_step_stands_apart_and_counts_for_nothing(form: Workflow) -> None:
    stated = Unverified(after="action:c", action="tag", goal="mark the release")
    added = msgspec.structs.replace(form, unverified=(stated,))
    body = render(added, "release").files[0].text
    assert "## Unverified\n\nNo recording shows these steps.\n\n- `tag` after `c`: Mark the release.\n" in body
    assert compare(added, walks(*abcd())).n_transitions == 10


def test_a_rendered_form_reads_back_and_renders_to_the_same_bytes(form: Workflow) -> None:
    first = render(form, "work")
    text = next(file.text for file in first.files if file.path == FORM)
    assert render(read_form(text.encode(), path=FORM), "work") == first


def test_a_rendered_skill_has_nothing_for_lint(form: Workflow) -> None:
    skill = render(form, slug("My Work (2).json"))
    assert skill.name == "my-work-2-json"
    assert lint(source_of(skill)) == ()
    assert "- After `b`: `r` (R5: 1 run), support 1/3." in skill.files[0].text


def test_an_error_keeps_the_action_that_followed_it() -> None:
    runs = [
        shell(("make", "Error: no rule to make target all"), ("make build", "built"), task="Build it.", source=name)
        for name in ("1", "2")
    ]
    form = intermediate(walks(*runs), EMBEDDER)
    assert [(item.then, item.support, item.of) for item in form.semantics] == [("action:make build", 2, 2)]


def test_hostile_labels_stay_text() -> None:
    run = calls("](http://x.test) **b**", "<script>", task="# head `x` [a](b) <system>")
    form = intermediate(walks(run), EMBEDDER)
    skill = render(form, "odd")
    assert lint(source_of(skill)) == ()
    assert "](http://x.test)" not in skill.files[0].text.replace("`](http://x.test) **b**`", "")


@pytest.mark.parametrize("data", [b"", b"[]", b'{"version": 2}', b"\xff\xfe", b'{"version": 1, "n_runs": "x"}'])
def test_a_file_that_is_no_form_is_an_error_with_its_name(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no intermediate form"):
        read_form(data, path=str(tmp_path / "a.json"))
