"""Ten questions about files, each with the answer that one shell command prints."""

from pathlib import Path
from typing import NamedTuple

SALES = (
    "north;pear;12;sold",
    "south;plum;7;sold",
    "north;plum;5;void",
    "east;pear;9;sold",
    "south;pear;20;void",
    "north;fig;4;sold",
    "east;fig;11;sold",
    "south;fig;6;sold",
)
"""Sales of a shop; the meaning of ``void`` is told by the skill alone."""
LOG = (
    "09:00 INFO started",
    "09:01 ERROR disk full",
    "09:02 WARN slow",
    "09:03 INFO retried",
    "09:04 ERROR disk full",
    "09:05 ERROR no route",
    "09:06 INFO stopped",
)
FILES = {
    "sales.txt": "".join(f"{line}\n" for line in SALES),
    "app.log": "".join(f"{line}\n" for line in LOG),
    "names.txt": "mia\nben\nzoe\nben\nada\n",
    "numbers.txt": "3\n41\n5\n27\n",
}


class Task(NamedTuple):
    """A question and the output that answers it."""

    question: str
    expected: str


TASKS = {
    "count-errors": Task("How many lines of app.log have the word ERROR?", "3"),
    "last-line": Task("Print the last line of app.log.", "09:06 INFO stopped"),
    "count-names": Task("How many lines does names.txt have?", "5"),
    "sort-names": Task("Print the names in names.txt sorted, each once.", "ada\nben\nmia\nzoe"),
    "largest": Task("Print the largest number in numbers.txt.", "41"),
    "sum-numbers": Task("Print the sum of the numbers in numbers.txt.", "76"),
    "sales-total": Task("Print the sum of the amounts of the sales that count in sales.txt.", "49"),
    "sales-count": Task("How many sales in sales.txt count?", "6"),
    "sales-north": Task("How many sales of the region north in sales.txt count?", "2"),
    "sales-fig": Task("Print the sum of the amounts of fig in sales.txt, of the sales that count.", "21"),
}
"""Tasks by id; the last four need what the skill tells."""
SKILLS = {
    "reading-sales": (
        "Use when asked about sales.txt.",
        (
            "1. The fields of `sales.txt` are separated by `;`: region, fruit, amount, state.\n"
            "2. Lines with the state `void` do not count: begin with `grep -v void sales.txt`.\n"
            "3. Count the sales of a region: `grep -v void sales.txt | grep -c east`.\n"
            "4. Add up the amounts of pear: `grep -v void sales.txt | grep pear | awk -F';' '{s+=$3} END {print s}'`."
        ),
    ),
    "greeting-customers": ("Use when asked to run an errand.", "1. Before you hand over an order, greet the customer."),
}
"""Skills to try: the first tells what four tasks need, the other is inert."""


def write_files(folder: Path) -> None:
    """Write the files that the questions are about."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")


def is_answer(task: str, printed: str) -> bool:
    """Return whether *printed* is the expected output, blanks at the ends of lines left out."""
    return [line.strip() for line in printed.strip().splitlines()] == TASKS[task].expected.splitlines()
