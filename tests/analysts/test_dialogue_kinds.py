"""How runs end and what is said in them, counted over many."""

from collections.abc import Sequence

import msgspec
import pytest

from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.build import step, trajectory
from tests.mining import lessons
from tests.recorded import shell


def call(name: str, arguments: str, answer: str, *, key: str) -> tuple[Step, Step]:
    return (
        step("tool_call", arguments, tool=name, call_id=key),
        step("tool_result", answer, tool=name, call_id=key),
    )


def labelled(number: int, outcome: Outcome, *steps: Step, last: str) -> Trajectory:
    """Return a run of one of a hundred tasks; 3 and 103 are runs of one task."""
    asked = step("user", f"what of parcel {number}?")
    task = f"t{number % 100}"
    return trajectory(asked, *steps, step("assistant", last), task_id=task, outcome=outcome, source=f"{number}")


def looked_up(n: int, *, start: int = 0, outcome: Outcome = "success", calls: int = 2) -> list[Trajectory]:
    return [
        labelled(
            start + number,
            outcome,
            *(
                part
                for at in range(calls)
                for part in call("track", f'{{"id": {number}, "at": {at}}}', "on its way", key=str(at))
            ),
            last="It is on its way.",
        )
        for number in range(n)
    ]


ENDINGS = {
    "before you have called one": "I will need the number of the parcel.",
    "instead of asking the user": "Which parcel do you mean?",
    "only a tool call is executed": '<function=track>{"id": 1}</function>',
}


@pytest.mark.parametrize("said", ENDINGS)
def test_an_act_that_is_missing_where_runs_fail_is_told_with_both_counts(said: str) -> None:
    looks = call("find_parcel", "{}", "nothing", key="1") if said == "instead of asking the user" else ()
    few = [labelled(100 + number, "failure", *looks, *looks, last=ENDINGS[said]) for number in range(6)]
    told = lessons(*looked_up(20), *few, pattern="ending")
    (lesson,) = [one for one in told if said in one.do.lower() or said in one.do]
    assert "Of 6 runs" in (lesson.because or "")
    assert "0 succeeded, of the 20 others 20" in (lesson.because or "")


def test_that_nobody_answers_is_told_where_no_user_spoke_twice() -> None:
    looks = call("find_parcel", "{}", "nothing", key="1")
    asked = [labelled(100 + number, "failure", *looks, last="Which parcel do you mean?") for number in range(6)]
    (lesson,) = lessons(*looked_up(20), *asked, pattern="ending")
    assert lesson.do.endswith("There is no user to reply, so never end with a question.")
    again = [labelled(200 + n, "failure", step("user", "well?"), *looks, last="Which parcel?") for n in range(6)]
    (lesson,) = lessons(*looked_up(20), *again, pattern="ending")
    assert "no user" not in lesson.do


def test_a_courtesy_at_the_end_is_no_question_for_what_is_missing() -> None:
    looks = call("find_parcel", "{}", "nothing", key="1")
    polite = [labelled(100 + n, "failure", *looks, *looks, last="Is there anything else to do?") for n in range(6)]
    assert lessons(*looked_up(20), *polite, pattern="ending") == []


def test_an_end_that_fails_no_more_than_others_of_its_task_is_no_slip() -> None:
    hard = [run for n in range(3) for run in looked_up(6, start=100 * n + 30, outcome="failure")]
    few = [labelled(330 + number, "failure", last="I will need the number.") for number in range(6)]
    assert lessons(*looked_up(20), *hard, *few, pattern="ending") == []


def test_that_there_is_always_an_answer_is_told_where_nearly_all_others_were_wrong() -> None:
    looks = [*call("track", '{"id": 1}', "a", key="1"), *call("track", '{"id": 2}', "b", key="2")]
    none = [labelled(40 + n, "failure", *looks, last="There is no such parcel.") for n in range(22)]
    (lesson,) = lessons(*looked_up(30), *none, pattern="ending")
    assert lesson.do.startswith("Search again before you answer so")
    assert lesson.do.endswith("In these tasks there nearly always is an answer.")
    long = f"There is no such parcel. {'I looked for it everywhere. ' * 6}"
    unseen = [labelled(10 + n, "failure", *looks, last=long) for n in range(3)]
    (lesson,) = lessons(*looked_up(30, start=500), *unseen, *none, pattern="ending")
    assert all("no such parcel" in quote.text for quote in lesson.evidence), "a quote shows what the rule says"
    json = [labelled(40 + n, "failure", *looks, last='I see {"n": 0, "left": 0}') for n in range(22)]
    assert lessons(*looked_up(30), *json, pattern="ending") == []
    some = [labelled(70 + n, "success", *looks, last="There is no such parcel.") for n in range(5)]
    assert lessons(*looked_up(30), *none, *some, pattern="ending") == []


def test_an_end_of_one_model_alone_says_nothing_of_the_work() -> None:
    few = [labelled(100 + number, "failure", last="I will need the number.") for number in range(6)]
    of_small = [msgspec.structs.replace(run, model="small") for run in (*looked_up(10, start=50), *few)]
    of_large = [msgspec.structs.replace(run, model="large") for run in looked_up(10)]
    assert lessons(*of_small, *of_large, pattern="ending") == []


