"""The analyst that asks a model beside the mined one, with answers from a script."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
import pytest

from t2s_local.analysts import llm, mined
from t2s_local.analysts._llm.merge import advice
from t2s_local.engines import scripted
from t2s_local.engines.scripted import Line, Scripted
from t2s_local.ports.engine import Completion, Engine, Request
from t2s_local.stages.intake.slices import slice_all
from t2s_local.values.funnel import Loss
from t2s_local.values.lesson import Extraction, Lesson
from t2s_local.values.trajectory import Trajectory, TrajectoryId
from tests.recorded import attacked, corrected, gave_up, german, piece_of, pushed, unsettled, wording

NOTHING = '{"learned": false}'
Script = Callable[[Request], "Line | str"]


def is_wording(request: Request) -> bool:
    return '"cause"' in request.prefix


def script(*, numbers: str = NOTHING, words: str | Line = "") -> Script:
    return lambda request: (words or wording()) if is_wording(request) else numbers


def ask(*runs: Trajectory, engine: Scripted, judge: Engine | None = None, alone: bool = False) -> list[Extraction]:
    analyst = llm.load(engine, judge=judge, alone=alone)
    return [found for _, found in analyst.analyse(analyst.plan(slice_all(runs)))]


def played(run: Trajectory, made: Script, *, judged: bool = False) -> tuple[list[Lesson], dict[str, int], Scripted]:
    """Lessons the model stated, what was refused, and the engine, after *run* was read alone."""
    engine = scripted.load(made)
    found = ask(run, engine=engine, judge=engine if judged else None, alone=True)
    lessons = [lesson for one in found for lesson in one.lessons]
    return lessons, {item.reason: item.count for one in found for item in one.refused}, engine


RUNS = [pushed(), pushed(source="b"), corrected(), german(), attacked(), unsettled(), gave_up(task_id="t")]


@pytest.mark.parametrize(
    "answer",
    [
        Line(text="I think the agent should"),
        Line(text='{"cause": "the', finish="length"),
        Line(text="", finish="parked", reason="the worker died three times"),
        Line(text=wording(do="Be careful.")),
        Line(text=wording()),
        Line(text=NOTHING),
    ],
)
def test_whatever_a_model_says_no_lesson_of_the_code_is_lost(answer: Line) -> None:
    analyst = mined.load()
    alone = {one for _, found in analyst.analyse(analyst.plan(slice_all(RUNS))) for one in found.lessons}
    engine = scripted.load(lambda _: answer)
    beside = {one for found in ask(*RUNS, engine=engine, judge=engine) for one in found.lessons}
    assert alone
    assert alone == {one for one in beside if not one.is_stated}


def test_what_code_settled_is_worded_without_a_question_about_numbers() -> None:
    lessons, _, engine = played(pushed(), script())
    assert all(is_wording(request) for request in engine.asked)
    assert len(engine.asked) == 3
    (lesson,) = lessons
    assert (lesson.polarity, lesson.analyst) == ("failure", "llm")
    assert [(quote.role, quote.step) for quote in lesson.evidence if quote.role != "result"][:2] == [
        ("action", 1),
        ("observation", 2),
    ]


def test_candidates_share_all_but_the_seed() -> None:
    _, _, engine = played(pushed(), script())
    assert len({(request.prefix, request.prompt) for request in engine.asked}) == 1
    assert len({request.seed for request in engine.asked}) == 3
    assert [request.temperature > 0 for request in engine.asked] == [False, True, True]


def test_what_code_did_not_settle_is_asked_by_number() -> None:
    said = wording(cause="the file could not be read", when="a script cannot open a file", do="Run `chmod u+r` on it.")
    lessons, _, engine = played(unsettled(), script(numbers='{"failed": 1, "fixed": 3}', words=said))
    assert '"failed": " field0' in str(engine.asked[0].grammar).replace('\\"', '"')
    (lesson,) = lessons
    assert [(quote.role, quote.text) for quote in lesson.evidence] == [
        ("action", "./totals.sh"),
        ("observation", "totals: cannot open the ledger"),
        ("fix", "chmod u+r ledger.db"),
    ]


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        (NOTHING, "no lesson: the model found nothing that holds"),
        ('{"failed": 2, "fixed": 3}', "step that was not offered"),
        ('{"failed": 1, "fixed": 99}', "step that was not offered"),
        ('{"failed": 1}', "step that was not offered"),
        ("The first one.", "answer does not fit the question"),
    ],
)
def test_numbers_that_name_no_lesson_are_counted(numbers: str, reason: str) -> None:
    lessons, refused, _ = played(unsettled(), script(numbers=numbers))
    assert (lessons, refused) == ([], {reason: 1})


def test_a_wish_in_any_language_becomes_a_lesson_in_the_users_words() -> None:
    said = wording(cause="it is done so here", when="a table is built", do="Give `--sum-first`.")
    lessons, _, engine = played(german(), script(numbers='{"wish": 2}', words=said))
    (lesson,) = lessons
    assert lesson.polarity == "correction"
    assert any(quote.role == "correction" and quote.text.startswith("bei uns") for quote in lesson.evidence)
    assert "[2] user said: bei uns kommt die Summe immer zuerst" in engine.asked[0].prompt


def test_runs_of_one_task_that_ended_differently_are_compared_by_number() -> None:
    engine = scripted.load(script(numbers='{"mattered": 1}'))
    runs = (pushed(outcome="success", task_id="t"), gave_up(task_id="t"))
    lessons = [lesson for found in ask(*runs, engine=engine, alone=True) for lesson in found.lessons]
    assert {lesson.pattern for lesson in lessons} == {"contrast", "diagnosis"}
    (asked,) = [request for request in engine.asked if "Another agent with the same task" in request.prefix]
    assert "[1] ran: git pull --rebase" in asked.prompt
    assert "--force" not in asked.prompt


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (wording(do="Run `git rebase --onto main`."), "command that occurs in no step"),
        (wording(do="Be careful and check the output."), "empty generality"),
        (wording(do="Run `git push origin main`."), "advice that repeats what failed"),
        (
            wording(do="Ask who pushed to the remote in the meantime, and wait."),
            "advice that names nothing of what made the difference",
        ),
        (wording(do="Never run `git pull --rebase` here."), "advice turned around"),
        (wording(do="git pull --rebase && git push"), "advice that is a piece of a command and no order"),
        (wording(do="First git pull --rebase, then go on."), "advice that is a piece of a command and no order"),
        (wording(when="everything is over"), "situation that names nothing of what was done"),
        (
            wording(do="Run `git push origin` again, and again."),
            "advice that names nothing of what made the difference",
        ),
        (wording(do="Bake the icon with its size and `git pull`."), "words of the prompt's own example"),
        (wording(do="Take `1a2b3c4..5d6e7f8` from the output of `git pull`."), "advice with an id of one run"),
        (wording(do="Run\u202e `git pull --rebase` first."), "hidden characters"),
    ],
)
def test_words_that_do_not_follow_are_refused_and_counted(words: str, reason: str) -> None:
    lessons, refused, _ = played(pushed(), script(words=words))
    assert (lessons, refused) == ([], {reason: 1})


def test_a_question_without_an_answer_is_parked_and_named() -> None:
    run = pushed()
    engine = scripted.load(script(words=Line(text="", finish="parked", reason="out of memory")))
    (found,) = [one for one in ask(run, engine=engine, alone=True) if one.parked]
    (parked,) = found.parked
    assert (parked.trajectory_id, parked.question, parked.reason) == (run.id, "failure", "out of memory")


def test_the_wording_with_the_greatest_effect_is_elected() -> None:
    """The scripted judge finds a text likelier the more of it was said before: advice that names what worked helps."""
    vague, telling = wording(do="Do pull what others did, with care."), wording()
    answers = iter([vague, vague, telling])
    (lesson,), _, _ = played(pushed(), lambda request: next(answers) if is_wording(request) else NOTHING, judged=True)
    assert lesson.do == "Run `git pull --rebase` first and push again."
    assert lesson.effect is not None
    assert lesson.effect.support > lesson.effect.placebo


def test_words_without_effect_are_refused_and_without_a_judge_code_alone_decides() -> None:
    idle = script(words=wording(when="work is shared", do="Do pull what others did, with care."))
    lessons, refused, _ = played(pushed(), idle, judged=True)
    assert (lessons, refused) == ([], {"no effect: words about something else do as much": 1})
    (lesson,), _, _ = played(pushed(), idle)
    assert lesson.effect is None


class Backwards(Scripted):
    """Answers the last of what it is asked first, as a batch may."""

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        yield from list(super().complete(requests))[::-1]


def test_neither_the_order_of_runs_nor_of_answers_shows() -> None:
    made = script(numbers='{"wish": 2}')

    def outcome(ordered: Sequence[Trajectory], engine: Scripted) -> list[tuple[str, str]]:
        analyst = llm.load(engine, judge=engine)
        found = analyst.analyse(analyst.plan(slice_all(ordered)))
        return sorted((unit.id, repr(extraction)) for unit, extraction in found)

    first = outcome(RUNS, Scripted(made, name="s", context=8192))
    assert first == outcome(RUNS[::-1], Scripted(made, name="s", context=8192))
    assert first == outcome(RUNS, Backwards(made, name="s", context=8192))


def test_the_version_follows_the_model_the_judge_and_the_seed() -> None:
    one, other = scripted.load([NOTHING]), Scripted(script(), name="another", context=8192)
    made = [llm.load(one), llm.load(other), llm.load(one, seed=1), llm.load(one, judge=other)]
    assert len({analyst.version for analyst in made}) == 4
    assert llm.load(one).version == llm.load(scripted.load([NOTHING])).version


def test_a_unit_is_known_by_its_label_and_by_who_reads_it() -> None:
    engine = scripted.load([NOTHING])
    plans = [llm.load(engine, alone=alone).plan((piece_of(pushed()),)) for alone in (False, True)]
    plans.append(llm.load(engine).plan((piece_of(pushed(outcome="success")),)))
    assert [{unit.kind for unit in plan} for plan in plans] == [{"slice", "corpus"}, {"slice"}, {"slice", "corpus"}]
    ids = [unit.id for plan in plans for unit in plan if unit.kind == "slice"]
    assert len(set(ids)) == 3


def test_what_only_many_runs_show_is_shown_to_no_model() -> None:
    engine = scripted.load([NOTHING])
    runs = [pushed(outcome="success", task_id=f"t{number}", source=f"{number}") for number in range(4)]
    ask(*runs, unsettled(), engine=engine)
    assert engine.asked
    assert all(request.prompt.count("Task:") + request.prefix.count("\nTask: publish") <= 2 for request in engine.asked)


def test_the_shared_instructions_are_short() -> None:
    engine = scripted.load(script(numbers='{"wish": 2}'))
    ask(*RUNS, pushed(outcome="success", task_id="t"), engine=engine)
    instructions = {request.prefix.partition("Now the real one.")[0] for request in engine.asked}
    assert len(instructions) > 3
    assert all(engine.count_tokens(text) <= 350 for text in instructions)


def test_advice_is_given_where_most_of_what_a_model_states_is_refused() -> None:
    bad = [Loss(stage="extract", reason="empty generality", count=8), Loss(stage="extract", reason="no fix", count=90)]
    assert advice(4, bad) is None
    told = advice(3, bad) or ""
    assert told.startswith("8 of 11 things the model stated were refused, most often for: empty generality (8).")
    assert "--model none" in told
    assert advice(0, [Loss(stage="extract", reason="trivial run", count=9)]) is None


def test_answers_of_any_json_are_read() -> None:
    for text in ("[]", "{}", "null", '{"cause": 1}', json.dumps({"failed": "1"})):
        lessons, _, _ = played(pushed(), lambda _, text=text: text)  # type: ignore[misc]  # the default binds it
        assert lessons == []


def kinds_of(*runs: Trajectory, alone: bool = False) -> list[tuple[str, ...] | None]:
    analyst = llm.load(scripted.load([NOTHING]), alone=alone)
    return [unit.questions for unit in analyst.weigh(analyst.plan(slice_all(runs)))]


def test_what_code_settled_is_left_to_the_writer_where_code_speaks_too() -> None:
    engine = scripted.load(script())
    ask(pushed(), pushed(source="b"), engine=engine)
    assert engine.asked == []


def test_a_failure_that_no_other_run_met_is_not_asked_about_and_counted() -> None:
    again = msgspec.structs.replace(unsettled(), id=TrajectoryId("again"))
    assert kinds_of(unsettled()) == [(), ()]
    assert kinds_of(unsettled(), again) == [(), ("failure",), ("failure",)]
    analyst = llm.load(scripted.load([NOTHING]))
    units = analyst.weigh(analyst.plan(slice_all([unsettled()])))
    refused = [item for _, found in analyst.analyse(units) for item in found.refused]
    assert ("question not asked: no answer could change a rule", 1) in [(item.reason, item.count) for item in refused]


def test_what_most_runs_share_is_asked_first_and_alone_everything() -> None:
    many = [msgspec.structs.replace(unsettled(), id=TrajectoryId(f"many-{number}")) for number in range(3)]
    wishes = [corrected(), german()]
    assert kinds_of(*wishes, *many) == [(), (), *[("failure",)] * 3, *[("wish",)] * 2]
    assert set(kinds_of(*many, alone=True)) == {None}


def test_a_question_of_a_user_is_no_wish() -> None:
    run = german()
    steps = tuple(
        msgspec.structs.replace(one, text="und was steht in ledger.ini?") if one.text.startswith("bei uns") else one
        for one in run.steps
    )
    said = wording(cause="it is done so here", when="a table is built", do="Give `--sum-first` to the table.")
    asked = msgspec.structs.replace(run, steps=steps)
    lessons, refused, _ = played(asked, script(numbers='{"wish": 2}', words=said))
    assert (lessons, refused) == ([], {"question of the user, taken for a wish": 1})


def test_a_cause_that_repeats_the_instructions_is_none() -> None:
    said = wording(cause="why it failed, one short sentence")
    (lesson,), _, _ = played(pushed(), script(words=said))
    assert lesson.because is None
