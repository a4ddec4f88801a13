"""The main job with a model: whole with a script that copies from what it is sent, and with real llama.cpp."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from t2s_local import registry
from t2s_local.analysts import llm as analysts
from t2s_local.cli.distill import distill_job
from t2s_local.engines.scripted import Scripted
from t2s_local.ports.engine import Request
from t2s_local.ports.tools import Tools
from t2s_local.writers import llm as writers
from tests.conftest import Command
from tests.jobs import SAMPLES, job

_STEP = re.compile(r"^@(?P<code>\w+) (?P<run>[AB]?)(?P<number>\d+) (?P<kind>\w+)", re.MULTILINE)
_HINT = re.compile(r"^- (?:recovery|root cause): (\w+ \d+(?:, \w+ \d+)*)$", re.MULTILINE)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder without models, and the working folder in it."""
    for variable in ("HF_HOME", "HF_HUB_CACHE", "OLLAMA_MODELS", "XDG_DATA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def copying(request: Request) -> str:
    """Answer as a model that understands the task and copies well would."""
    return _skill(request.prompt) if request.prefix.startswith("You write one skill") else _lessons(request.prompt)


def _lessons(prompt: str) -> str:
    code = prompt.split()[0]
    shown: dict[int, str] = {}
    for block in prompt.split(f"\n{code} ")[1:]:
        found = _STEP.match(f"{code} {block}")
        if found and not found["run"]:
            lines = [line for line in block.split("\n")[1:] if not line.startswith("[…") and line.strip()]
            shown[int(found["number"])] = "\n".join(lines)
    lessons = []
    for hint in _HINT.findall(prompt)[:1]:
        steps = {role: int(number) for role, number in (part.split() for part in hint.split(", "))}
        quoted = [
            {"step": steps[role], "role": role, "quote": _quote(shown[steps[role]], role)}
            for role in ("action", "observation", "fix")
            if role in steps and steps[role] in shown
        ]
        said = {item["role"]: str(item["quote"]) for item in quoted}
        if {"action", "observation", "fix"} <= said.keys() and "`" not in said["fix"]:
            lessons.append(
                {
                    "evidence": quoted,
                    "because": "the first way met this message",
                    "when": f"a command fails with “{said['observation'][:100]}”",
                    "do": f"Run `{said['fix']}`.",
                }
            )
    return json.dumps({"lessons": lessons})


def _quote(text: str, role: str) -> str:
    if role != "observation":
        return text.split("\n", 1)[0][:200]
    lines = text.split("\n")
    return next((line for line in lines[::-1] if re.search(r"(?i)error|fatal|not |cannot", line)), lines[-1])[:200]


def _skill(prompt: str) -> str:
    code = prompt.split()[0]
    rules = []
    for block in re.split(rf"^{re.escape(code)} rule ", prompt, flags=re.MULTILINE)[1:]:
        said = dict(re.findall(r"^(L\d+ (?:when|do|because)): (.*)$", block, re.MULTILINE))
        label = next(iter(said)).split()[0]
        rules.append(
            {
                "lessons": [label],
                "section": "gotcha",
                "when": said[f"{label} when"],
                "do": said[f"{label} do"],
                "because": said.get(f"{label} because", "it was seen so"),
            }
        )
    name = prompt.rsplit("Names it could have: ", 1)[1].split("\n")[0].split(",")[0]
    return json.dumps({"rules": rules, "name": name, "description": "What to do about failing commands."})


def tools_of(engine: Scripted) -> Tools:
    return Tools(
        analyst=analysts.load(engine),
        embedder=registry.load("t2s_local.embedders", "static").load(None),
        clusterer=registry.load("t2s_local.clusterers", "auto").load(),
        writer=writers.load(engine),
    )


def test_lessons_and_rules_of_a_model_become_skills_that_can_be_verified(
    here: Path, t2s: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = Scripted(copying, name="copying", context=8192)
    assert distill_job(job(here), tools_of(engine), as_json=True) == 0
    printed = capsys.readouterr()
    result = json.loads(printed.out)
    assert (result["analyst"], result["writer"]) == ("llm", "llm")
    assert result["funnel"]["counts"]["lessons"] > 20
    assert result["skills"]
    losses = {loss["reason"]: loss["count"] for loss in result["funnel"]["losses"]}
    assert losses["writer: description that cannot be used"] == len(result["skills"])
    for skill in result["skills"]:
        assert skill["support"] >= 3
        assert 'written-by: "t2s-local llm"' in Path(skill["path"], "SKILL.md").read_text()
    checked = t2s("verify", *(skill["path"] for skill in result["skills"]), "--json")
    assert checked.code == 0, checked.out


def test_a_run_that_was_stopped_asks_only_what_is_missing(here: Path) -> None:
    asked: list[str] = []

    def stopping(request: Request) -> str:
        asked.append(request.id)
        if len(asked) == 30:
            raise KeyboardInterrupt
        return copying(request)

    with pytest.raises(KeyboardInterrupt):
        distill_job(job(here), tools_of(Scripted(stopping, name="s", context=8192)), as_json=True)
    n_before = len(asked)
    assert distill_job(job(here), tools_of(Scripted(stopping, name="s", context=8192)), as_json=True) == 0
    units = [{request_id.split("-")[0] for request_id in part} for part in (asked[:n_before], asked[n_before:])]
    assert len(units[0]) > 10
    assert len(units[0] & units[1]) <= 1
    n_after = len(asked)
    assert distill_job(job(here), tools_of(Scripted(stopping, name="s", context=8192)), as_json=True) == 0
    assert len(asked) == n_after


def test_questions_are_asked_about_less_at_last_and_those_without_an_answer_are_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ladder from end to end: a model that copes with half of what it is shown, and with one run not at all."""
    asked: dict[str, list[Request]] = {}

    def overtaxed(request: Request) -> str:
        if request.prefix.startswith("You write one skill"):
            return copying(request)
        question, _, rung = request.id.rpartition("-")
        asked.setdefault(question, []).append(request)
        hopeless = next(iter(asked))
        return copying(request) if rung == "3" and question != hopeless else "I think that"

    runs = SAMPLES / "mini_swe_agent"
    assert distill_job(job(here, runs), tools_of(Scripted(overtaxed, name="o", context=8192)), as_json=True) == 0
    printed = capsys.readouterr()
    result = json.loads(printed.out)
    assert all(len(tries) == 3 for tries in asked.values())
    assert all(len(tries[2].prompt) <= len(tries[0].prompt) for tries in asked.values())
    assert any(len(tries[2].prompt) < 0.8 * len(tries[0].prompt) for tries in asked.values())
    assert result["funnel"]["counts"]["lessons"] > 5
    losses = {loss["reason"]: loss["count"] for loss in result["funnel"]["losses"]}
    assert losses["question parked after every try"] == 1
    (parked,) = result["parked"]
    assert re.fullmatch(r".*mini_swe_agent.*, steps 0 to \d+, \w+ question: answer is not JSON: .*", parked)
    assert f"No answer of use: {parked}" in printed.err


def test_a_model_of_random_weights_goes_through_and_is_told_apart_from_a_good_one(
    here: Path, t2s: Command, tiny_model: Callable[[str], Path]
) -> None:
    runs = sorted((SAMPLES / "mini_swe_agent").glob("git-*"))[:3]
    model = tiny_model("qwen3-flat")
    ran = t2s("distill", *runs, "--model", model, "-o", here / "skills", "--json")
    assert ran.code == 0, ran.err
    result = json.loads(ran.out)
    assert (result["analyst"], result["writer"], result["device"], result["skills"]) == ("llm", "llm", "cpu", [])
    assert f"Model {model.name} ({model}): as asked." in ran.err
    assert "CPU " in ran.err
    assert "This model reads these runs badly. `--model none` reads them without one." in ran.err
    again = t2s("distill", *runs, "--model", model, "-o", here / "skills", "--json")
    assert again.code == 0
    assert "CPU " not in again.err


def test_flags_override_the_fit_and_the_context_is_part_of_what_answers_are_stored_under(
    here: Path, t2s: Command, tiny_model: Callable[[str], Path]
) -> None:
    runs = sorted((SAMPLES / "mini_swe_agent").glob("git-*"))[:1]
    line = ("distill", *runs, "--model", tiny_model("qwen3-flat"), "-o", here / "skills")
    asked = t2s(*line, "--context", "3072", "--sequences", "2", "--gpu-layers", "0")
    assert asked.code == 0, asked.err
    assert "ctx 3072 x 2 sequences" in asked.err
    assert "ctx " not in t2s(*line, "--context", "3072").err
    assert "ctx 4096 x" in t2s(*line).err
    assert t2s(*line, "--context", "100").code == 2


def test_a_model_that_is_missing_or_broken_ends_with_the_exit_code_of_models(here: Path, t2s: Command) -> None:
    missing = t2s("distill", SAMPLES, "--model", "qwen3-4b", "-o", here / "skills")
    assert missing.code == 5
    assert "t2s models pull qwen3-4b" in missing.err
    (here / "broken.gguf").write_bytes(b"GGUF" + bytes(100))
    broken = t2s("distill", SAMPLES, "--model", here / "broken.gguf", "-o", here / "skills")
    assert broken.code == 5
    assert not (here / "skills").exists()


def test_without_models_auto_says_who_does_the_work(here: Path, t2s: Command) -> None:
    runs = sorted((SAMPLES / "mini_swe_agent").glob("git-*"))[:2]
    ran = t2s("distill", *runs, "-o", here / "skills", "--json")
    assert ran.code == 0
    assert "the mined analyst and the template writer do the work" in ran.err
    assert json.loads(ran.out)["analyst"] == "mined"
