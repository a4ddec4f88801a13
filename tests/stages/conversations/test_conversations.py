"""Recordings of one conversation that overlap in part: joined, or branches of each other; other runs stay apart."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2s_local.stages.conversations.assemble import Assembler, Fragment
from t2s_local.stages.conversations.conversations import JoinPlan, plan
from t2s_local.stages.conversations.fingerprint import print_of
from t2s_local.stages.intake.read_all import Readings, read
from t2s_local.values.trajectory import Label, Outcome, Step, StepKind, Trajectory
from t2s_local.values.value import digest
from tests.build import trajectory
from tests.conftest import Command

KINDS: dict[str, StepKind] = {"s": "system", "u": "user", "a": "assistant", "c": "tool_call", "r": "tool_result"}
PROMPT = "s:You are a careful assistant. " + "Obey the rules. " * 400
WHOLE = ["u:fix it", "a:I look", "c:ls", "r:a.py", "c:cat a.py", "r:x = 1", "a:found", "c:sed", "r:ok", "a:done"]


def run(
    told: Sequence[str],
    *,
    session: str | None = "s",
    outcome: Outcome | None = None,
    clock: str | None = None,
    source: str = "a",
    format_name: str = "native",
) -> Trajectory:
    """A run of steps written as ``kind:text``; with a *clock*, each step was taken at a moment of its own."""
    steps = tuple(
        Step(kind=KINDS[word[0]], text=word[2:], at=None if clock is None else f"{clock}T10:00:00.{digest(word)}")
        for word in told
    )
    return trajectory(*steps, source=source, format_name=format_name, session_id=session, outcome=outcome)


def planned(*runs: Trajectory) -> JoinPlan:
    return plan([print_of(item) for item in runs])


def told_by(*runs: Trajectory) -> list[list[str]]:
    """What is left of *runs*, each as its words."""
    found = planned(*runs)
    wholes = [
        tuple(Fragment((runs[piece.place].id, runs[piece.place].source), piece.start) for piece in whole)
        for whole in found.wholes
    ]
    used = {piece.place for whole in found.wholes for piece in whole}
    mended = Assembler(wholes).assembled(runs[place] for place in sorted(used))
    left = [*(runs[place] for place in sorted(found.alone)), *mended]
    return sorted([f"{step.kind[0]}:{step.text}" for step in item.steps] for item in left)


def spelt(told: Sequence[str]) -> list[str]:
    return [f"{KINDS[word[0]][0]}:{word[2:]}" for word in told]


def test_a_recording_without_the_head_goes_on_the_one_that_has_it() -> None:
    assert told_by(run(WHOLE[:7]), run(WHOLE[2:])) == [spelt(WHOLE)]


def test_a_system_prompt_that_is_written_again_does_not_hide_the_overlap() -> None:
    assert told_by(run(["s:rules", *WHOLE[:7]]), run(["s:rules, again", *WHOLE[2:]])) == [spelt(["s:rules", *WHOLE])]


def test_three_recordings_in_a_row_become_one_run() -> None:
    found = planned(run(WHOLE[4:]), run(WHOLE[:6]), run(WHOLE[1:9]))
    assert (found.n_joined, found.n_gone, found.n_branches) == (2, 0, 0)
    assert told_by(run(WHOLE[4:]), run(WHOLE[:6]), run(WHOLE[1:9])) == [spelt(WHOLE)]


def test_a_recording_inside_of_another_goes_though_its_prompt_differs() -> None:
    found = planned(run(["s:one", *WHOLE]), run(["s:other", *WHOLE[2:8]]))
    assert (len(found.alone), found.n_gone) == (1, 1)


def test_a_resumed_session_with_another_name_is_the_same_conversation_where_its_steps_are_the_very_same() -> None:
    first, resumed = run(WHOLE[:7], session="s", clock="2026-01-01"), run(WHOLE[3:], session="t", clock="2026-01-01")
    assert told_by(first, resumed) == [spelt(WHOLE)]


def test_the_same_words_in_another_session_at_another_time_are_another_conversation() -> None:
    first, other = run(WHOLE[:7], session="s", clock="2026-01-01"), run(WHOLE[3:], session="t", clock="2026-01-02")
    assert len(planned(first, other).alone) == 2


def test_a_late_fork_is_a_branch_that_keeps_its_own_turn() -> None:
    first = ["u:fix it", "a:I look", "c:ls", "r:a.py", "u:and now?", "a:found", "c:sed", "r:ok", "a:done"]
    fork = [*first[:6], "c:rm a.py", "r:gone"]
    runs = run(first, clock="2026-01-01"), run(fork, session="t", clock="2026-01-01")
    found = planned(*runs)
    assert (found.n_branches, found.n_joined, found.n_gone) == (1, 0, 0)
    assert told_by(*runs) == sorted([spelt(first), spelt(fork[4:])])


def test_runs_that_share_a_long_prompt_and_first_turns_stay_two() -> None:
    first = [PROMPT, "a:Hello, how can I help?", "u:Change my flight.", "a:Your number?", "u:ZZ1", "c:get ZZ1", "r:ok"]
    one, other = [*first, "a:Moved.", "u:Thanks"], [*first, "a:That costs 100.", "u:No", "c:hand_over", "r:done"]
    for session in ("airline-0:0", None):
        found = planned(run(one, session=session), run(other, session=session, source="b"))
        assert (len(found.alone), found.wholes) == (2, ())


def test_runs_that_a_machine_began_alike_stay_two_even_with_their_ids() -> None:
    first = ["u:go", "a:one", "a:two", "a:three", "a:four"]
    one, other = [*first, "a:x"], [*first, "a:y"]
    labelled = run(one, clock="2026-01-01", outcome="success"), run(other, clock="2026-01-01", outcome="failure")
    assert len(planned(*labelled).alone) == 2


def test_a_few_shared_words_join_nothing() -> None:
    assert len(planned(run(WHOLE[:4]), run(WHOLE[2:])).alone) == 2
    again = ["a:ok", "u:go on"] * 5
    assert len(planned(run([*WHOLE[:3], *again]), run([*again, "a:done"])).alone) == 2


def test_a_crowd_that_begins_with_the_very_same_step_is_left_alone() -> None:
    crowd = [run([*WHOLE[:5], f"a:{number}"], session=str(number), clock="2026-01-01") for number in range(60)]
    assert len(planned(*crowd).alone) == 60


def test_a_joined_run_ends_as_its_last_recording_and_is_named_by_its_first() -> None:
    first = msgspec.structs.replace(run(WHOLE[:7], source="a"), termination="interrupted")
    last = msgspec.structs.replace(run(WHOLE[2:], source="b"), label=Label(outcome="success", source="field:success"))
    whole = ((Fragment((first.id, "a"), 0), Fragment((last.id, "b"), 5)),)
    (mended,) = Assembler(whole).assembled([first, last])
    assert (mended.source, mended.session_id, mended.termination, mended.outcome) == ("a", "s", None, "success")
    assert mended.label == Label(outcome="success", source="field:success")
    assert mended.id not in (first.id, last.id)


WORDS = st.sampled_from([*WHOLE, "u:go on", "a:ok"])
TOLD = st.lists(
    st.tuples(
        st.lists(WORDS, min_size=1, max_size=9), st.sampled_from(["s", "t"]), st.sampled_from([None, "2026-01-01"])
    ),
    max_size=6,
)
PIECES = st.lists(
    st.tuples(
        st.integers(0, 6), st.integers(3, 10), st.sampled_from(["s", "t"]), st.sampled_from([None, "2026-01-01"])
    ),
    max_size=6,
).map(lambda cuts: [(WHOLE[start : start + length], session, clock) for start, length, session, clock in cuts])


@given(st.one_of(TOLD, PIECES))
def test_the_order_of_the_recordings_does_not_show(drawn: list[tuple[list[str], str, str | None]]) -> None:
    runs = [run(told, session=session, clock=clock) for told, session, clock in drawn]
    assert told_by(*runs) == told_by(*runs[::-1])


@given(st.one_of(TOLD, PIECES))
def test_no_step_is_lost_and_none_is_made_up(drawn: list[tuple[list[str], str, str | None]]) -> None:
    runs = [run(told, session=session, clock=clock) for told, session, clock in drawn]
    left = told_by(*runs)
    assert {word for told in left for word in told} == {word for told, _, _ in drawn for word in spelt(told)}
    assert sum(map(len, left)) <= sum(len(told) for told, _, _ in drawn)


def claude(path: Path, session: str, numbers: Sequence[int]) -> None:
    """A Claude Code session whose records carry the given numbers."""
    lines = []
    for number in numbers:
        kind = "user" if number % 2 else "assistant"
        content: object = f"request {number}" if kind == "user" else [{"type": "text", "text": f"answer {number}"}]
        lines.append(
            {
                "type": kind,
                "uuid": f"u{number}",
                "parentUuid": f"u{number - 1}",
                "sessionId": session,
                "timestamp": f"2026-01-01T10:00:{number:02}.123Z",
                "message": {"role": kind, "id": f"m{number}", "content": content},
            }
        )
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.fixture
def resumed(tmp_path: Path) -> Path:
    """Three files: a session, one that resumes it under another name, and one that forks off it."""
    folder = tmp_path / "runs"
    folder.mkdir()
    claude(folder / "a.jsonl", "first", range(1, 13))
    claude(folder / "b.jsonl", "second", range(5, 19))
    claude(folder / "c.jsonl", "third", [*range(1, 9), 31, 32])
    return folder


def texts(readings: Readings) -> list[list[str]]:
    return sorted([step.text for step in item.steps] for item in readings.trajectories)


def test_files_of_one_conversation_are_read_as_one_run_and_counted(resumed: Path) -> None:
    readings = read([resumed])
    named = [f"{'request' if number % 2 else 'answer'} {number}" for number in range(33)]
    assert texts(readings) == [named[1:19], named[31:33]]
    report = readings.report
    assert (report.n_joined, report.n_branches, report.n_collapsed) == (1, 1, 0)


def test_the_command_says_what_it_joined(resumed: Path, t2s: Command) -> None:
    ran = t2s("read", resumed)
    assert "1 recording joined to the run they go on" in ran.err
    assert "1 run cut to what differs" in ran.err


def test_a_run_learns_from_the_joined_conversation_once(resumed: Path, tmp_path: Path, t2s: Command) -> None:
    line = ("distill", resumed, "-o", tmp_path / "out", "--workspace", tmp_path / "ws", "--model", "none", "--json")
    funnel = json.loads(t2s(*line).out)["funnel"]
    assert funnel["counts"]["trajectories"] == 2, funnel
    assert {"stage": "read", "reason": "recording that goes on another one", "count": 1} in funnel["losses"]


def test_real_sessions_are_neither_joined_nor_cut_where_nothing_repeats(shared_data: Path) -> None:
    counts: Counter[str] = Counter()
    for source in ("claude-code-entire", "codex", "tau-bench", "swe-agent", "mini-swe-agent"):
        report = read([shared_data / source]).report
        counts += Counter(joined=report.n_joined, branches=report.n_branches)
    assert counts.total() == 0
