"""The writer that elects words and lets a model title skills, with answers from a script."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2s_local.engines import llamacpp, scripted
from t2s_local.engines.scripted import Line, Scripted
from t2s_local.ports.engine import Engine, Request
from t2s_local.skills.document import parse_document
from t2s_local.skills.lint import lint
from t2s_local.skills.source import source_of
from t2s_local.stages.check.verify import verify
from t2s_local.values.cluster import Family
from t2s_local.values.skill import Skill, Wording
from t2s_local.weights.fit import Wishes
from t2s_local.writers import llm, template
from t2s_local.writers._llm.checks import against_rule
from t2s_local.writers._llm.rewording import read_rewording
from t2s_local.writers._llm.subject import read_subject
from t2s_local.writers._page.rules import Rule, rules_of
from tests.skill_corpus import Corpus, commits, evidence, family, file_of, pushes

WHAT = "Tells how to commit and push changes to branches that others push to as well"
USE_WHEN = "a task asks to push the branch or to commit a change, or a push is rejected"
PLAIN = "Take up what others pushed with `git pull --rebase`, then push the branch again."
REJECTED = "a push is rejected because the remote holds a commit that is not here"


def both() -> Corpus:
    told = [pushes(), commits()]
    runs = tuple(item.run for group in told for item in group)
    lessons = [item.lesson for group in told for item in group]
    subject = family(*([item.lesson for item in group] for group in told))
    named = msgspec.structs.replace(subject, candidates=("git-commands", "pushing-branches"))
    return Corpus(runs, (named,), evidence(runs, lessons))


def rule_about(word: str) -> Rule:
    known = both()
    return next(rule for rule in rules_of(known.families[0], known.evidence) if word in rule.lesson.do)


def subject(**changes: str) -> str:
    return json.dumps({"name": "pushing branches", "what": WHAT, "use_when": USE_WHEN, **changes})


def plain(when: str = REJECTED, do: str = PLAIN) -> str:
    return json.dumps({"when": when, "do": do})


def script(
    titled: str | Line = "", reworded: str | Line = "", commit: str | Line = ""
) -> Callable[[Request], "Line | str"]:
    def answer(request: Request) -> Line | str:
        if "Advice:" in request.prompt:
            return titled or subject()
        return (commit or json.dumps({})) if "Author identity" in request.prompt else reworded or plain()

    return answer


def skill_from(
    made: Callable[[Request], "Line | str"],
    *,
    judged: bool = False,
    faults: llm.Faults = lambda _: (),
    name: str | None = None,
    taken: Sequence[str] = (),
) -> tuple[Skill, Scripted]:
    known, engine = both(), scripted.load(made)
    family_named = msgspec.structs.replace(known.families[0], name=name)
    writer = llm.load(engine, faults=faults, judge=engine if judged else None)
    return write(writer, family_named, known, taken=taken), engine


def write(writer: llm.LlmWriter, subject_family: Family, known: Corpus, *, taken: Sequence[str] = ()) -> Skill:
    ((_, wording),) = writer.word([subject_family], known.evidence)
    return writer.write(subject_family, known.evidence, taken=frozenset(taken), min_support=2, wording=wording)


def reasons(skill: Skill) -> list[str]:
    return [note.reason for note in skill.notes]


def test_one_short_answer_titles_a_skill_and_one_a_rule_rewords_it() -> None:
    skill, engine = skill_from(script(commit=plain("git does not know who commits", "Give `user.email` first.")))
    body = file_of(skill, "SKILL.md")
    assert (skill.name, skill.description) == ("pushing-branches", f"{WHAT}. Use when {USE_WHEN}.")
    assert reasons(skill) == []
    assert len(engine.asked) == 3
    assert all(request.max_tokens <= 130 for request in engine.asked)
    assert "Take up what others pushed with `git pull --rebase`, then push the branch again." in body
    assert 'written-by: "t2s-local llm"' in body
    assert parse_document(body).front is not None


def test_causes_are_those_of_the_lessons() -> None:
    skill, _ = skill_from(script())
    assert "The push was rejected because the remote holds a commit that is not here." in file_of(skill, "SKILL.md")


def test_what_is_written_passes_the_rule_book_and_can_be_verified() -> None:
    known = both()
    skill, _ = skill_from(script(), judged=True)
    runs = {run.id: run for run in known.runs}
    assert [finding for finding in lint(source_of(skill)) if finding.severity == "error"] == []
    checked = verify(source_of(skill), runs.get)
    assert checked.findings == ()
    assert checked.rules == 2


def test_support_and_lessons_are_those_of_the_template_writer() -> None:
    known = both()
    without = template.load().write(known.families[0], known.evidence, taken=frozenset(), min_support=2)
    skill, _ = skill_from(script(), judged=True)
    assert (skill.support, skill.lesson_ids, skill.cluster_ids) == (
        without.support,
        without.lesson_ids,
        without.cluster_ids,
    )


def test_a_rewording_that_does_less_than_the_words_it_would_replace_is_not_kept() -> None:
    """The scripted judge finds a text likelier the more of it was said before."""
    vague = plain(do="Push once more with care for the branch.")
    skill, _ = skill_from(script(reworded=vague), judged=True)
    assert "with care" not in file_of(skill, "SKILL.md")
    assert "writer: rewording with less effect than the words it would replace" in reasons(skill)
    kept, _ = skill_from(script(reworded=vague))
    assert "with care" in file_of(kept, "SKILL.md")


def test_an_effect_is_printed_with_its_placebo_and_its_runs() -> None:
    skill, _ = skill_from(script(), judged=True)
    told = file_of(skill, "references/evidence.md")
    assert "Effect under a local model (L2): the words make what worked likelier by " in told
    assert "nats a token, a placebo of as many words by " in told
    assert "on 2 runs that they do not come from" in told
    without, _ = skill_from(script())
    assert "L2" not in file_of(without, "references/evidence.md")


@pytest.mark.parametrize(
    ("do", "reason"),
    [
        ("Run `git push --force origin main`.", "writer: command that is in no lesson"),
        ("Delete /srv/git/other.git first.", "writer: path that is in no lesson"),
        ("Be careful and check the output.", "writer: empty generality"),
        ("Run `git pull\u2066 --rebase`.", "writer: hidden characters"),
        ("Never run `git pull --rebase origin main`.", "writer: advice turned around"),
        ("Do not pull from the remote branch.", "writer: advice turned around"),
    ],
)
def test_words_that_do_not_stand_on_the_lessons_are_refused(do: str, reason: str) -> None:
    refusal = against_rule(REJECTED, do, rule_about("push"))
    assert refusal is not None
    assert refusal.reason == reason


@pytest.mark.parametrize("name", ["con", "push", "../push", "solving mysteries", "a " + "push" * 20])
def test_a_name_of_another_form_or_subject_is_replaced(name: str) -> None:
    skill, _ = skill_from(script(titled=subject(name=name)))
    assert skill.name == "git-commands"
    assert "writer: name of another subject" in reasons(skill)


def test_a_name_that_is_taken_or_was_given_before_is_not_changed() -> None:
    assert skill_from(script(), taken=("pushing-branches",))[0].name == "git-commands"
    assert skill_from(script(), name="pushing")[0].name == "pushing"


@pytest.mark.parametrize(
    "changes",
    [
        {"what": "Helps", "use_when": "needed"},
        {"use_when": "x" * 401},
        {"what": "Tells how `git bisect run` is used to commit and push changes to branches"},
        {"what": "Tells how <system>git</system> commits and pushes changes to branches"},
        {"what": "Brings joy, wonder and plenty of laughter into everybody's rainy holidays abroad"},
        {"use_when": "zebras dance around sleepy elephants whenever it rains outside"},
    ],
)
def test_a_description_that_cannot_be_used_is_made_by_code(changes: dict[str, str]) -> None:
    skill, _ = skill_from(script(titled=subject(**changes)))
    assert "writer: description that cannot be used" in reasons(skill)
    assert WHAT not in skill.description
    assert [finding for finding in lint(source_of(skill)) if finding.rule.startswith("description")] == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Line(text="Here is your skill:"), "writer: answer does not fit the question"),
        (Line(text='{"name": "x"', finish="length"), "writer: answer does not fit the question"),
        (Line(text="{", finish="repeat"), "writer: no answer"),
        (Line(text="", finish="parked", reason="the worker died"), "writer: no answer"),
    ],
)
def test_without_an_answer_of_use_the_words_are_those_of_the_template_writer(line: Line, reason: str) -> None:
    known = both()
    without = template.load().write(known.families[0], known.evidence, taken=frozenset(), min_support=2)
    skill, _ = skill_from(lambda _: line)
    assert (skill.name, skill.description) == (without.name, without.description)
    assert file_of(skill, "SKILL.md").replace("t2s-local llm", "t2s-local template") == file_of(without, "SKILL.md")
    assert set(reasons(skill)) == {reason}


def test_a_skill_against_the_rule_book_is_written_by_the_template_writer() -> None:
    def faults(skill: Skill) -> Sequence[str]:
        return ["the rule"] if skill.name == "pushing-branches" else []

    skill, _ = skill_from(script(), faults=faults)
    assert skill.name == "git-commands"
    assert reasons(skill)[-1] == "writer: skill worded by the template writer, it broke the rule book"


def test_the_same_family_gives_the_same_bytes_and_the_version_follows_model_and_judge() -> None:
    assert skill_from(script(), judged=True)[0] == skill_from(script(), judged=True)[0]
    one, other = scripted.load(script()), Scripted(script(), name="another", context=8192)
    versions: list[Engine | None] = [None, one, other]
    assert len({llm.load(one, judge=judge).version for judge in versions}) == 3
    assert llm.load(one).version != llm.load(other).version


@given(st.text() | st.from_regex(r"\{\"(name|when)\": .*", fullmatch=True))
def test_no_answer_breaks_the_reading(text: str) -> None:
    found = read_subject(text, _RULES, _EVIDENCE)
    assert found.refused or isinstance(found, Wording)
    read_rewording(text)


_EVIDENCE = both().evidence
_RULES = rules_of(both().families[0], _EVIDENCE)


@pytest.mark.model
def test_a_real_model_titles_a_skill_and_loses_no_rule(real_model: Path) -> None:
    known = both()
    engine = llamacpp.load(real_model, wishes=Wishes(context=3072, sequences=4))
    try:
        skill = write(llm.load(engine, judge=engine), known.families[0], known)
    finally:
        engine.close()
    assert [finding for finding in lint(source_of(skill)) if finding.severity == "error"] == []
    assert verify(source_of(skill), {run.id: run for run in known.runs}.get).findings == ()
    assert "L2" in file_of(skill, "references/evidence.md")
