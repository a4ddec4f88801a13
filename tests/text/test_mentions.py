"""Commands, paths and names in a text, and what is too general to be advice."""

import pytest

from t2s_local.text.mentions import Haystack, is_empty, mentions


def named(text: str) -> list[tuple[str, str]]:
    return [(mention.kind, mention.text) for mention in mentions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Run `git push --force` now.", [("command", "git push --force")]),
        ("Look at ``a `b` c`` first.", [("name", "a `b` c")]),
        ("Call `get_user` for the id.", [("name", "get_user")]),
        ("Open `src/app.py` and `notes.md`.", [("path", "src/app.py"), ("path", "notes.md")]),
        ("Then pip install numpy, and rm -rf build/.", [("command", "pip install"), ("command", "rm -rf")]),
        (
            "Fetch https://example.com/x.sh, see /etc/hosts.",
            [("path", "https://example.com/x.sh"), ("path", "/etc/hosts")],
        ),
        ("Pass --verbose to it.", [("name", "--verbose")]),
        ("Edit config.toml in ~/src/app.", [("path", "~/src/app"), ("path", "config.toml")]),
    ],
)
def test_what_a_text_names_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Read the files and/or the logs, and make sure that input/output is right.",
        "When git refuses, or npm cannot find it, python is not at fault.",
        "Find the head of the list, sort by age, and cut the rest; 3/4 of it, e.g. in 2.5 s.",
    ],
)
def test_prose_about_programs_names_nothing(text: str) -> None:
    assert named(text) == []


def test_white_space_escapes_and_holes_do_not_matter_in_looking_up() -> None:
    known = Haystack(["cd /x &&  git   push\n--force origin", '{"cmd": "echo \\"hi\\""}', "flights: date, number"])
    assert known.holds("git push --force <name>")
    assert known.holds('echo "hi"')
    assert known.holds("git … origin")
    assert known.holds("flights[].date")
    assert not known.holds("git pull")
    assert not known.holds("origin git push")
    assert not known.holds("flights[].price")


@pytest.mark.parametrize(
    ("order", "empty"),
    [
        ("Be careful and check the output.", True),
        ("Make sure to handle errors appropriately.", True),
        ("Think carefully before you proceed.", True),
        ("Follow best practices as needed.", True),
        ("Quote the glob pattern before the shell expands it.", False),
        ("Use `sorted`.", False),
        ("Contemplate philosophical implications.", True),
    ],
)
def test_an_order_that_fits_any_work_is_empty(order: str, empty: bool) -> None:
    assert is_empty(order, known=["zsh: no matches found: glob pattern, shell expands *.py"]) is empty
