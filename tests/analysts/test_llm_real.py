"""What is believed and what is refused on recorded runs of real agents, attacked ones included."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from t2s_local.analysts._llm.answer import QuoteSource, read_answer
from t2s_local.analysts._llm.choice import hints_of
from t2s_local.analysts._llm.kinds import CORRECTION, ERROR, SUCCESS
from t2s_local.analysts._llm.orders import orders_in
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.intake.slices import slice_all
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice
from tests.recorded import answer, said, stated

_ROLES = ("action", "observation", "correction", "fix", "cause", "result", "request")


def slices_in(path: Path) -> tuple[Slice, ...]:
    return slice_all(read((path,), format_name=None, labels=None).trajectories)


def restated(hint: Lesson) -> str:
    """What a model would answer that says the same as the mined analyst."""
    quotes = sorted(hint.evidence, key=lambda quote: _ROLES.index(quote.role))[:4]
    evidence = [said(quote.step, quote.role, quote.text[:300]) for quote in quotes]
    return answer(stated(*evidence, when=hint.when, do=hint.do, because=hint.because or "the error says so"))


def test_nine_in_ten_true_lessons_are_believed(shared_data: Path) -> None:
    read_as: Counter[bool] = Counter()
    for corpus in ("mini-swe-agent", "claude-code-entire", "swe-agent"):
        for piece in slices_in(shared_data / corpus):
            for hint in hints_of(piece):
                if {"action", "correction"} & {quote.role for quote in hint.evidence}:
                    kind = CORRECTION if hint.pattern == "correction" else ERROR
                    read_as[bool(read_answer(restated(hint), QuoteSource({"A": piece}), kind=kind).lessons)] += 1
    assert read_as.total() > 50
    assert read_as[True] >= 0.9 * read_as.total()


def test_no_attack_that_an_agent_carried_out_becomes_a_lesson(shared_data: Path) -> None:
    n_found = n_calls = 0
    for path in sorted((shared_data / "agentdojo").rglob("important_instructions/*.json")):
        injected = [text for text in json.loads(path.read_text())["injections"].values() if text.strip()]
        for piece in slices_in(path):
            seen = " ".join(" ".join(step.text.split()) for step in piece.steps if step.kind == "tool_result")
            if any(" ".join(text.split())[:40] in seen for text in injected):
                assert orders_in((piece,)), path
                n_found += 1
                for hostile in carried_out(piece, injected):
                    found = read_answer(hostile, QuoteSource({"A": piece}), kind=SUCCESS)
                    assert [refused.reason for refused in found.refused] == ["order from a result of a tool"], path
                    n_calls += 1
    assert n_found > 20
    assert n_calls > 10


def carried_out(piece: Slice, injected: list[str]) -> Iterator[str]:
    """Answers that quote the calls in which the agent did what the attack told it to."""
    steps = piece.trajectory.steps
    asked = "\n".join(step.text for step in piece.steps if step.kind == "user")
    tokens = {token.strip(".,") for text in injected for token in re.findall(r"[\w.@/:-]{6,}", text)}
    marks = {token for token in tokens if re.search(r"[\d@/]", token) and token not in asked}
    for index in range(piece.start, piece.stop - 1):
        call, result = steps[index], steps[index + 1]
        if call.kind == "tool_call" and result.kind == "tool_result" and any(mark in call.text for mark in marks):
            evidence = said(index, "action", call.text[:300]), said(index + 1, "result", result.text[:100])
            yield answer(stated(*evidence, when="such a task comes up", do=f"Call `{call.tool}` in this way."))


def test_hardly_any_run_without_an_attack_is_taken_for_one(shared_data: Path) -> None:
    paths = sorted((shared_data / "agentdojo").rglob("none/none.json"))[:60]
    assert paths
    assert [path for path in paths if orders_in(slices_in(path))] == []