def test_an_end_that_most_runs_have_is_how_the_task_is_done() -> None:
    answers = [labelled(number, "failure" if number % 3 else "success", last="Paris.") for number in range(30)]
    assert lessons(*answers, *looked_up(3, start=50), pattern="ending") == []


def test_one_call_is_told_to_be_too_few_only_where_it_goes_with_failure() -> None:
    once = looked_up(8, start=100, outcome="failure", calls=1)
    (lesson,) = lessons(*looked_up(20), *once, pattern="ending")
    assert lesson.do.startswith("Do not answer after one call")
    assert lessons(*looked_up(20), *looked_up(8, start=100, calls=1), pattern="ending") == []


def spoken(number: int, first: str) -> Trajectory:
    said = f"{first} will now count the parcels of the shop: ls | wc -l"
    return trajectory(
        step("user", f"count {number}"),
        *shell(said, f"/bin/bash: line 1: {first}: command not found", 127, key="1"),
        source=str(number),
    )


def test_sentences_that_were_run_as_commands_are_told_with_the_word_that_ends_a_run() -> None:
    ended = [
        trajectory(
            step("user", f"count {n}"),
            *shell("ls", "a", 0, key="1"),
            *shell("submit", "ok", 0, key="2"),
            source=f"e{n}",
        )
        for n in range(10)
    ]
    said = [spoken(number, "I") for number in range(3)]
    (lesson,) = lessons(*said, *ended, pattern="prose")
    assert lesson.when == "you are done in `bash`"
    assert lesson.do.startswith("Send `submit` alone, without a sentence around it")
    assert lesson.do.endswith("is run as a command (“I: command not found”).")
    assert lessons(*said, pattern="prose") == []
    typed = [
        trajectory(
            step("user", f"count {number}"),
            *shell("Rscript a.R", "bash: Rscript: command not found", 127, key="1"),
            source=str(number),
        )
        for number in range(3)
    ]
    assert lessons(*typed, pattern="prose") == []


def conversation(number: int, *wishes: str) -> Trajectory:
    return trajectory(
        step("user", f"change module {number}"),
        *shell("sed -i s/a/b/ x.py", "", 0, key="1"),
        *(step("user", wish) for wish in wishes),
        source=str(number),
    )


def test_what_users_of_several_conversations_asked_for_afterwards_is_told_in_their_words() -> None:
    asked = ["can we add tests for this?", "ok, then add some tests please", "Let's test this with a table too"]
    others = [conversation(10 + number, "why is this slow?") for number in range(4)]
    (lesson,) = lessons(*[conversation(n, wish) for n, wish in enumerate(asked)], *others, pattern="asked_again")
    assert "“can we add tests for this?”" in lesson.do
    assert (lesson.because or "").startswith("Users of 3 of 7 conversations")
    assert lessons(*[conversation(n, wish) for n, wish in enumerate(asked[:2])], *others, pattern="asked_again") == []


def test_what_users_asked_for_is_told_with_the_files_that_were_then_written_for_it() -> None:
    def asked(n: int, wish: str) -> Trajectory:
        arguments = {"file_path": f"till/part{n}_test.go", "content": "x"}
        wrote = step("tool_call", msgspec.json.encode(arguments).decode(), tool="Write", call_id="9")
        said = conversation(n, wish)
        return msgspec.structs.replace(said, steps=(*said.steps, wrote, step("tool_result", "ok", call_id="9")))

    wishes = ["can we add tests for this?", "ok, then add some tests please", "Let's test this with a table too"]
    (lesson,) = lessons(*[asked(n, wish) for n, wish in enumerate(wishes)], pattern="asked_again")
    assert lesson.do.startswith("Add tests without being asked, in files like `*_test.go`: users had to ask for it")


def talk(*turns: str, source: str = "talk", session: str = "s1", acts: bool = True) -> Trajectory:
    steps = [step("user", "change the report module")]
    for at, turn in enumerate(turns):
        steps += shell(f"sed -i s/{at}/b/ x.py", "", 0, key=str(at)) if acts else ()
        steps.append(step("user", turn))
    return msgspec.structs.replace(trajectory(*steps, source=source), session_id=session)


def repeated(*runs: Trajectory) -> list[str]:
    return [one.do for one in lessons(*runs, pattern="correction") if "more than once" in one.do]


FIRST = "please print totals with a thousands separator"
AGAIN = "the totals, please print them with a thousands separator"


def test_a_request_that_a_user_had_to_repeat_is_told_from_one_conversation_on() -> None:
    (told,) = repeated(talk(FIRST, "and rename the function", AGAIN))
    assert told == f"The user asked for this more than once: “{AGAIN}”"
    (told,) = repeated(talk(FIRST, source="page 1"), talk(AGAIN, source="page 2"))
    assert AGAIN in told or FIRST in told


