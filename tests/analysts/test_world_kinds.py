"""What an environment of plain-text commands allows, counted over many runs, in two ways of writing commands."""

from collections.abc import Callable, Sequence

import pytest

from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Step, Trajectory
from tests.analysts.test_tool_kinds import call, run
from tests.build import step
from tests.mining import lessons

NO = "Error: nothing happens"
Write = Callable[[str], str]


def spoken(command: str) -> str:
    return command


def bracketed(command: str) -> str:
    word, _, rest = command.partition(" ")
    return f"{word}[{rest}]"


BOTH = pytest.mark.parametrize("write", [spoken, bracketed])


def did(write: Write, *pairs: tuple[str, str]) -> list[Step]:
    steps: list[Step] = []
    for number, (command, answer) in enumerate(pairs):
        tool = command.split()[0]
        steps.append(step("tool_call", write(command), tool=tool, call_id=f"{number}"))
        steps.append(step("tool_result", answer, tool=tool, call_id=f"{number}"))
    return steps


def one(pattern: str, runs: Sequence[Trajectory]) -> Lesson:
    (lesson,) = lessons(*runs, pattern=pattern)
    return lesson


def picked(write: Write, n: int, *, away: bool, answer: str) -> Trajectory:
    return run(
        n,
        *did(
            write,
            ("walk to bench 1", f"On it lies a cog {n}."),
            *([("walk to bench 2", "It is bare.")] if away else []),
            (f"pick cog {n} from bench 1", answer),
        ),
    )


@BOTH
def test_calls_that_pass_only_on_what_the_last_answer_shows_are_told(write: Write) -> None:
    near = [picked(write, n, away=False, answer="Picked.") for n in range(30)]
    failed = [run(100 + n, *did(write, ("walk to bench 1", f"A cog {n}."), ("pick cog 0", NO))) for n in range(4)]
    far = [picked(write, 200 + n, away=True, answer=NO) for n in range(12)]
    mixed = [
        run(
            300 + n,
            *did(
                write,
                ("walk to bench 1", f"A cog {n}."),
                (f"pick cog {n} from bench 1", "Picked."),
                ("pick cog 999 from bench 1", NO),
            ),
        )
        for n in range(30)
    ]
    told = one("shown", [*near, *failed, *far, *mixed])
    assert told.when == f"before `{write('pick cog <number> from bench <number>')}`"
    assert told.do == (
        f"Call `{write('walk to bench <number>')}` first, so that the last answer shows what it names:"
        " otherwise it answers “Error: nothing happens”, also if an earlier answer showed it."
    )
    passing = [picked(write, 200 + n, away=True, answer="Picked.") for n in range(12)]
    assert lessons(*near, *failed, *passing, *mixed, pattern="shown") == []


@BOTH
def test_what_is_in_sight_only_after_a_call_that_another_lesson_names_is_told_once(write: Write) -> None:
    near = [picked(write, n, away=False, answer="Picked.") for n in range(90)]
    far = [picked(write, 200 + n, away=True, answer=NO) for n in range(12)]
    found = {lesson.pattern for lesson in lessons(*near, *far)}
    assert "same_thing" in found
    assert "shown" not in found


def carried(write: Write, n: int, *between: tuple[str, str], answer: str) -> Trajectory:
    seen = f"A cog {n} and a nut {n}."
    return run(
        n,
        *did(write, ("walk to bench 1", seen), (f"pick cog {n}", "Picked."), *between, (f"pick nut {n}", answer)),
    )


@BOTH
def test_a_call_that_works_once_and_again_only_after_another_is_told(write: Write) -> None:
    full = [carried(write, n, answer=NO) for n in range(14)]
    free = [carried(write, 100 + n, ("drop cog", "Dropped."), answer="Picked.") for n in range(6)]
    told = one("one_at_a_time", [*full, *free])
    assert told.when == "you have called `pick` once"
    assert told.do.endswith(
        "before the next `pick`: `pick` works for one thing at a time, and answers “Error: nothing happens” until then."
    )
    assert told.because == (
        "14 of 14 second calls without it failed; 6 of 6 second calls after it passed, and 20 of 20 first calls"
    )
    later = ("pick nut 1", NO), ("drop cog", "Dropped.")
    refused = [carried(write, 300 + n, *later, answer=NO if n % 2 else "Picked.") for n in range(12)]
    told = one("one_at_a_time", [*full, *free, *refused])
    assert (told.because or "").startswith(
        "26 of 26 second calls without it failed; 12 of 18 second calls after it passed"
    )
    both = [carried(write, n, answer="Picked.") for n in range(14)]
    assert lessons(*both, *free, pattern="one_at_a_time") == []
    never = [carried(write, 100 + n, ("drop cog", "Dropped."), answer=NO) for n in range(6)]
    assert lessons(*full, *never, pattern="one_at_a_time") == []


@BOTH
def test_the_few_commands_of_an_environment_are_told_where_others_are_tried(write: Write) -> None:
    known = [
        run(n, *did(write, ("walk to bench 1", "A cog."), (f"pick cog {k}", "Picked."), (f"drop cog {k}", "Dropped.")))
        for n, k in enumerate(range(70))
    ]
    tried = [
        run(100 + n, *did(write, *((f"{word} cog {n}", NO) for word in ("grab", "seek", "ask")))) for n in range(6)
    ]
    told = one("known_command", [*known, *tried])
    assert told.when == "you act in this environment"
    assert told.do.startswith("Use these commands, in these forms: `")
    assert told.do.endswith(
        "Others that runs tried, such as `ask`, `grab` or `seek`, were answered “Error: nothing happens”."
    )
    rarely = [run(300 + n, *did(write, *((f"shut cog {k}", NO if k else "Shut.") for k in range(6)))) for n in range(6)]
    assert one("known_command", [*known, *rarely, *tried]).do == told.do
    assert lessons(*known, *tried[:2], pattern="known_command") == []
    fine = [run(200, *did(write, *((f"{word} cog 1", "Done.") for word in ("grab", "seek", "ask"))))]
    assert lessons(*known, *tried, *fine, pattern="known_command") == []


