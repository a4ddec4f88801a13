"""What users said holds at support 1, apart from what was inferred, and in languages no embedder knows."""

import msgspec
import numpy as np

from t2s_local import registry
from t2s_local.ports.services import Silent
from t2s_local.stages.compose.compose import Composed, compose
from t2s_local.stages.compose.said import said_apart
from t2s_local.stages.group.dedupe import dedupe
from t2s_local.stages.group.group import group
from t2s_local.values.lesson import LessonId
from t2s_local.values.trajectory import Trajectory
from t2s_local.writers.template import load
from tests.analysts.test_wishes import conversation
from tests.mining import lessons
from tests.skill_corpus import evidence, family, file_of, pushes

CHINESE = ("不要用 requests，统一用 httpx", "以后绝对不要提交 requests 的锁文件")


def composed(*runs: Trajectory, min_support: int = 3) -> Composed:
    known = evidence(runs, lessons(*runs, pattern="correction"))
    grouped = group(
        known,
        registry.load("t2s_local.embedders", "static").load(None),
        registry.load("t2s_local.clusterers", "auto").load(),
        Silent(),
    )
    return compose(grouped.families, known, load(), min_support=min_support, names={})


def test_what_one_user_said_once_is_told_whatever_support_is_asked_for() -> None:
    (skill,) = composed(conversation("we use httpx here, not requests"), min_support=9).skills
    rule = "1. We use httpx here, not requests, instead of `r = requests.get(url)`. (R1: 1 run)\n   - A user said so.\n"
    assert rule in file_of(skill, "SKILL.md")


def test_what_is_said_again_rises() -> None:
    runs = [
        conversation("we use httpx here, not requests", asked=f"fetch the rates of {place}")
        for place in ("Oslo", "Lima", "Kyoto")
    ]
    (skill,) = composed(*runs, conversation("Requests belong in a wrapper, never in the code.")).skills
    first, second = [line for line in file_of(skill, "SKILL.md").splitlines() if line.startswith(("1.", "2."))]
    assert first.endswith("(R1: 3 runs)")
    assert second.endswith("(R2: 1 run)")


def test_a_models_words_for_a_wish_do_not_make_it_need_more_runs() -> None:
    run = conversation("we use httpx here, not requests")
    (said,) = lessons(run, pattern="correction")
    reworded = msgspec.structs.replace(said, id=LessonId("m"), analyst="llm", do="Use httpx.")
    known = evidence([run], [said, reworded])
    (skill,) = compose([family([said, reworded])], known, load(), min_support=3, names={}).skills
    assert "We use httpx here, not requests" in file_of(skill, "SKILL.md")


def test_two_wishes_in_words_an_embedder_does_not_know_stay_two() -> None:
    (skill,) = composed(*map(conversation, CHINESE)).skills
    assert all(words in file_of(skill, "SKILL.md") for words in CHINESE)
    assert skill.support == 2


def test_words_of_users_are_a_family_of_their_own() -> None:
    run = conversation("we use httpx here, not requests")
    (said,) = lessons(run, pattern="correction")
    inferred = [item.lesson for item in pushes(3)]
    mixed = family(inferred, [said])
    known = evidence([run, *(item.run for item in pushes(3))], [*inferred, said])
    apart = said_apart([mixed], known)
    assert [[item.lesson_ids for item in one.clusters] for one in apart] == [
        [mixed.clusters[0].lesson_ids],
        [(said.id,)],
    ]


def test_words_of_users_stand_with_the_project_they_were_said_in() -> None:
    runs = [conversation("we use httpx here, not requests"), conversation("do not touch the generated files by hand")]
    said = lessons(*runs, pattern="correction")
    known = msgspec.structs.replace(
        evidence(runs, said), projects={run.id: name for run, name in zip(runs, ("shop", "till"), strict=True)}
    )
    apart = said_apart([family(*([lesson] for lesson in said))], known)
    assert sorted(str(known.project(one.clusters)) for one in apart) == ["shop", "till"]
    skills = compose(apart, known, load(), min_support=3, names={}).skills
    assert sorted(skill.name for skill in skills) == ["following-shop-conventions", "following-till-conventions"]
    assert all(" Use whenever working in the project " in skill.description for skill in skills)


def test_vectors_that_do_not_differ_make_no_duplicates_of_different_words() -> None:
    said = [lesson for words in CHINESE for lesson in lessons(conversation(words), pattern="correction")]
    vectors = np.zeros((2, 8), np.float32)
    vectors[:, 0] = 1.0
    assert len(dedupe(said, vectors).kept) == 2
