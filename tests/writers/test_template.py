"""The template writer: what its skills say, and that it is true of the runs."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from t2s_local.skills.document import parse_document, parse_markdown
from t2s_local.skills.markdown import code, fence, front_matter, prose
from t2s_local.values.cluster import Family
from t2s_local.values.skill import Skill
from t2s_local.writers._page.body import MOST_RULES
from t2s_local.writers.template import load
from tests.skill_corpus import Corpus, Told, commits, corpus, edits, evidence, family, file_of, pushes, recovery, stated

TEXT = st.text(st.characters(exclude_categories=["C"], include_characters="\n\t`*_[]<>#-|\\&~"), max_size=120)


def written(told: list[Told], *, min_support: int = 3) -> Skill:
    subject = msgspec.structs.replace(family([item.lesson for item in told]), candidates=("fixing-things",))
    known = evidence([item.run for item in told], [item.lesson for item in told])
    return load().write(subject, known, taken=frozenset(), min_support=min_support)


@pytest.fixture(scope="module")
def runs() -> Corpus:
    return corpus()


def test_a_failure_becomes_a_gotcha_with_its_message_its_remedy_and_its_cause() -> None:
    body = file_of(written(pushes()), "SKILL.md")
    gotchas = body.partition("## Gotchas")[2].partition("## ")[0]
    assert (
        "**`git push origin main` fails with “error: failed to push some refs to '`<path>`'”** (R1: 5 runs)" in gotchas
    )
    assert "Do: Run `git pull --rebase origin main`, then `git push origin main` again." in gotchas
    assert "in the words of one run: “The push was rejected because the remote holds a commit" in gotchas


def test_commands_that_met_one_message_are_told_by_what_they_share() -> None:
    body = file_of(written(commits()), "SKILL.md")
    assert "**`git commit` fails with “Author identity unknown”** (R1: 4 runs)" in body


def test_a_prohibition_goes_to_what_to_avoid_with_its_counts(runs: Corpus) -> None:
    subject = msgspec.structs.replace(runs.families[-1], candidates=("cancelling-reservations",))
    body = file_of(load().write(subject, runs.evidence, taken=frozenset(), min_support=3), "SKILL.md")
    never = body.partition("## Avoid")[2]
    assert "do not call `cancel_reservation` before you have made sure that the policy allows it. (R1: 6 runs)" in never
    assert "0 of 3 that did succeeded, against 3 of 3 that did not" in never


def test_a_success_becomes_a_numbered_step() -> None:
    told = pushes(3)
    steps = stated(
        [item.run for item in told],
        "a branch is published",
        "Work in this order: `git pull`, then `git push`.",
        "3 of 3 successful runs worked in this order",
        "sequence",
        parts=[(1, "action", "git push origin main")],
        polarity="success",
    )
    known = evidence([item.run for item in told], [steps])
    subject = msgspec.structs.replace(family([steps]), candidates=("publishing-branches",))
    body = file_of(load().write(subject, known, taken=frozenset(), min_support=3), "SKILL.md")
    assert (
        "## Steps\n\n1. When a branch is published, work in this order: `git pull`, then `git push`. (R1: 3 runs)"
        in body
    )


def test_a_loop_counts_and_is_no_remedy() -> None:
    told = edits(3)
    loop = stated(
        [edits(4)[3].run],
        "`Edit` keeps failing with “String to replace not found in file.”",
        "Stop after the second identical error and change the approach.",
        "3 attempts in a row failed the same way",
        "loop",
        parts=[(1, "action", '{"old_string": "def helper():"}')],
        tools=("Edit",),
    )
    lessons = [*(item.lesson for item in told), loop]
    known = evidence([*(item.run for item in told), edits(4)[3].run], lessons)
    subject = msgspec.structs.replace(family(lessons), candidates=("editing-files",))
    body = file_of(load().write(subject, known, taken=frozenset(), min_support=3), "SKILL.md")
    assert "(R1: 4 runs)" in body
    assert "Do (3 runs): Call `Read` on the file first" in body
    assert "Repeating it unchanged does not help: 1 run tried three times or more." in body


def test_the_remedy_most_runs_chose_comes_first_and_others_are_told_with_their_counts() -> None:
    told = pushes(3)
    other = recovery(
        "Publish the branch at once.",
        "git push origin main",
        "error: failed to push some refs to '/srv/git/app.git'",
        "git fetch && git merge origin/main && git push",
        when="`git push origin main` fails with “error: failed to push some refs to '<path>'”",
        do="Run `git fetch && git merge origin/main && git push`.",
        number=9,
    )
    body = file_of(written([other, *told]), "SKILL.md")
    assert "Do (3 runs): Run `git pull --rebase origin main`" in body
    assert "Or (1 run): Run `git fetch && git merge origin/main && git push`." in body


def test_a_remedy_of_failed_runs_alone_is_not_offered_beside_one_that_succeeded() -> None:
    forced = recovery(
        "Publish the branch, whatever it takes.",
        "git push origin main",
        "error: failed to push some refs to '/srv/git/app.git'",
        "git push --force origin main",
        when="`git push origin main` fails with “error: failed to push some refs to '<path>'”",
        do="Run `git push --force origin main`.",
        outcome="failure",
        number=9,
    )
    assert "--force" not in file_of(written([*pushes(3), forced]), "SKILL.md")


def test_the_example_is_quoted_from_one_run_that_succeeded() -> None:
    body = file_of(written(pushes()), "SKILL.md")
    example = body.partition("## Example")[2]
    assert "outcome success" in example
    blocks = [block.text for block in parse_markdown(example).fences]
    assert blocks[0] == "git push origin main"
    assert blocks[-1] == "git pull --rebase origin main && git push origin main"


def test_rules_with_less_support_go_to_a_reference_that_is_linked(runs: Corpus) -> None:
    weak = archives_of_two(runs)
    body = file_of(weak, "SKILL.md")
    assert "Cannot stat" not in body.partition("## When to use")[2]
    assert "[references/more.md](references/more.md): 1 more rule, seen less often." in body
    assert "Cannot stat" in file_of(weak, "references/more.md")


def archives_of_two(runs: Corpus) -> Skill:
    git, archive = runs.families[0], runs.families[2]
    two = msgspec.structs.replace(archive.clusters[0], lesson_ids=archive.clusters[0].lesson_ids[:2], support=2)
    both = Family(id="x", clusters=(*git.clusters, two), candidates=("mixed-commands",))
    return load().write(both, runs.evidence, taken=frozenset(), min_support=3)


def test_the_body_says_that_it_is_a_hypothesis_and_on_how_many_runs_it_rests() -> None:
    body = file_of(written(pushes()), "SKILL.md")
    assert "Learned from 5 recorded runs of 5 tasks, not counting runs that a rule is compared with. Level L0" in body
    assert "none has been measured" in body


def test_a_body_never_outgrows_what_an_agent_can_keep_in_mind() -> None:
    groups = []
    for number in range(MOST_RULES + 6):
        groups.append(
            [
                recovery(
                    f"Task {number} {copy}.",
                    f"tool{number} run",
                    f"E{number}",
                    f"tool{number} fix",
                    when=f"`tool{number} run` fails with “problem {'abcdefghij'[number % 10] * 5}{number}”",
                    do=f"Run `tool{number} fix`.",
                    number=number * 10 + copy,
                )
                for copy in range(3)
            ]
        )
    told = [item for group in groups for item in group]
    subject = msgspec.structs.replace(
        family(*([item.lesson for item in group] for group in groups)), candidates=("many-tools",)
    )
    known = evidence([item.run for item in told], [item.lesson for item in told])
    skill = load().write(subject, known, taken=frozenset(), min_support=3)
    assert file_of(skill, "SKILL.md").count(": 3 runs)") == MOST_RULES
    assert file_of(skill, "references/more.md").count(": 3 runs)") == 6


def test_a_name_that_is_taken_gets_a_number() -> None:
    told = pushes()
    subject = msgspec.structs.replace(family([item.lesson for item in told]), candidates=("git-push",))
    known = evidence([item.run for item in told], [item.lesson for item in told])
    taken = frozenset({"git-push", "git-push-2"})
    assert load().write(subject, known, taken=taken, min_support=3).name == "git-push-3"


def test_the_name_of_an_earlier_run_wins_over_candidates() -> None:
    told = pushes()
    subject = msgspec.structs.replace(
        family([item.lesson for item in told]), candidates=("git-push",), name="publishing-branches"
    )
    known = evidence([item.run for item in told], [item.lesson for item in told])
    assert load().write(subject, known, taken=frozenset(), min_support=3).name == "publishing-branches"


def test_home_folders_do_not_reach_a_skill() -> None:
    told = [
        recovery(
            f"Run the build {number}.",
            "make -C /home/jordan/app",
            "make: *** /home/jordan/app: No such file or directory",
            "make -C app",
            when="`make` fails with “make: *** /home/jordan/app: No such file or directory”",
            do="Run `make -C app` from /Users/jordan instead.",
            number=number,
        )
        for number in range(3)
    ]
    for file in written(told).files:
        assert "jordan" not in file.text
    assert "make -C ~/app" in file_of(written(told), "references/evidence.md")


@given(TEXT)
def test_a_fence_gives_its_text_back(text: str) -> None:
    blocks = parse_markdown(f"before\n\n{fence(text)}\n\nafter\n").fences
    assert [block.text for block in blocks] == [text.strip("\n")]


@given(TEXT)
def test_prose_stays_one_paragraph_without_links_images_html_or_emphasis(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(f"- {prose(text)}\n")
    assert {token.type for token in tokens} <= {
        "bullet_list_open",
        "list_item_open",
        "paragraph_open",
        "inline",
        "paragraph_close",
        "list_item_close",
        "bullet_list_close",
    }
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert kinds <= {"text", "text_special", "code_inline", "softbreak"}


@given(TEXT)
def test_a_code_span_gives_its_text_back_on_one_line(text: str) -> None:
    wanted = " ".join(text.split())
    if wanted:
        children = MarkdownIt("commonmark").parse(f"x {code(text)} y")[1].children or []
        assert [child.content for child in children if child.type == "code_inline"] == [wanted]


@given(TEXT, TEXT)
def test_front_matter_reads_back_as_it_was_meant(description: str, value: str) -> None:
    text = front_matter("a-name", f"Says {description}", {"level": value})
    front = parse_document(f"{text}\nbody\n").front
    assert front["description"] == " ".join(f"Says {description}".split()).replace("---", "--")
    assert front["metadata"] == {"level": " ".join(value.split()).replace("---", "--")}
    assert text.count("\n") == 6


def test_an_example_shows_where_the_remedy_differs() -> None:
    long = '{"user":"a","flights":[' + ",".join(f'{{"number":"F{number}"}}' for number in range(30)) + "]"
    told = [
        recovery(
            f"Book the trip {number}.",
            f'{long},"paid":299}}',
            "payment does not add up",
            f'{long},"paid":375}}',
            when="`book` fails with “payment does not add up”",
            do="Call `book` again with `paid` set to the value the error names.",
            tool="book",
            number=number,
        )
        for number in range(3)
    ]
    shown = [block.text for block in parse_markdown(file_of(written(told), "SKILL.md")).fences]
    assert '"paid":299' in shown[0]
    assert '"paid":375' in shown[2]
    assert all(len(block) <= 280 for block in shown)
