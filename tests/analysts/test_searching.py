"""How searches match, over many runs."""

from t2s_local.values.trajectory import Outcome, Trajectory
from tests.analysts.test_tool_kinds import call, run
from tests.build import step, trajectory
from tests.mining import lessons


def searched(n: int, query: str, answer: str) -> Trajectory:
    return run(n, *call("search_parcels", answer, key="1", query=query))


def test_a_search_for_one_phrase_is_told_as_such() -> None:
    hits = [searched(n, f"red box {n}", f"p{n}: a Red Box {n} of tin") for n in range(20)]
    misses = [searched(100 + n, f"box {n} red tin", "No parcels found.") for n in range(4)]
    (lesson,) = lessons(*hits, *misses, pattern="matching")
    assert lesson.when == "with `search_parcels`"
    assert lesson.do.startswith("Give `query` one distinctive word, or words that stand next to each other")
    assert lesson.because == (
        "20 of 20 searches that found something contain what was asked for as one phrase; 4 searches for several words"
        " found nothing, in 4 runs"
    )


def test_a_search_that_takes_words_apart_is_not() -> None:
    hits = [searched(n, f"red box {n}", f"p{n}: a box {n}, and red") for n in range(20)]
    misses = [searched(100 + n, f"box {n} red tin", "No parcels found.") for n in range(4)]
    assert lessons(*hits, *misses, pattern="matching") == []


NAMES = ("Ann", "Bea", "Cem", "Dan", "Eva", "Fay", "Gus", "Hal", "Ida", "Jon")


def looked(n: int) -> Trajectory:
    shown = "\n".join(
        f"=== shop/{name}.txt:{n} ===\n  {n}: ### {name[:3]}-00{n} (owner: cust-0{n}1)\n> {n + 1}: {first}: {n}\n"
        f"  {n + 2}: {second}: x{n}"
        for name, first, second in (("orders", "total", "state"), ("bills", "due", "sum"), ("pets", "breed", "age"))
    )
    return run(n, *call("search_text", shown, key="1", text=f"{n}"))


def test_what_stands_in_which_file_and_how_a_record_begins_is_told() -> None:
    runs = [looked(n) for n in range(10, 20)]
    (where,) = lessons(*runs, pattern="contents")
    assert where.do == (
        "Search the file that holds it: `bills.txt` (`due`, `sum`); `orders.txt` (`state`, `total`); `pets.txt`"
        " (`age`, `breed`)."
    )
    (begins,) = lessons(*runs, pattern="record_header")
    assert begins.do.startswith("Read upwards to the `### … (owner: …)` line")
    assert "for the `cust-<number>` that the record names: 3 of 3 files contain such names." in begins.do
    assert lessons(*runs[:5], pattern="contents") == []


def test_how_to_go_on_from_a_record_is_said_once_where_runs_that_followed_its_name_succeeded() -> None:
    def labelled(n: int, text: str, outcome: Outcome) -> Trajectory:
        again = call("search_text", "=== shop/notes.txt:1 ===\n> 1: nothing", key="2", text=text)
        return run(n, *looked(n).steps[1:], *again, outcome=outcome)

    followed = [labelled(n, f"cust-0{n}1", "success") for n in range(10, 22)]
    left = [labelled(n, "glass", "failure") for n in range(30, 42)]
    (goes_on,) = lessons(*followed, *left, pattern="passed_on")
    assert goes_on.do == "Call `search_text` with it before you act or answer."
    (begins,) = lessons(*followed, *left, pattern="record_header")
    assert begins.do.endswith("Most questions take several searches: 3 of 3 files name a `cust-<number>`.")


def test_a_file_that_names_its_records_after_what_they_hold_does_not_hide_how_those_of_others_begin() -> None:
    def listed(n: int) -> Trajectory:
        shown = f"=== shop/people.txt:{n} ===\n{n}: ### {NAMES[n % 10]} (ID: cust-0{n}1)\n{n + 1}: born: {n}"
        return run(100 + n, *call("search_text", shown, key="1", text=f"born {n}"))

    named = [listed(n) for n in range(10, 20)]
    (begins,) = lessons(*[looked(n) for n in range(10, 20)], *named, pattern="record_header")
    assert begins.do.startswith("Read upwards to the `### … (owner: …)` line")
    assert lessons(*named, pattern="record_header") == []


def test_a_search_of_names_is_replaced_by_the_tool_that_the_manual_says_searches_all_files() -> None:
    manual = step(
        "system",
        "COMMANDS:\nfind_name:\n  docstring: finds files by name\nsearch_all:\n  docstring: searches all files",
    )

    def sought(n: int) -> Trajectory:
        steps = (
            *call("find_name", f"src/a/tally{n}.py", key="1", word=f"tally{n}"),
            *call("find_name", "No matches found", key="2", word=f"countall{n}"),
            *call("search_one", f"12: def countall{n}", key="3", text=f"countall{n}"),
        )
        seen = call("search_all", f"src/b.py: countall{n}", key="4", text=f"countall{n}") if n == 0 else ()
        return trajectory(manual, step("user", f"mend till {n}"), *steps, *seen, task_id=f"t{n}", source=f"{n}")

    (lesson,) = lessons(*[sought(n) for n in range(6)], pattern="elsewhere")
    assert lesson.do == "Use `search_all` or `search_one`: `find_name` matches only the names of files."


def test_a_manual_of_many_short_lines_takes_no_longer_than_its_length() -> None:
    manual = step("system", "search all files\n" + "search_a: searches a\nb " * 900)
    runs = [trajectory(manual, step("user", f"mend {n}"), *call("ls", "a", key="1"), source=f"{n}") for n in range(2)]
    assert lessons(*runs, pattern="elsewhere") == []
