"""Edits of a skill: in their one place or refused, and nothing else changed by a byte."""

import random

import pytest

from t2s_local.skills.patch.page import Page
from t2s_local.skills.patch.patch import Patched, apply_patch, take_back
from t2s_local.skills.patch.placing import Refused, place, resting_on
from t2s_local.values.edit import Edit
from tests.skills.patch.random_edits import changed_outside, made_of, random_edits
from tests.skills.patch.shapes import BODIES, FRONT, shaped

SHAPES = shaped()


def skill(body: str, **more: str) -> dict[str, bytes]:
    pages = {"SKILL.md": f"{FRONT.format(name='some-skill')}\n{body}", **more}
    return {path.replace("__", "/").replace("_md", ".md"): text.encode() for path, text in pages.items()}


def page_of(made: Patched, path: str = "SKILL.md") -> str:
    return (made.after[path] or b"").decode()


def reasons(made: Patched) -> list[str]:
    return sorted(one.reason for one in made.refused)


def body(made: Patched) -> str:
    return page_of(made).split("---\n", 2)[2].lstrip("\n")


def test_equal_edits_are_joined_overlaps_are_held_and_what_is_missing_is_named() -> None:
    files = skill("# T\n\n## R\n\nline ten\nline eleven\nline twelve\n")
    same = Edit(op="append_to_section", section="R", text="The edit of three.", support=3)
    upper = Edit(op="replace_in_section", section="R", anchor="line ten\nline eleven", text="up", support=3)
    lower = Edit(op="replace_in_section", section="R", anchor="line eleven\nline twelve", text="low", support=3)
    ghost = Edit(op="append_to_section", path="ghost.md", section="R", text="x", support=3)
    made = apply_patch(files, [same, same, same, upper, lower, ghost])
    assert len(made.applied) == 2
    assert reasons(made) == ["missing_file", "overlap"]
    assert min(upper.id, lower.id) in {one.id for one in made.applied}


def test_an_edit_that_is_refused_between_two_others_leaves_what_these_two_alone_make() -> None:
    files = skill("# T\n\n## R\n\na\n\n## S\n\nb\n")
    first, last = (Edit(op="append_to_section", section=name, text=f"more of {name}") for name in "RS")
    lost = Edit(op="append_to_section", section="Nowhere", text="x")
    made = apply_patch(files, [first, lost, last])
    assert [one.edit for one in made.refused] == [lost]
    assert set(made.applied) == {first, last}
    assert made.after == apply_patch(files, [first, last]).after


def test_of_two_overlapping_edits_the_better_supported_one_enters() -> None:
    files = skill("# T\n\n## R\n\na b c\n")
    weak = Edit(op="replace_in_section", section="R", anchor="a b", text="x", support=3)
    strong = Edit(op="replace_in_section", section="R", anchor="b c", text="y", support=4)
    assert body(apply_patch(files, [weak, strong])) == "# T\n\n## R\n\na y\n"


@pytest.mark.parametrize("ops", [("create", "link"), ("create",), ("link",)])
def test_a_file_and_the_link_to_it_travel_together(ops: tuple[str, ...]) -> None:
    known = {
        "create": Edit(op="create", path="references/new.md", text="# New\n\nText."),
        "link": Edit(op="append_to_section", section="R", text="See [new](references/new.md)."),
    }
    made = apply_patch(skill("# T\n\n## R\n\nText.\n"), [known[op] for op in ops])
    assert reasons(made) == ([] if len(ops) == 2 else ["half_pair"])
    assert ("references/new.md" in made.after) == (len(ops) == 2)


def test_a_file_whose_link_is_refused_goes_too() -> None:
    create = Edit(op="create", path="references/new.md", text="# New\n\nText.")
    link = Edit(op="append_to_section", section="Nowhere", text="See [new](references/new.md).")
    assert reasons(apply_patch(skill("# T\n\n## R\n\nText.\n"), [create, link])) == ["half_pair", "missing_section"]


def test_a_file_that_is_linked_is_not_removed() -> None:
    files = skill("# T\n\n## R\n\nSee [m](references/m.md).\n", references__m_md="# M\n\nText.\n")
    remove = Edit(op="delete_file", path="references/m.md")
    assert reasons(apply_patch(files, [remove])) == ["half_pair"]
    unlink = Edit(op="replace_in_section", section="R", anchor="See [m](references/m.md).", text="Gone.")
    made = apply_patch(files, [remove, unlink])
    assert (made.refused, made.after["references/m.md"]) == ((), None)


def test_a_heading_inside_a_fence_ends_no_section() -> None:
    made = apply_patch(SHAPES["fenced"], [Edit(op="append_to_section", section="Run", text="Appended.")])
    assert "## nor this\n~~~\n\nAppended.\n\n## After" in page_of(made)


def test_an_item_joins_the_list_it_comes_to_in_the_form_of_the_list() -> None:
    added = [Edit(op="append_to_section", section="Rules", text=f"- new {n}\n  - why", support=n) for n in (2, 1)]
    made = apply_patch(skill("# T\n\n## Rules\n\n9) nine\n10) ten\n\n## End\n\nx\n"), added)
    assert (
        body(made) == "# T\n\n## Rules\n\n9) nine\n10) ten\n11) new 2\n    - why\n12) new 1\n    - why\n\n## End\n\nx\n"
    )


