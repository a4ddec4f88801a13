"""The table of benchmarks and agents, counted once more in the raw files, without any reader."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.formats.test_table import TABLE
from tests.raw import Counts, documents, records, table_of, values


def n_calls(messages: object) -> int:
    return sum(len(calls) for calls in values(messages, "tool_calls") if isinstance(calls, list))


def agentdojo(folder: Path) -> Counts:
    found = records(folder, "runs/**/*.json")
    outcomes = Counter(record["utility"] for record in found)
    return len(found), sum(n_calls(record["messages"]) for record in found), outcomes[True], outcomes[False]


def aider_swe_bench(folder: Path) -> Counts:
    """Sessions after their opening line in which anything but the user and Aider itself speaks."""
    spoken = 0
    for path in folder.glob("*.md"):
        if path.name != "SOURCE.md":
            for session in re.split(r"^# aider chat started at .*$", path.read_text(), flags=re.MULTILINE)[1:]:
                spoken += any(re.match(r"(?!#### |> |>$).*\S", line) for line in session.split("\n"))
    return spoken, None, 0, 0


def alfworld_knowagent(folder: Path) -> Counts:
    found = records(folder, "*.jsonl")
    outcomes = Counter(record["result"] for record in found)
    return len(found), None, outcomes[True], outcomes[False]


def claude_code_entire(folder: Path) -> Counts:
    files = sorted(folder.glob("*/full.jsonl"))
    identities = set[tuple[Path, str]]()
    for path, record in documents(folder, "*/full.jsonl"):
        content = record.get("message", {}).get("content") if isinstance(record, dict) else None
        for block in content if isinstance(content, list) else []:
            if block.get("type") == "tool_use":
                identities.add((path, block["id"]))
    return len(files), len(identities), 0, 0


def fireact(folder: Path) -> Counts:
    runs = 0
    rewards = Counter[object]()
    for _, value in documents(folder, "trajs/*.json"):
        assert isinstance(value, dict)
        runs += len(value)
        rewards.update(run["reward"] for run in value.values())
    tuned = len(records(folder, "finetune/*.jsonl"))
    return runs + tuned, None, rewards[True], rewards[False]


def reflexion(folder: Path) -> Counts:
    """Questions within the blocks that say how their episodes ended; the halted ones are of no outcome of their own."""
    blocks = Counter[str]()
    for path in folder.glob("ReAct/**/*.txt"):
        parts = re.split(r"BEGIN (CORRECT|INCORRECT|HALTED) AGENTS", path.read_text())
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            blocks[name] += len(re.findall(r"^Question: ", text, flags=re.MULTILINE))
    return blocks.total(), None, blocks["CORRECT"], blocks["INCORRECT"]


def tau_bench(folder: Path) -> Counts:
    (found,) = (value for _, value in documents(folder, "gpt-4o-airline.json"))
    assert isinstance(found, list)
    rewards = Counter(record["reward"] for record in found)
    dialogues = len(records(folder, "*few_shot.jsonl"))
    return len(found) + dialogues, sum(n_calls(record["traj"]) for record in found), rewards[1.0], rewards[0.0]


def openhands(folder: Path) -> Counts:
    """Runs that carry a verdict; how many there are without one is left to the reader."""
    verdicts = Counter[object]()
    for record in records(folder, "**/*.jsonl"):
        result = record.get("test_result")
        score = result.get("final_score") if isinstance(result, dict) else None
        if isinstance(score, dict):
            verdicts[score["result"] == score["total"]] += 1
        elif isinstance(result, dict) and isinstance(result.get("result"), bool):
            verdicts[result["result"]] += 1
        elif isinstance(record.get("correct", record.get("success")), bool):
            verdicts[record.get("correct", record.get("success"))] += 1
    return TABLE["openhands"][1], None, verdicts[True], verdicts[False]


def codex(folder: Path) -> Counts:
    """Items that ask for something in rollouts, and commands that were completed in streams of ``exec``."""
    asked = 0
    for record in records(folder, "**/*.jsonl"):
        payload, item = record.get("payload"), record.get("item")
        asked += isinstance(payload, dict) and payload.get("type") in (
            "function_call",
            "custom_tool_call",
            "web_search_call",
        )
        kind = item.get("type") if isinstance(item, dict) and record.get("type") == "item.completed" else None
        asked += kind in ("command_execution", "mcp_tool_call", "file_change", "web_search")
    return TABLE["codex"][1], asked, 0, 0


def intercode(folder: Path) -> Counts:
    best: list[float] = []
    for _, value in documents(folder, "**/*.json"):
        assert isinstance(value, dict)
        for run in value.values():
            summary = run.get("summary") if isinstance(run.get("summary"), dict) else {}
            best.append(summary.get("max_reward", run.get("reward")))
    return len(best), None, sum(score >= 1 - 1e-6 for score in best), sum(score <= 1e-6 for score in best)


def letta_filesystem(folder: Path) -> Counts:
    found = [record["result"] for record in records(folder, "**/*.jsonl") if record.get("type") == "result"]
    scores = Counter(score for record in found for score in [next(values(record, "grade"))["score"]])  # type: ignore[index]  # a grade is an object
    calls = sum(item == "tool_call_message" for record in found for item in values(record, "message_type"))
    return len(found), calls, scores[1], scores[0]


def mini_swe_agent(folder: Path) -> Counts:
    """Calls as such, and one a fence in what the agent says where the models had no calls."""
    calls = runs = 0
    for _, value in documents(folder, "**/*.traj.json"):
        messages = value["messages"] if isinstance(value, dict) else value
        assert isinstance(messages, list)
        said = [message for message in messages if message["role"] == "assistant"]
        own = sum(len(message.get("tool_calls") or []) for message in said)
        calls += own or sum("```" in message["content"] for message in said)
        runs += 1
    return runs, calls, 0, 0


def swe_agent(folder: Path) -> Counts:
    found = records(folder, "**/*.traj")
    return len(found), None, 0, 0


def tau2_bench(folder: Path) -> Counts:
    simulations = [one for record in records(folder, "*.json") for one in record["simulations"]]
    rewards = Counter(one["reward_info"]["reward"] for one in simulations)
    calls = sum(
        call.get("requestor") != "user"
        for one in simulations
        for message in one["messages"]
        if message["role"] == "assistant"
        for call in message.get("tool_calls") or []
    )
    return len(simulations), calls, rewards[1.0], rewards[0.0]


COUNTED: dict[str, Callable[[Path], Counts]] = {
    "agentdojo": agentdojo,
    "aider-swe-bench": aider_swe_bench,
    "alfworld-knowagent": alfworld_knowagent,
    "claude-code-entire": claude_code_entire,
    "codex": codex,
    "fireact": fireact,
    "intercode": intercode,
    "letta-filesystem": letta_filesystem,
    "mini-swe-agent": mini_swe_agent,
    "openhands": openhands,
    "reflexion": reflexion,
    "swe-agent": swe_agent,
    "tau-bench": tau_bench,
    "tau2-bench": tau2_bench,
}


@pytest.mark.parametrize("source", sorted(COUNTED))
def test_the_table_says_what_the_raw_files_say(source: str, shared_data: Path) -> None:
    counted = COUNTED[source](shared_data / source)
    assert counted == table_of(source, like=counted)
