"""Names and messages in rules that people wrote without code marks."""

import pytest

from t2s_local.gates._recorded.marking import marked

TOOLS = ("get_user_details", "Read", "str_replace_editor")
PROGRAMS = ("git", "golangci-lint", "./run-tests.sh")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Before get_user_details ask.", "Before `get_user_details` ask."),
        ("Use `get_user_details(id)` first.", "Use `get_user_details(id)` first."),
        ("Read the file with Read.", "Read the file with Read."),
        ("Run golangci-lint, not git.", "Run `golangci-lint`, not git."),
        ("When it says 'user not found', ask.", "When it says “user not found”, ask."),
        ('It fails with "no such file": stop.', "It fails with “no such file”: stop."),
        ("The user's profile and 'the old card' are there.", "The user's profile and 'the old card' are there."),
        ("my_get_user_details_2 is other.", "my_get_user_details_2 is other."),
    ],
)
def test_only_what_cannot_be_plain_words_is_marked(text: str, found: str) -> None:
    assert marked(text, tools=TOOLS, programs=PROGRAMS) == found


def test_what_is_marked_stays_as_it_is() -> None:
    text = "When `get_user_details` fails with “user not found”, run `./run-tests.sh`."
    assert marked(text, tools=TOOLS, programs=PROGRAMS) == text
