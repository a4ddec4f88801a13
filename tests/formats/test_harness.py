"""Words of a harness in a user's message are told from the user's by how they look."""

import pytest

from t2s_local.formats._dialects.harness import user_steps


@pytest.mark.parametrize(
    "added",
    [
        "<workspace_context>\nfiles: 3\n</workspace_context>",
        "<git-context>main</git-context>",
        "<IDE_DIAGNOSTICS>none</IDE_DIAGNOSTICS>",
        "<acme:session-reminder>be brief</acme:session-reminder>",
    ],
)
def test_a_block_in_tags_that_a_harness_made_up_is_not_the_users(added: str) -> None:
    assert [(step.kind, step.text) for step in user_steps(f"{added}\ncount the lines")] == [
        ("system", added),
        ("user", "count the lines"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<my-button>Save</my-button>\nmake it blue",
        "what does <page-context> do?",
        "use the <git-context>x</git-context> element",
        "<div>a</div>",
        "[ ] count the lines",
        "[a](b) is broken",
        "[WIP] count",
    ],
)
def test_markup_that_the_user_wrote_is_the_users(text: str) -> None:
    assert [(step.kind, step.text) for step in user_steps(text)] == [("user", text)]


@pytest.mark.parametrize("note", ["[Request interrupted by user]", "[Tool result missing due to internal error]"])
def test_a_message_that_is_a_remark_in_brackets_is_a_harnesss(note: str) -> None:
    assert [step.kind for step in user_steps(note)] == ["system"]
