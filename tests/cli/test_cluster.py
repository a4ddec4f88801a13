"""``t2s cluster``: the groups of a run, and why a lesson lies where it lies."""

import json
from pathlib import Path

import msgspec
import pytest

from t2s_local.runs.result import RunResult
from t2s_local.values.cluster import Cluster
from t2s_local.workspace import read_workspace
from tests.commands import Ran, in_process
from tests.places import SAMPLES


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cluster")
    paths = ["--workspace", str(folder / "ws"), "-o", str(folder / "skills")]
    done = in_process("distill", SAMPLES, "--model", "none", "--quiet", *paths)
    assert done.code == 0, done.err
    return folder / "ws"


def run(workspace: Path, *arguments: str) -> Ran:
    return in_process("cluster", "--workspace", workspace, *arguments)


def as_json(result: Ran) -> dict[str, object]:
    assert result.code == 0, result.err
    return msgspec.json.decode(result.out, type=dict[str, object])


def test_every_lesson_of_the_run_is_in_a_cluster_or_loose(workspace: Path) -> None:
    found = as_json(run(workspace, "--json"))
    clusters = msgspec.convert(found["clusters"], list[dict[str, object]])
    inside = [one for item in clusters for one in msgspec.convert(item["lesson_ids"], list[str])]
    loose = msgspec.convert(found["loose"], list[str])
    assert len(inside) + len(loose) == found["lessons"]
    assert len({*inside, *loose}) == len(inside) + len(loose)


def test_the_table_names_each_cluster_and_what_it_says(workspace: Path) -> None:
    shown = run(workspace)
    clusters = msgspec.convert(as_json(run(workspace, "--json"))["clusters"], list[dict[str, object]])
    lines = shown.out.splitlines()
    assert lines[0].split() == ["CLUSTER", "RUNS", "TASKS", "LESSONS", "ALIKE", "STABLE", "SAYS"]
    assert [line.split()[0] for line in lines[1:]] == [item["id"] for item in clusters]
    assert "average linkage" in shown.err


def test_a_cluster_is_explained_by_its_nearest_lessons(workspace: Path) -> None:
    clusters = msgspec.convert(as_json(run(workspace, "--json"))["clusters"], list[dict[str, object]])
    first = max(clusters, key=lambda item: len(msgspec.convert(item["lesson_ids"], list[str])))
    found = as_json(run(workspace, "--explain", str(first["id"]), "--json"))
    members = msgspec.convert(first["lesson_ids"], list[str])
    neighbours = msgspec.convert(found["neighbours"], list[dict[str, object]])
    assert (found["lesson"], found["cluster"]) == (members[0], first["id"])
    assert neighbours[0]["lesson"] in members
    cosines = [msgspec.convert(near["cosine"], float) for near in neighbours]
    assert cosines == sorted(cosines, reverse=True)
    assert run(workspace, "--explain", str(first["id"])).out.startswith(members[0])


def test_the_stability_of_each_cluster_of_two_lessons_or_more_is_shown_and_stored(workspace: Path) -> None:
    clusters = msgspec.convert(as_json(run(workspace, "--json"))["clusters"], list[Cluster])
    assert all(item.stability is None for item in clusters if len(item.lesson_ids) == 1)
    assert sum(item.stability is not None for item in clusters) > 3
    assert all(0.0 <= item.stability <= 1.0 for item in clusters if item.stability is not None)
    with read_workspace(workspace) as store:
        stored = msgspec.json.decode(store.ledger.find(None).result or b"", type=RunResult).clusters
    assert {item.id: item.stability for item in stored} == {item.id: item.stability for item in clusters}
    known = next(item for item in clusters if item.stability is not None)
    explained = run(workspace, "--explain", known.id)
    assert f"stability {known.stability:.2f}: " in explained.out
    assert as_json(run(workspace, "--explain", known.id, "--json"))["stability"] == known.stability


def test_a_contradiction_is_listed_with_what_both_say_and_where(tmp_path: Path) -> None:
    said = {
        "use": "Always use the edit tool to change lines of code.",
        "never": "Never use the edit tool to change lines of code.",
    }
    for name, words in said.items():
        steps = [
            {"kind": "user", "text": "rename the field"},
            {"kind": "tool_call", "text": "sed -i s/a/b/ x", "tool": "bash", "call_id": "1"},
            {"kind": "tool_result", "text": "", "tool": "bash", "call_id": "1", "exit_code": 0},
            {"kind": "user", "text": words},
            {"kind": "tool_call", "text": "x: a -> b", "tool": "edit", "call_id": "2"},
            {"kind": "tool_result", "text": "", "tool": "edit", "call_id": "2", "exit_code": 0},
        ]
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"session_id": name, "steps": steps}) + "\n", "utf-8")
    paths = ["--workspace", str(tmp_path / "ws"), "-o", str(tmp_path / "skills")]
    runs = [str(tmp_path / f"{name}.jsonl") for name in said]
    in_process("distill", *runs, "--model", "none", "--quiet", *paths)
    lines = run(tmp_path / "ws").err.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("Contradiction: "))
    assert said["never"][4:28] in lines[at + 1]
    assert said["use"][:20] in lines[at + 2]
    assert all("1 run, such as " in line and " step 1): " in line for line in lines[at + 1 : at + 3])


def test_an_id_nobody_has_is_a_usage_error(workspace: Path) -> None:
    refused = run(workspace, "--explain", "zzz")
    assert refused.code == 2
    assert "no lessons or clusters begin with 'zzz'" in refused.err


def test_the_smallest_size_of_a_group_can_be_set(workspace: Path) -> None:
    found = as_json(run(workspace, "--json", "--algorithm", "hdbscan", "--min-cluster-size", "4"))
    assert "groups of at least 4" in str(found["algorithm"])


def test_leaves_and_epsilon_mean_hdbscan(workspace: Path) -> None:
    assert "by leaves" in str(as_json(run(workspace, "--json", "--selection", "leaf"))["algorithm"])
    assert "HDBSCAN" in str(as_json(run(workspace, "--json", "--epsilon", "0.2"))["algorithm"])
    assert "settings of HDBSCAN" in run(workspace, "--algorithm", "linkage", "--epsilon", "0.2").err


def test_another_embedder_never_mixes_with_stored_vectors(workspace: Path) -> None:
    one, other = (as_json(run(workspace, "--json", "--embedder", name)) for name in ("static", "hashing"))
    assert one["lessons"] == other["lessons"]
    assert one["clusters"] != other["clusters"]


def test_a_folder_without_a_workspace_is_named(tmp_path: Path) -> None:
    assert "no workspace here" in run(tmp_path).err
