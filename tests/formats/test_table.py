"""Every source of real trajectories: how much of it is read, and that no gold answer leaves a reader.

Trajectories, tool calls and outcomes were counted in the files by separate scripts and agree with each source's notes.
"""

import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from t2s_local.ports.format import Drift, Guess, Passed, Quarantined
from t2s_local.stages.reading.find import find
from t2s_local.stages.reading.reading import read_file
from t2s_local.stages.reading.unread import Unrecognised
from t2s_local.values.trajectory import Trajectory

TABLE = {
    # source: files, trajectories, steps, tool calls, success, failure, partial, unknown
    "agentdojo": (422, 420, 4139, 1205, 265, 155, 0, 0),
    "aider-dev-history": (16, 14, 299, 57, 0, 0, 0, 14),
    "aider-swe-bench": (98, 140, 2343, 485, 0, 0, 0, 140),
    "alfworld-knowagent": (3, 400, 23848, 7073, 108, 292, 0, 0),
    "atif": (16, 10, 306, 92, 0, 0, 0, 10),
    "claude-code-entire": (25, 23, 1839, 545, 0, 0, 0, 23),
    "claude-code-viewer": (22, 26, 687, 241, 0, 0, 0, 26),
    "cli-fixtures": (120, 83, 585, 111, 0, 0, 0, 83),
    "codex": (11, 6, 137, 43, 0, 0, 0, 6),
    "fireact": (4, 965, 8144, 2759, 200, 265, 0, 500),
    "inspect": (12, 31, 556, 142, 18, 12, 0, 1),
    "intercode": (14, 2154, 30036, 11453, 1312, 549, 293, 0),
    "langfuse": (16, 14, 56, 9, 1, 0, 0, 13),
    "letta-filesystem": (5, 100, 1013, 271, 17, 78, 5, 0),
    "mini-swe-agent": (56, 24, 4488, 1563, 0, 0, 0, 24),
    "openhands": (24, 216, 1367, 179, 68, 129, 0, 19),
    "otel-otlp": (29, 29, 187, 51, 0, 0, 0, 29),
    "reflexion": (10, 512, 5649, 1867, 170, 282, 0, 60),
    "roo-code": (14, 5, 141, 34, 0, 0, 0, 5),
    "swe-agent": (55, 48, 2477, 794, 0, 0, 0, 48),
    "tau-bench": (5, 248, 6187, 928, 66, 94, 0, 88),
    "tau2-bench": (4, 100, 3047, 952, 64, 36, 0, 0),
}
HEADS = re.compile(r"\b(?:Answer is (?:CORRECT|INCORRECT)|Episode finished, reward =)")
"""How Reflexion's and FireAct's environments write the label into the text."""
KEYS = (
    *("reward_info", "action_checks", "evaluation_criteria", "gt_data_hash", "ground_truth", "FAIL_TO_PASS"),
    *("test_patch", "gold_files", "eval_obs", "corrupt_gold", "api_key"),
)
LONG = 40
"""Characters from which a gold text is told from words that an agent says by itself."""


def items(source: Path) -> Iterator[Trajectory | Quarantined | Passed | Drift | Guess | Unrecognised]:
    for file in find([source]).files:
        yield from read_file(file, source=str(file))


@pytest.mark.parametrize("source", sorted(TABLE))
def test_a_source_is_read_whole(source: str, shared_data: Path) -> None:
    folder = shared_data / source
    kinds: Counter[str] = Counter()
    outcomes: Counter[str | None] = Counter()
    for item in items(folder):
        assert not isinstance(item, Quarantined), item
        if isinstance(item, Trajectory):
            outcomes[item.outcome] += 1
            kinds.update(step.kind for step in item.steps)
    found = (
        len(find([folder]).files),
        outcomes.total(),
        kinds.total(),
        kinds["tool_call"],
        *(outcomes[name] for name in ("success", "failure", "partial", None)),
    )
    assert found == TABLE[source]


def test_no_source_is_left_out_of_the_table(shared_data: Path) -> None:
    assert {entry.name for entry in shared_data.iterdir() if entry.is_dir()} == set(TABLE)


@pytest.mark.parametrize("source", sorted(TABLE))
def test_every_file_is_read_or_named_with_its_reason(source: str, shared_data: Path) -> None:
    for file in find([shared_data / source]).files:
        found = list(read_file(file, source=str(file)))
        assert found, file
        assert all(item.seen for item in found if isinstance(item, Unrecognised))


def texts(value: object, gold: frozenset[str], *, under: bool = False) -> Iterator[str]:
    """Long texts of a JSON value that lie under a key which holds gold."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, gold, under=under or key in gold)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, gold, under=under)
    elif under and isinstance(value, str) and len(value) >= LONG:
        yield value


GOLD = frozenset(
    {
        "reward_info",
        "evaluation_criteria",
        "user_scenario",
        "solution",
        "rationale",
        "patch",
        "test_patch",
        "hints_text",
    }
)
HIDDEN = {"tau-bench": frozenset({"instruction"}), "langfuse": frozenset({"scores"})}
"""Keys that hold gold in one source alone: elsewhere the instruction is what the agent was told."""
LABELLED = {
    "tau-bench": ("*.json",),
    "tau2-bench": ("*.json",),
    "inspect": ("**/*.json", "**/*.eval"),
    "letta-filesystem": ("**/*.jsonl",),
    "agentdojo": ("**/*.json",),
    "intercode": ("**/*.json",),
    "fireact": ("trajs/*.json",),
    "reflexion": ("**/*.txt", "**/*.json"),
    "openhands": ("eval-2024/*.jsonl", "upstream/*.jsonl"),
    "alfworld-knowagent": ("*.jsonl",),
    "aider-swe-bench": ("*.json",),
    "swe-agent": ("**/*.traj",),
    "mini-swe-agent": ("**/*.traj.json",),
    "langfuse": ("*.trace.json",),
}


def documents(path: Path) -> Iterator[object]:
    if path.suffix == ".eval":
        with zipfile.ZipFile(path) as archive:
            yield from (json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json"))
    elif path.suffix == ".jsonl":
        yield from (json.loads(line) for line in path.read_text().splitlines() if line.strip())
    elif path.suffix != ".txt":
        yield json.loads(path.read_text())


@pytest.mark.parametrize("source", sorted(LABELLED))
def test_gold_answers_of_a_labelled_source_stay_behind(source: str, shared_data: Path) -> None:
    n_runs = 0
    for pattern in LABELLED[source]:
        for path in sorted((shared_data / source).glob(pattern)):
            said = [item for item in read_file(path, source="x") if isinstance(item, Trajectory)]
            n_runs += len(said)
            whole = b"\n".join(msgspec.json.encode(run) for run in said).decode()
            assert not HEADS.search(whole)
            keys = [key for key in KEYS if f'"{key}":' in whole]
            assert not keys or source in ("swe-agent", "mini-swe-agent"), (path, keys)
            spoken = "\n".join(step.text for run in said for step in run.steps)
            asked = {run.task for run in said}
            gold = GOLD | HIDDEN.get(source, frozenset())
            for document in documents(path):
                leaked = [text for text in texts(document, gold) if text in spoken and text not in asked]
                assert not leaked, (path, leaked[0][:200])
    assert n_runs > 0 or source == "aider-swe-bench"
