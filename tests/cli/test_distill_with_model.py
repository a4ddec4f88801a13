"""The main job with a model: whole with a script that copies from what it is sent, and with real llama.cpp."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from t2s_local import registry
from t2s_local.analysts import llm as analysts
from t2s_local.cli.distill import distill_job
from t2s_local.engines.scripted import Line, Scripted
from t2s_local.ports.engine import Request
from t2s_local.ports.tools import Tools
from t2s_local.runs.plugins import Choice, open_tools
from t2s_local.runs.progress import SilentListener
from t2s_local.runs.session import run
from t2s_local.writers import llm as writers
from t2s_local.writers import template
from tests.conftest import Command
from tests.jobs import SAMPLES, job


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
    if request.prefix.startswith("You give a page"):
        return _subject(request.prompt)
    if request.prefix.startswith("You put a rule"):
        return json.dumps({"when": "a command fails", "do": "Do the same in another way."})
    return _words(request.prefix) if '"cause"' in request.prefix else '{"learned": false}'


def _words(shown: str) -> str:
    """A lesson in words that are copied from what the question shows."""
    worked = next((line.removeprefix("Worked: ") for line in shown.splitlines() if line.startswith("Worked: ")), "")
    command = worked.split(" && ")[0].split("`")[0].split(" … ")[0][:80].strip()
    return json.dumps(
        {"cause": "the first way met this message", "when": "a command fails", "do": f"Run `{command}` first."}
    )


def _subject(shown: str) -> str:
    """A title in words that are copied from what the question shows."""
    advice = next(line.removeprefix("Advice: ") for line in shown.splitlines() if line.startswith("Advice: "))
    name = " ".join(re.findall(r"[a-z]{3,}", advice)[1:3])
    return json.dumps({"name": name, "what": "What to do about failing commands.", "use_when": advice[:120]})


def tools_of(engine: Scripted, *, plain: bool = False) -> Tools:
    return Tools(
        analyst=analysts.load(engine),
        embedder=registry.load("t2s_local.embedders", "static").load(None),
        clusterer=registry.load("t2s_local.clusterers", "auto").load(),
        writer=template.load() if plain else writers.load(engine),
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
    for skill in result["skills"]:
        assert skill["support"] >= 3
        assert 'written-by: "t2s-local llm"' in Path(skill["path"], "SKILL.md").read_text()
    checked = t2s("verify", *(skill["path"] for skill in result["skills"]), "--json")
    assert checked.code == 0, checked.out


def test_a_run_with_a_model_tells_every_rule_of_the_run_without(here: Path) -> None:
    told = []
    for name, tools in (("without", None), ("with", tools_of(Scripted(copying, name="copying", context=8192)))):
        order = msgspec.structs.replace(job(here), out=here / name, workspace=here / f".{name}")
        if tools is None:
            with open_tools(Choice(model="none", embedder="static", algorithm="auto")) as own:
                result = run(order, own, SilentListener()).result
        else:
            result = run(order, tools, SilentListener()).result
        behind = {cluster.id: frozenset(cluster.lesson_ids) for cluster in result.clusters}
        told.append([behind[one] for skill in result.skills for one in skill.cluster_ids])
    without, beside = told
    assert len(without) > 5
    assert all(any(rule <= other for other in beside) for rule in without)


def test_a_run_that_was_stopped_asks_only_what_is_missing_and_what_was_parked(here: Path) -> None:
    asked: list[str] = []
    parked: set[str] = set()

    def stopping(request: Request) -> str | Line:
        asked.append(request.id)
        if len(asked) == 20:
            raise KeyboardInterrupt
        if asked.count(request.id) == 1 and len(asked) == 1:
            parked.add(request.id)
            return Line(text="", finish="parked", reason="out of memory")
        return copying(request)

    def again() -> int:
        before = len(asked)
        tools = tools_of(Scripted(stopping, name="s", context=8192), plain=True)
        assert distill_job(job(here), tools, as_json=True) == 0
        return len(asked) - before

    with pytest.raises(KeyboardInterrupt):
        distill_job(job(here), tools_of(Scripted(stopping, name="s", context=8192), plain=True), as_json=True)
    units = {request_id.split("-")[0] for request_id in asked}
    assert len(units) > 10
    again()
    assert again() == 0
    assert len(asked) > len(set(asked)) >= len(units)


def test_a_model_of_random_weights_goes_through_and_is_told_apart_from_a_good_one(
    here: Path, t2s: Command, tiny_model: Callable[[str], Path]
) -> None:
    runs = [SAMPLES / "mini_swe_agent", SAMPLES / "openai_chat"]
    model = tiny_model("qwen3-flat")
    ran = t2s("distill", *runs, "--model", model, "-o", here / "skills", "--json")
    assert ran.code == 0, ran.err
    result = json.loads(ran.out)
    assert (result["analyst"], result["writer"], result["device"]) == ("llm", "llm", "cpu")
    assert f"Model {model.name} ({model}): as asked." in ran.err
    assert "CPU " in ran.err
    assert "This model reads these runs badly; what code found alone is told all the same." in ran.err
    again = t2s("distill", *runs, "--model", model, "-o", here / "skills", "--json")
    assert again.code == 0
    assert "CPU " not in again.err


def test_flags_override_the_fit_and_the_context_is_part_of_what_answers_are_stored_under(
    here: Path, t2s: Command, tiny_model: Callable[[str], Path]
) -> None:
    runs = [SAMPLES / "mini_swe_agent", SAMPLES / "openai_chat"]
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