@BOTH
def test_kinds_of_things_on_which_a_command_never_works_are_told(write: Write) -> None:
    fine = [
        run(n, *did(write, (f"open box {n}", "It is open."), (f"open chest {n}", "It is open."))) for n in range(20)
    ]
    kinds = ("bench", "shelf", "mat")
    bad = [run(100 + n, *did(write, *((f"open {kind} {n}", NO) for kind in kinds))) for n in range(6)]
    told = one("works_on", [*fine, *bad])
    assert told.do == "Name a `box` or `chest`: it never works on a `bench`, `mat` or `shelf`."
    assert told.because == "18 of 18 such calls on these failed, of 40 on the former 0"
    sometimes = [run(200, *did(write, *((f"open {kind} 1", "It is open.") for kind in kinds)))]
    assert lessons(*fine, *bad, *sometimes, pattern="works_on") == []
    many = [run(300 + n, *did(write, (f"open box {n}", "It is open."))) for n in range(60)]
    assert lessons(*fine, *bad, *many, pattern="works_on") == []


def sought(write: Write, n: int, *, rich: str) -> Trajectory:
    places = [
        (f"walk to {place} {k}", "It is bare.") for place in ("bin", "bench") for k in range(1, 3) if place != rich
    ]
    return run(
        n,
        *did(
            write,
            *places,
            ("pick cog 1", NO),
            (f"walk to {rich} 1", f"A cog {n}."),
            (f"pick cog {n} from {rich} 1", "Picked."),
        ),
    )


@BOTH
def test_where_things_are_found_is_told_if_some_places_hold_many_more(write: Write) -> None:
    aside = [picked(write, 500 + n, away=True, answer=NO) for n in range(12)]
    benches = [sought(write, n, rich="bench") for n in range(60)]
    told = one("finds", [*benches, *aside])
    assert told.when == "you look for something to `pick`"
    assert told.do.startswith("Begin with `bench`, and look last in `bin`")
    counted = "60 of 84 visits to the former ended with `pick`, 0 of 120 to the latter"
    assert told.because == f"{counted}; 75% or more of each thing with a place of its own came from there"
    even = [sought(write, n, rich=("bench", "bin")[n % 2]) for n in range(60)]
    assert lessons(*even, *aside, pattern="finds") == []


def test_the_form_of_one_command_is_not_told_beside_the_list_of_all() -> None:
    known = [
        run(n, *did(spoken, (f"walk to bench {n}", "A cog."), (f"pick cog {n}", "Picked."), (f"drop cog {n}", "Done.")))
        for n in range(70)
    ]
    wrong = [run(100 + n, *did(spoken, (f"walk bench {n}", NO))) for n in range(6)]
    tried = [
        run(200 + n, *did(spoken, *((f"{word} cog {n}", NO) for word in ("grab", "seek", "ask")))) for n in range(6)
    ]
    assert lessons(*known, *wrong, pattern="call_form")
    found = {lesson.pattern for lesson in lessons(*known, *wrong, *tried)}
    assert "known_command" in found
    assert "call_form" not in found


def coded(n: int, first: str, second: str, answer: str, *, plain: bool) -> Trajectory:
    answers = ("", answer)
    if plain:
        made = [step("tool_call", code, tool="python", call_id=f"{k}") for k, code in enumerate((first, second))]
        shown = [step("tool_result", text, tool="python", call_id=f"{k}") for k, text in enumerate(answers)]
        return run(n, *(part for pair in zip(made, shown, strict=True) for part in pair))
    return run(n, *call("python", answers[0], key="0", code=first), *call("python", answers[1], key="1", code=second))


@pytest.mark.parametrize("plain", [True, False])
def test_a_tool_that_forgets_what_an_earlier_call_defined_is_told(*, plain: bool) -> None:
    first, second = "import itertools\ncount = 3", "print(list(itertools.repeat(1, count)))"
    gone = "Traceback (most recent call last):\nNameError: name 'itertools' is not defined"
    forgot = [coded(n, first, second, gone, plain=plain) for n in range(3)]
    told = one("forgotten", forgot)
    assert told.do.startswith("Write every import and definition that you need into each call")
    assert told.because == "3 of 3 calls in 3 runs that used a name of an earlier call ended so"
    never = [coded(n, "count = 3", second, gone, plain=plain) for n in range(3)]
    assert lessons(*never, pattern="forgotten") == []
    again = "print(count)\nprint(unknown_thing)"
    other = [
        run(
            n,
            *call("python", "", key="0", code=first),
            *call("python", "3", key="1", code="print(count)"),
            *call("python", gone, key="2", code=second),
            *call("python", "NameError: name 'unknown_thing' is not defined", key="3", code=again),
        )
        for n in range(3)
    ]
    assert lessons(*other, pattern="forgotten") == []


def test_names_that_a_failed_call_would_have_defined_are_not_forgotten() -> None:
    lost = "FileNotFoundError: No such file or directory: 'a.csv'"
    unknown = "NameError: name 'table' is not defined"
    runs = [
        run(
            n,
            *call("python", f"Traceback (most recent call last):\n{lost}", key="0", code="table = load('a.csv')"),
            *call("python", f"Traceback (most recent call last):\n{unknown}", key="1", code="print(table.head())"),
        )
        for n in range(4)
    ]
    assert lessons(*runs, pattern="forgotten") == []
