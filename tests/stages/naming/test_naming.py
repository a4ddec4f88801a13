"""Names: of the subject, usable everywhere, and the same when the input grows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2s_local.skills.lint import lint
from t2s_local.skills.source import SkillSource
from t2s_local.stages.group.subjects.regroup import join_subjects, part, rehome
from t2s_local.stages.naming.naming import is_usable, keep_names, labels, name_families
from tests.skill_corpus import Corpus, archives, commits, corpus, edits, evidence, family, stated


@pytest.fixture(scope="module")
def runs() -> Corpus:
    return corpus()


def test_each_subject_gets_a_name_of_its_own_terms(runs: Corpus) -> None:
    named = name_families(runs.families, runs.evidence, known={})
    best = [one.candidates[0] for one in named]
    assert best == ["using-git", "editing-files", "using-tar", "cancelling-reservations"]


def test_every_candidate_is_usable_as_a_folder_and_as_a_name(runs: Corpus) -> None:
    for one in name_families(runs.families, runs.evidence, known={}):
        assert all(is_usable(name) for name in one.candidates)
        assert len(set(one.candidates)) == len(one.candidates)


@given(st.text(st.sampled_from("abcn1-ul oñA."), max_size=70))
def test_what_is_usable_passes_the_rules_on_names(name: str) -> None:
    text = f"---\nname: {name}\n---\nx\n".encode()
    source = SkillSource(name=name, raw={"SKILL.md": text}, sizes={"SKILL.md": len(text)})
    if is_usable(name):
        assert not {"name-form", "name-device", "name-folder"} & {finding.rule for finding in lint(source)}


@pytest.mark.parametrize(
    "name",
    ["con", "nul", "com1", "LPT1", "Git-Push", "a--b", "-ab", "ab-", "größe", "a b", "a" * 65, "ab", "using-claude"],
)
def test_what_cannot_be_a_folder_everywhere_is_not_usable(name: str) -> None:
    assert not is_usable(name)


def test_labels_tell_one_cluster_from_the_others(runs: Corpus) -> None:
    clusters = [cluster for one in runs.families for cluster in one.clusters]
    found = labels(clusters, runs.evidence)
    assert "push" in found[clusters[0].id][:4]
    assert "reservation" in found[clusters[-1].id][:4]
    assert not set(found[clusters[0].id][:4]) & set(found[clusters[-1].id][:4])


def test_the_order_of_families_does_not_show(runs: Corpus) -> None:
    there = {one.id: one for one in name_families(runs.families, runs.evidence, known={})}
    back = {one.id: one for one in name_families(runs.families[::-1], runs.evidence, known={})}
    assert there == back


def test_families_of_one_name_become_one() -> None:
    told = archives(6)
    known = evidence([item.run for item in told], [item.lesson for item in told])
    halves = [family([item.lesson for item in half]) for half in (told[:3], told[3:])]
    joined = join_subjects(halves, known)
    assert [sorted(cluster.id for cluster in one.clusters) for one in joined] == [
        sorted(cluster.id for half in halves for cluster in half.clusters)
    ]
    assert joined == join_subjects(halves[::-1], known)


def test_a_subject_keeps_its_name_when_the_input_grows() -> None:
    before = {"a": frozenset("1234567890"), "b": frozenset("xyz")}
    known = {"first": tuple("1234567890"), "second": tuple("xyz")}
    grown = {"a2": before["a"] | {"new"}, "b2": before["b"] | {"other"}, "c": frozenset({"fresh"})}
    assert keep_names(grown, known) == {"a2": "first", "b2": "second"}


def test_a_name_goes_to_the_half_that_kept_more_of_its_lessons() -> None:
    now = {"small": frozenset("89"), "large": frozenset("1234567")}
    assert keep_names(now, {"first": tuple("123456789")}) == {"large": "first"}


def test_two_subjects_that_became_one_leave_one_name_unused() -> None:
    now = {"both": frozenset("123456xyz")}
    assert keep_names(now, {"first": tuple("123456"), "second": tuple("xyz")}) == {"both": "first"}


def test_a_subject_that_shares_little_gets_no_old_name() -> None:
    assert keep_names({"a": frozenset("1abcdefg")}, {"first": tuple("1234567890")}) == {}


@pytest.mark.parametrize("turned", [False, True])
def test_a_small_subject_that_became_part_of_a_larger_one_passes_on_no_name(*, turned: bool) -> None:
    small, large = ("1", "123456") if not turned else ("123456", "1")
    assert keep_names({"a": frozenset(large)}, {"one-rule": tuple(small)}) == {}


def test_a_subject_whose_lessons_doubled_keeps_its_name() -> None:
    assert keep_names({"a": frozenset("123456")}, {"first": tuple("123")}) == {"a": "first"}


def test_families_without_a_name_in_common_stay_apart(runs: Corpus) -> None:
    assert len(join_subjects(runs.families, runs.evidence)) == len(runs.families)


def test_a_rule_moves_to_the_skill_whose_subject_it_is_about() -> None:
    told, strays = archives(4), edits(3)
    lessons = [item.lesson for item in (*told, *strays)]
    known = evidence([item.run for item in (*told, *strays)], lessons)
    mixed = family(lessons[:4], [strays[0].lesson])
    own = family([item.lesson for item in strays[1:]])
    moved = {
        len(one.clusters): {key for cluster in one.clusters for key in cluster.lesson_ids}
        for one in rehome([mixed, own], known)
    }
    assert moved == {1: {one.id for one in lessons[:4]}, 2: {item.lesson.id for item in strays}}


def test_a_family_no_name_fits_is_parted_into_procedures_and_subjects() -> None:
    told = [*archives(3), *edits(6), *commits(3)]
    order = stated(
        [item.run for item in told],
        "the work ends in `make`",
        "Work in this order: `make`, then `make check`.",
        None,
        "sequence",
        parts=[],
        polarity="success",
    )
    groups = [[item.lesson for item in told[at : at + 3]] for at in (0, 3, 6, 9)]
    known = evidence([item.run for item in told], [*(item.lesson for item in told), order])
    parted = part([family(*groups, [order])], known)
    there = {frozenset(key for cluster in one.clusters for key in cluster.lesson_ids) for one in parted}
    assert there == {
        frozenset({order.id}),
        frozenset(item.lesson.id for item in archives(3)),
        frozenset(item.lesson.id for item in edits(6)),
        frozenset(item.lesson.id for item in commits(3)),
    }
    assert part([family(groups[0])], known) == (family(groups[0]),)


def test_a_rule_that_shares_no_name_with_the_others_leaves_though_their_name_fits_the_family() -> None:
    told = [*archives(12), *edits(3)]
    lessons = [item.lesson for item in told]
    known = evidence([item.run for item in told], lessons)
    mixed = family(lessons[:6], lessons[6:12], lessons[12:])
    there = [{key for cluster in one.clusters for key in cluster.lesson_ids} for one in part([mixed], known)]
    assert there == [{one.id for one in lessons[:12]}, {one.id for one in lessons[12:]}]


def test_parts_of_two_families_that_are_about_one_thing_are_joined() -> None:
    told = [*archives(6), *edits(6), *commits(6)]
    lessons = [item.lesson for item in told]
    known = evidence([item.run for item in told], lessons)
    mixed = [family(lessons[at : at + 3], lessons[at + 6 : at + 9], lessons[at + 12 : at + 15]) for at in (0, 3)]
    parted = part(mixed, known)
    assert len(parted) == 6
    assert len(join_subjects(parted, known)) == 3
