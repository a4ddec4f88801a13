"""Edits that a tool refused: what the next ones had different, how long they may be, and what is not sent again."""

from t2s_local.values.trajectory import Trajectory
from tests.analysts.test_tool_kinds import call, run
from tests.build import step
from tests.mining import lessons


def refused(number: int, first: str, second: str) -> Trajectory:
    error = "Your proposed edit has introduced new syntax error(s)."
    steps = [
        part
        for key, (text, answer) in enumerate(((first, error), (second, "File updated.")))
        for part in (
            step("tool_call", text, tool="edit", call_id=str(key)),
            step("tool_result", answer, tool="edit", call_id=str(key)),
        )
    ]
    return run(number, *steps)


def test_what_refused_edits_needed_is_told_with_its_counts() -> None:
    indented = [refused(n, f"edit 3:3\nreturn {n}", f"edit 3:3\n    return {n}") for n in range(3)]
    moved = [refused(10 + n, f"edit 3:4\n    x = {n}", f"edit 3:5\n    x = {n}") for n in range(2)]
    (lesson,) = lessons(*indented, *moved, pattern="refused_edit")
    assert lesson.do == (
        "Nothing was changed. Before the next try, keep the indentation of the lines it replaces, and read the"
        " line range anew: every edit that was made moves the lines below it."
    )
    assert (lesson.because or "").endswith("differed in the indentation (3 runs) and the line range (2 runs)")


def test_edits_that_begin_with_blank_lines_are_compared_by_their_first_words() -> None:
    moved = [refused(n, f"\nedit 3:4\n    x = {n}", f"\n\nedit 3:5\n    x = {n}") for n in range(5)]
    blank = [refused(10 + n, "\n \n", f"edit 3:5\n    y = {n}") for n in range(3)]
    (lesson,) = lessons(*moved, *blank, pattern="refused_edit")
    assert (lesson.because or "").endswith("differed in the line range (5 runs)")


def test_an_edit_that_was_made_before_is_left_out_and_none_is_sent_again_unchanged() -> None:
    def sent(n: int, *, made: bool) -> Trajectory:
        error = "Error: the old text does not match.\n" + (
            f"The new lines are already in src/part{n}.rs!" if made else ""
        )
        once, again = (call("edit_file", error, key=key, old_text=f"row {n}", new_text="x") for key in "12")
        return run(n, *once, *again)

    (lesson,) = lessons(*[sent(n, made=n % 2 == 0) for n in range(8)], pattern="refused_edit")
    assert "Nothing was changed. Copy the old text anew from the file." in lesson.do
    assert "Where it goes on with “The new lines are already in <path>!”, look whether the change is there" in lesson.do
    assert "8 of 8 sent again unchanged were refused" in (lesson.because or "")
    assert lessons(*[sent(n, made=False) for n in range(8)], pattern="refused_edit") == []


def test_a_removal_does_not_count_as_made_before_and_other_parts_are_not_sent_again() -> None:
    def sent(n: int, new: str) -> Trajectory:
        edit = f"<<<<<<< SEARCH\nrow {n}\n=======\n{new}>>>>>>> REPLACE"
        error = "Error: the block does not match.\nThe new lines are already there!\nThe other 2 blocks were applied."
        steps = (
            step("tool_call", edit, tool="edit", call_id="1"),
            step("tool_result", error, tool="edit", call_id="1"),
        )
        return run(n, *steps)

    removed = [sent(n, "") for n in range(8)]
    assert lessons(*removed, pattern="refused_edit") == []
    (lesson,) = lessons(*removed, *[sent(20 + n, "another row\n") for n in range(8)], pattern="refused_edit")
    assert lesson.do.startswith("This part was not applied; the parts reported as applied were. ")
    assert "look whether the change is there already" in lesson.do
    assert lesson.when.startswith("a SEARCH/REPLACE block is refused with “")


def test_a_length_of_old_text_beyond_which_edits_are_refused_is_told_with_the_counts() -> None:
    def edited(n: int, lines: int, answer: str) -> Trajectory:
        old = "\n".join(f"row {n} {k}" for k in range(lines))
        return run(n, *call("edit_file", answer, key="1", old_text=old, new_text="row"))

    error = "Error: the old text does not match"
    short = [edited(n, 2, "edited") for n in range(30)]
    long = [edited(100 + n, 9, error if n % 4 else "edited") for n in range(24)]
    (lesson,) = lessons(*short, *long, edited(200, 1, error), pattern="refused_edit")
    assert (
        lesson.do == "Nothing was changed. Copy at most 5 lines of the old text anew from the file, letter by letter."
    )
    assert "with more lines 18 of 24 were refused, with fewer 1 of 31" in (lesson.because or "")
    assert lessons(*short, *[edited(300 + n, 2, error) for n in range(24)], pattern="refused_edit") == []
