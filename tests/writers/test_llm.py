"""The writer that lets a model word the rules, with answers from a script."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2s_local.engines import llamacpp, scripted
from t2s_local.engines.scripted import Line, Scripted
from t2s_local.skills.document import parse_document
from t2s_local.skills.lint import lint
from t2s_local.skills.source import source_of
from t2s_local.stages.check.verify import verify
from t2s_local.values.cluster import Family
from t2s_local.values.skill import Skill
from t2s_local.weights.fit import Wishes
from t2s_local.writers import llm, template
from t2s_local.writers._llm.answer import read_answer
from t2s_local.writers._llm.offer import Offer, offer
from t2s_local.writers._page.rules import rules_of
from tests.skill_corpus import Corpus, commits, evidence, family, file_of, pushes

DESCRIPTION = (
    "Commits and pushes to branches that others push to as well, and what to do when git refuses. "
    "Use when a task asks to push a branch or to commit a change, or when `git push` fails."
)
PUSH = {
    "section": "gotcha",
    "when": "`git push origin main` is rejected with “failed to push some refs”",
    "do": "Take up what others pushed with `git pull --rebase origin main`, then push again.",
    "because": "the remote holds a commit that is not here",
}


def both() -> Corpus:
    told = [pushes(), commits()]
    runs = tuple(item.run for group in told for item in group)
    lessons = [item.lesson for group in told for item in group]
    subject = family(*([item.lesson for item in group] for group in told))
    named = msgspec.structs.replace(subject, candidates=("git-commands", "pushing-branches"))
    return Corpus(runs, (named,), evidence(runs, lessons))


def offered(subject: Family | None = None, *, room: int = 5_000) -> Offer:
    known = both()
    chosen = subject or known.families[0]
    return offer(
        rules_of(chosen, known.evidence), chosen, known.evidence, room=room, count=lambda text: len(text.split())
    )


def label_of(rule: str) -> str:
    return next(label for label, owner in offered().labels.items() if owner == rule)


def commit_words() -> dict[str, object]:
    rule = next(rule for rule in offered().rules.values() if "push" not in rule.lesson.do)
    return {
        "lessons": [label_of(rule.id)],
        "section": "gotcha",
        "when": rule.lesson.when,
        "do": rule.lesson.do,
        "because": "git cannot write the author line",
    }


def push_words(**changes: object) -> dict[str, object]:
    rule = next(rule for rule in offered().rules.values() if "push" in rule.lesson.do)
    return {"lessons": [label_of(rule.id)], **PUSH, **changes}


def written(*rules: dict[str, object], name: str = "pushing-branches", description: str = DESCRIPTION) -> str:
    return json.dumps({"rules": list(rules), "name": name, "description": description})


def skill_from(
    *script: str | Line, faults: llm.Faults = lambda _: (), name: str | None = None, taken: Sequence[str] = ()
) -> tuple[Skill, Scripted]:
    known = both()
    engine = scripted.load(script)
    subject = msgspec.structs.replace(known.families[0], name=name)
    writer = llm.load(engine, faults=faults)
    return write(writer, subject, known, taken=taken), engine


def write(writer: llm.LlmWriter, subject: Family, known: Corpus, *, taken: Sequence[str] = ()) -> Skill:
    ((_, wording),) = writer.word([subject], known.evidence)
    return writer.write(subject, known.evidence, taken=frozenset(taken), min_support=2, wording=wording)


def reasons(skill: Skill) -> list[str]:
    return [note.reason for note in skill.notes]


def test_the_model_words_the_rules_and_code_counts() -> None:
    skill, engine = skill_from(written(push_words(), commit_words()))
    body = file_of(skill, "SKILL.md")
    assert (skill.name, skill.description, reasons(skill), len(engine.asked)) == (
        "pushing-branches",
        DESCRIPTION,
        [],
        1,
    )
    assert "Do: Take up what others pushed with `git pull --rebase origin main`, then push again." in body
    assert "Why: The remote holds a commit that is not here." in body
    assert "is rejected with “failed to push some refs”** (R1: 5 runs)" in body
    assert 'written-by: "t2s-local llm"' in body
    assert parse_document(body).front is not None


def test_what_is_written_passes_the_rule_book_and_can_be_verified() -> None:
    known = both()
    skill, _ = skill_from(written(push_words(), commit_words()))
    runs = {run.id: run for run in known.runs}
    assert [finding for finding in lint(source_of(skill)) if finding.severity == "error"] == []
    checked = verify(source_of(skill), runs.get)
    assert checked.findings == ()
    assert checked.rules == 2


def test_support_and_lessons_are_those_of_the_template_writer() -> None:
    known = both()
    plain = template.load().write(known.families[0], known.evidence, taken=frozenset(), min_support=2)
    skill, _ = skill_from(written(push_words(), commit_words()))
    assert (skill.support, skill.lesson_ids, skill.cluster_ids) == (plain.support, plain.lesson_ids, plain.cluster_ids)
    assert file_of(skill, "references/evidence.md").count("Trajectory `") == (
        file_of(plain, "references/evidence.md").count("Trajectory `")
    )


def test_a_rule_the_model_leaves_out_keeps_its_words() -> None:
    skill, _ = skill_from(written(push_words()))
    assert "Take up what others pushed" in file_of(skill, "SKILL.md")
    assert str(commit_words()["do"]).split("`")[1] in file_of(skill, "SKILL.md")
    assert reasons(skill) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"lessons": ["L99"]}, "writer: rule of unknown lessons"),
        ({"lessons": ["L1", "L99"]}, "writer: rule of unknown lessons"),
        ({"lessons": "all"}, "writer: rule that joins several"),
        ({"do": "Run `git push --force origin main`."}, "writer: command that is in no lesson"),
        ({"do": "Delete /srv/git/other.git first."}, "writer: path that is in no lesson"),
        ({"when": "`receive.denyCurrentBranch` is set"}, "writer: name that is in no lesson"),
        ({"do": "Be careful and check the output."}, "writer: empty generality"),
        ({"do": "Run `git pull\u2066 --rebase`."}, "writer: hidden characters"),
        ({"section": "never"}, "writer: advice turned around"),
        ({"section": "never", "do": "Never run `git pull --rebase origin main`."}, "writer: advice turned around"),
        ({"section": "gotcha", "do": "Do not pull from the remote branch."}, "writer: advice turned around"),
    ],
)
def test_a_rule_that_does_not_stand_on_its_lessons_is_refused(changes: dict[str, object], reason: str) -> None:
    if changes.get("lessons") == "all":
        changes = {"lessons": [label_of("R1"), label_of("R2")]}
    found = read_answer(written(push_words(**changes)), offered())
    assert found.rules == {}
    assert [note.reason for note in found.refused] == [reason]


def test_what_failed_may_be_forbidden() -> None:
    forbids = push_words(section="never", do="Never repeat `git push origin main` unchanged.")
    rule = next(rule for rule in offered().rules.values() if "push" in rule.lesson.do)
    quotes = [quote for lesson in rule.lessons for quote in lesson.evidence]
    fixed_by_itself = any("git push origin main" in quote.text for quote in quotes if quote.role == "fix")
    found = read_answer(written(forbids), offered())
    assert bool(found.rules) is not fixed_by_itself


def test_a_rule_stated_twice_is_taken_once() -> None:
    found = read_answer(
        written(push_words(), push_words(do="Push again after `git pull --rebase origin main`.")), offered()
    )
    assert len(found.rules) == 1
    assert [note.reason for note in found.refused] == ["writer: rule stated twice"]


@pytest.mark.parametrize(
    "name", ["Pushing Branches", "con", "push", "../push", "solving-mysteries", "a-" + "push" * 20]
)
def test_a_name_of_another_form_or_subject_is_replaced(name: str) -> None:
    skill, _ = skill_from(written(push_words(), commit_words(), name=name))
    assert skill.name == "git-commands"
    assert reasons(skill) == ["writer: name of another subject"]


def test_a_name_that_is_taken_or_was_given_before_is_not_changed() -> None:
    good = written(push_words(), commit_words())
    assert skill_from(good, taken=("pushing-branches",))[0].name == "git-commands"
    assert skill_from(good, name="pushing")[0].name == "pushing"


@pytest.mark.parametrize(
    "description",
    [
        "Use when needed.",
        "x" * 401,
        DESCRIPTION.replace("Use when", "Whenever"),
        DESCRIPTION.replace("`git push`", "`git bisect run`"),
        DESCRIPTION.replace("git refuses", "<system>git</system> refuses"),
        "Helps with a great many matters that nobody had thought of before, in every way. Use when zebras dance.",
    ],
)
def test_a_description_that_cannot_be_used_is_made_by_code(description: str) -> None:
    skill, _ = skill_from(written(push_words(), commit_words(), description=description))
    assert reasons(skill) == ["writer: description that cannot be used"]
    assert skill.description != description
    assert [finding for finding in lint(source_of(skill)) if finding.rule.startswith("description")] == []
    assert json.dumps(skill.description, ensure_ascii=False) in file_of(skill, "SKILL.md")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Line(text="Here is your skill:"), "writer: answer is not JSON"),
        (Line(text=written(push_words())[:-20], finish="length"), "writer: answer is not JSON"),
        (Line(text='{"rules": [], "title": "x"}'), "writer: answer does not fit the schema"),
        (Line(text="{", finish="repeat"), "writer: no answer"),
        (Line(text="", finish="parked", reason="the worker died"), "writer: no answer"),
        (Line(text=written(push_words(lessons=["L99"]))), "writer: rule of unknown lessons"),
    ],
)
def test_after_three_useless_answers_the_template_writer_writes(line: Line, reason: str) -> None:
    known = both()
    plain = template.load().write(known.families[0], known.evidence, taken=frozenset(), min_support=2)
    skill, engine = skill_from(line)
    assert skill.files == plain.files
    assert reasons(skill) == [reason, "writer: skill worded by the template writer, too much was refused"]
    first, second, third = engine.asked
    assert (first.temperature, first.seed) != (second.temperature, second.seed)
    assert len(third.prompt) < len(second.prompt) == len(first.prompt)


def test_a_skill_against_the_rule_book_is_written_by_the_template_writer() -> None:
    def faults(skill: Skill) -> Sequence[str]:
        return ["the rule"] if skill.name == "pushing-branches" else []

    skill, _ = skill_from(written(push_words(), commit_words()), faults=faults)
    assert skill.name == "git-commands"
    assert reasons(skill) == ["writer: skill worded by the template writer, it broke the rule book"]


def test_a_model_of_random_weights_leaves_the_words_to_the_template_writer(tiny_model: Callable[[str], Path]) -> None:
    known = both()
    plain = template.load().write(known.families[0], known.evidence, taken=frozenset(), min_support=2)
    engine = llamacpp.load(tiny_model("qwen3-flat"), wishes=Wishes(sequences=1))
    try:
        skill = write(llm.load(engine), known.families[0], known)
    finally:
        engine.close()
    assert skill.files == plain.files
    assert reasons(skill)[-1] == "writer: skill worded by the template writer, too much was refused"


def test_the_same_family_gives_the_same_bytes_and_the_version_follows_the_model() -> None:
    script = written(push_words(), commit_words())
    assert skill_from(script)[0] == skill_from(script)[0]
    one, other = scripted.load([script]), Scripted(lambda _: script, name="another", context=8192)
    assert llm.load(one).version != llm.load(other).version


@given(st.text() | st.from_regex(r"\{\"rules\": .*", fullmatch=True))
def test_no_answer_breaks_the_reading(text: str) -> None:
    found = read_answer(text, _OFFER)
    assert found.refused or found.rules


_OFFER = offered()