def test_what_is_sent_again_and_what_other_users_ask_for_is_not_repeated() -> None:
    assert repeated(talk(FIRST, AGAIN, acts=False)) == []
    assert repeated(talk(FIRST, source="a", session="s1"), talk(AGAIN, source="b", session="s2")) == []
    assert repeated(talk("go on", "rename it", "go on")) == []
    copied = "Another session is open in this folder: close it first."
    assert repeated(talk(copied, "rename it", copied)) == []
    assert repeated(talk(FIRST, source="page 1"), talk(FIRST, source="page 2")) == []


def test_the_same_of_something_else_is_another_request() -> None:
    assert repeated(talk("now bring up the docs", "rename it", "now bring up the storybook")) == []
    assert repeated(talk("open the export page in light mode", "and", "open the export page in dark mode")) == []


def answer(number: int, text: str, *, right: bool) -> Trajectory:
    return trajectory(
        step("user", "Write one line of Python that calls a model of the hub."),
        step("assistant", text),
        task_id=f"t{number}",
        outcome="success" if right else "failure",
        source="answers.jsonl",
    )


def answers(texts: Sequence[tuple[str, bool]]) -> list[Trajectory]:
    return [answer(number, text, right=right) for number, (text, right) in enumerate(texts)]


def test_what_right_answers_call_and_wrong_ones_make_up_is_told() -> None:
    texts = [(f"m = shelf.load('m{n}')", n % 4 > 0) for n in range(16)] + [
        (f"hub.find{n}('m')", False) for n in range(12)
    ]
    (lesson,) = lessons(*answers(texts), pattern="answer")
    assert lesson.do == "Answer with `shelf.load(…)`, not `hub.…`."
    assert lesson.because == "12 of 16 answers with it were right, 0 of 12 others, and 0 of 12 with `hub.…`"
    assert lesson.when.endswith("“Write one line of Python that calls a model of the hub.”")


def test_of_an_answer_with_marked_parts_the_first_part_with_a_call_counts() -> None:
    marked = "<<<kind>>> boats, <<<call>>>: {}, <<<code>>>: {}"
    texts = [(marked.format(f"shelf.load('m{n}')", "print(m)"), n % 4 > 0) for n in range(16)]
    texts += [(marked.format(f"hub.find{n}('m')", "print(shelf.load('m'))"), False) for n in range(12)]
    (lesson,) = lessons(*answers(texts), pattern="answer")
    assert lesson.because == "12 of 16 answers with it were right, 0 of 12 others, and 0 of 12 with `hub.…`"


def test_addresses_of_right_answers_are_told_with_the_words_of_their_tasks() -> None:
    def of(n: int, about: str, name: str, *, right: bool = True) -> Trajectory:
        asked = step("user", f"Write one line of Python that calls a model of the hub. It is for {about} {n}.")
        text = f'm = shelf.load("https://hub.example.org/{name}")'
        outcome: Outcome = "success" if right else "failure"
        return trajectory(
            asked, step("assistant", text), task_id=f"t{about}{n}", outcome=outcome, source="answers.jsonl"
        )

    runs = [of(n, "pictures of boats", "boats/4") for n in range(8)] + [of(n, "letters", "text/2") for n in range(8)]
    wrong = [answer(200 + n, f"hub.find{n}('m')", right=False) for n in range(12)]
    called, told = sorted(lessons(*runs, *wrong, pattern="answer"), key=lambda one: one.do)
    assert called.do == "Answer with `shelf.load(…)` and an address of `hub.example.org`, not `hub.…`."
    assert told.do == (
        "Load what fits the task: where it is about “boats”, `https://hub.example.org/boats/4`; where it is about"
        " “letters”, `https://hub.example.org/text/2`."
    )
    rest = [of(300 + n, "letters", f"other/{n}", right=n < 1) for n in range(3)]
    told = next(one for one in lessons(*runs, *wrong, *rest, pattern="answer") if one.do.startswith("Load"))
    assert (told.because or "").endswith(
        "where it is about “letters”, 8 of 8 answers with it were right, 1 of 3 others"
    )
    as_good = [of(300 + n, "letters", f"other/{n}") for n in range(3)]
    assert not any("text/2" in one.do for one in lessons(*runs, *wrong, *as_good, pattern="answer"))


def test_an_address_is_told_for_the_choice_that_right_answers_name() -> None:
    def of(n: int, kind: str, name: str, *, right: bool = True) -> Trajectory:
        asked = step(
            "user", f"Write one line of Python for thing {n}. Its kind is one of {{boat-view, letter-sum, tune}}."
        )
        text = f'Kind: {kind}. m = shelf.load("https://hub.example.org/{name}")'
        outcome: Outcome = "success" if right else "failure"
        return trajectory(asked, step("assistant", text), task_id=f"{kind}{n}", outcome=outcome, source="answers.jsonl")

    runs = [of(n, "boat-view", "boats/4") for n in range(8)]
    runs += [of(50 + n, "boat-view", f"other/{n}", right=n < 1) for n in range(12)]
    told = next(one for one in lessons(*runs, pattern="answer") if one.do.startswith("Load"))
    assert told.do == "Load what fits the task: for `boat-view`, `https://hub.example.org/boats/4`."
    assert told.because == "For `boat-view`, 8 of 8 answers with it were right, 1 of 12 others"
