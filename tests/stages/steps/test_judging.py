"""A model as judge of steps: it lowers with a quote, and changes nothing otherwise."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from t2s_local.engines.scripted import load
from t2s_local.ports.engine import Request
from t2s_local.safety.redaction.guard import Guard
from t2s_local.safety.redaction.redact import shipped_redactor
from t2s_local.stages.steps.judging import UNQUOTED, UNREADABLE, judged_by, questions_about
from t2s_local.stages.steps.recorded import judged_steps, step_counts
from t2s_local.stages.steps.steps import StepVerdict, judge_steps
from t2s_local.values.trajectory import Trajectory
from tests.build import step
from tests.stages.steps.test_steps import SESSION, called, values

SILENT = called(("df['qty'].sum()", "total\n12"), end=step("assistant", "The revenue is 12."))
"""A run that sums quantities where the revenue was asked for; no error says so."""


def same(text: str) -> str:
    return text


def judged(run: Trajectory, answer: str | Callable[[Request], str]) -> tuple[tuple[StepVerdict, ...], dict[str, int]]:
    verdicts = judge_steps(run)
    engine = load([answer] if isinstance(answer, str) else answer)
    (found,), counts = judged_by(engine, [(verdicts, questions_about(run, verdicts, same))])
    return found, counts.refused


@pytest.mark.parametrize(("said", "value"), [("0", 0.0), ("0.5", 0.5)])
def test_a_lower_verdict_with_a_quote_wins(said: str, value: float) -> None:
    found, refused = judged(SILENT, json.dumps({"verdict": said, "quote": 1}))
    assert values(found) == [value, 1]
    assert (found[0].quote, refused) == ("df['qty'].sum()", {})
    assert found[0].reason.startswith("a model calls it")


@pytest.mark.parametrize("answer", ['{"verdict": "0", "quote": 0}', '{"verdict": "0", "quote": 4}'])
def test_a_lower_verdict_without_a_quote_changes_nothing_and_is_counted(answer: str) -> None:
    found, refused = judged(SILENT, answer)
    assert (found, refused) == (judge_steps(SILENT), {UNQUOTED: 1})


@pytest.mark.parametrize(
    "answer",
    [
        '{"verdict": "0.7", "quote": 1}',
        '{"verdict": "-1", "quote": 1}',
        '{"verdict": "0"}',
        '{"verdict": "0", "quote": 1, "why": "x"}',
        "0.7",
        "it is fatal",
    ],
)
def test_an_answer_of_another_form_leaves_no_verdict_is_counted_and_is_in_no_mean(answer: str, tmp_path: Path) -> None:
    found, refused = judged(SILENT, answer)
    assert (values(found), refused) == ([None, 1], {UNREADABLE: 1})
    assert found[0].reason.startswith("unusable")
    (tmp_path / "a.jsonl").write_bytes(msgspec.json.encode(SILENT) + b"\n")
    (counts,) = step_counts(judged_steps([tmp_path], judge=load([answer])))
    assert (counts.n_unusable, counts.n_sound, counts.n_fatal) == (1, 1, 0)


def test_what_the_rules_call_less_than_sound_is_not_asked_about_and_not_raised() -> None:
    run = called(*SESSION, end=step("thought", "I do not know."))
    found, _ = judged(run, '{"verdict": "1", "quote": 0}')
    assert values(found) == [1, 0.5, 1, 0, 0]
    assert [question.step for question in questions_about(run, judge_steps(run), same)] == [1, 5]


def test_a_question_shows_numbered_lines_and_no_secret(tmp_path: Path) -> None:
    token = "ghp_" + sha256(b"token").hexdigest()[:36]
    run = called((f"login {token}", "ok"), end=step("assistant", "Done."))
    (tmp_path / "a.jsonl").write_bytes(msgspec.json.encode(run) + b"\n")
    asked: list[Request] = []

    def answer(request: Request) -> str:
        asked.append(request)
        return '{"verdict": "0", "quote": 1}'

    found = judged_steps([tmp_path], judge=load(answer))
    assert found.judgement is not None
    assert (found.judgement.n_asked, found.judgement.n_lowered) == (1, 1)
    assert "1. login" in asked[0].prompt
    assert token not in asked[0].prompt
    assert token not in str(found.runs)
    assert asked[0].grammar


def test_a_secret_of_several_lines_or_across_the_cut_is_in_no_question_and_no_quote() -> None:
    body = "".join(sha256(f"{n}".encode()).hexdigest()[:60] + "\n" for n in range(6))
    block = f"-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----"
    token = "ghp_" + sha256(b"token").hexdigest()[:36]
    run = called(("cat deploy.pem", f"{block}\n{'x ' * 90}login {token}"), end=step("assistant", "Done."))
    (question,) = questions_about(run, judge_steps(run), Guard(shipped_redactor()).text)
    shown = f"{question.request.prompt}{question.lines}"
    assert not any(line in shown for line in body.split())
    assert token[:8] not in shown