def test_line_breaks_and_the_end_of_the_file_stay_as_they_are() -> None:
    made = apply_patch(SHAPES["setext"], [Edit(op="append_to_section", section="First", text="New\nlines.")])
    assert b"Body of first.\r\n\r\nNew\r\nlines.\r\n\r\nSecond\r\n" in (made.after["SKILL.md"] or b"")
    made = apply_patch(SHAPES["no-last-newline"], [Edit(op="append_to_section", section="Only", text="- new")])
    assert page_of(made).endswith("- last line without a break\n- new")


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (Edit(op="append_to_section", section="Ruels", text="x"), "missing_section"),
        (Edit(op="append_to_section", section="Setup", text="x"), "ambiguous"),
        (Edit(op="insert_after", anchor="Do thus.", text="x"), "missing_anchor"),
        (Edit(op="append_to_section", section="Linux", text="## Ends it\n\nx"), "heading"),
        (Edit(op="append_to_section", section="Linux", text="```\nopen"), "unclosed"),
        (Edit(op="append_to_section", section="Linux", text="<!-- open"), "unclosed"),
        (Edit(op="replace_in_section", section="Linux", anchor="## Linux", text="## Unix"), "heading"),
        (Edit(op="append_to_section", section="Linux", text="x", digest="0" * 64), "stale"),
        (Edit(op="add_section", text="## Linux\n\nx"), "exists"),
        (Edit(op="add_section", text="no heading"), "no_heading"),
        (Edit(op="create", path="../x.md", text="x"), "path"),
        (Edit(op="create", path="/x.md", text="x"), "path"),
        (Edit(op="create", path=".git/x.md", text="x"), "git"),
        (Edit(op="create", path="scripts/x.sh", text="x"), "script"),
        (Edit(op="insert_after", anchor="name: twins", text="x"), "missing_anchor"),
        (Edit(op="append_to_section", section="Linux", text="See [x](references/none.md)."), "half_pair"),
        (Edit(op="append_to_section", section="Linux", text="a\u202eb"), "hidden-characters"),
    ],
)
def test_what_has_no_place_or_breaks_something_is_refused_by_name(edit: Edit, reason: str) -> None:
    made = apply_patch(SHAPES["twins"], [edit])
    assert (reasons(made), made.after) == ([reason], {})


def test_a_refusal_names_what_is_nearest() -> None:
    made = apply_patch(SHAPES["twins"], [Edit(op="append_to_section", section="Widnows", text="x")])
    assert made.refused[0].nearest == "Windows"


def test_a_way_of_titles_tells_twins_apart() -> None:
    made = apply_patch(SHAPES["twins"], [Edit(op="append_to_section", section="Windows > Setup", text="New.")])
    assert page_of(made).endswith("Do that.\n\nNew.\n")


def test_an_edit_across_the_limit_is_refused_and_a_skill_that_is_too_long_may_shrink() -> None:
    lines = "\n\n".join(f"Line {n}." for n in range(300))
    files = skill(f"# T\n\n## A\n\n{lines}\n\n## B\n\nText.\n")
    grow = Edit(op="append_to_section", section="B", text="More.")
    assert reasons(apply_patch(files, [grow])) == ["limit"]
    shrink = Edit(op="replace_in_section", section="A", anchor="Line 7.\n\nLine 8.", text="Line 7.")
    assert apply_patch(files, [shrink]).refused == ()


def test_no_heading_goes_where_headings_are_kept() -> None:
    edits = [Edit(op="delete_section", section="Linux"), Edit(op="append_to_section", section="Windows", text="New.")]
    made = apply_patch(SHAPES["twins"], edits, keep_headings=True)
    assert (reasons(made), [one.op for one in made.applied]) == (["heading"], ["append_to_section"])
    assert reasons(apply_patch(SHAPES["twins"], edits, adds_only=True)) == ["adds_only"]


def test_a_digest_noted_for_a_place_fits_it() -> None:
    page = Page(path="SKILL.md", text=SHAPES["deep"]["SKILL.md"].decode())
    edit = Edit(op="append_to_section", section="A1", text="x")
    noted = Edit(op="append_to_section", section="A1", text="x", digest=resting_on(edit, page))
    assert place(noted, page) == place(edit, page)


def test_an_edit_that_was_changed_since_is_not_taken_back() -> None:
    made = apply_patch(SHAPES["deep"], [Edit(op="append_to_section", section="A1", text="x")])
    with pytest.raises(Refused):
        take_back(SHAPES["deep"], made)


@pytest.mark.parametrize("name", sorted(BODIES))
def test_random_edits_change_nothing_outside_of_them_and_can_be_taken_back(name: str) -> None:
    chance = random.Random(name)  # no secret
    files = SHAPES[name]
    for _ in range(6):
        edits = random_edits(files, chance, count=4)
        made = apply_patch(files, edits)
        after = made_of(files, made)
        assert len(made.applied) + len(made.refused) == len({one.id for one in edits})
        assert all(one.detail for one in made.refused)
        assert changed_outside(files, after, made) == []
        assert take_back(after, made) == files
        chance.shuffle(edits)
        assert apply_patch(files, edits) == made
