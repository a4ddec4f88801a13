"""The shortlist of a large library, and the order and the reasons of a ranking."""

import msgspec
import numpy as np

from t2s_local.embedders.hashing import load
from t2s_local.runs.using.making import VersionedSource, index_of
from t2s_local.skills.library.index.terms import terms
from t2s_local.skills.source import SkillSource
from t2s_local.stages.use.route.ranking import rank_skills, shortlist
from t2s_local.stages.use.route.scoring import score_skills

EMBEDDER = load(None)


def skill(name: str, description: str, rule: str = "Do it.") -> VersionedSource:
    text = f"---\nname: {name}\ndescription: {description}\n---\n\n- {rule}\n"
    return VersionedSource(SkillSource(name=name, raw={"SKILL.md": text.encode()}, sizes={"SKILL.md": len(text)}), name)


def test_twenty_skills_are_all_ranked_and_of_more_the_best_by_words_and_by_vectors() -> None:
    rising = np.arange(20, dtype=np.float32)
    assert shortlist(rising, rising).tolist() == list(range(20))
    many = np.arange(21, dtype=np.float32)
    assert shortlist(many, many).tolist() == list(range(11, 21))
    assert shortlist(many, -many).tolist() == [*range(10), *range(11, 21)]
    assert len(shortlist(np.zeros(500, np.float32), np.zeros(500, np.float32))) == 10


def test_the_skill_about_the_task_is_first_and_the_reason_names_shared_words() -> None:
    index = index_of(
        [skill("baking", "dough and ovens"), skill("git-push", "pushing commits to a remote")], {}, EMBEDDER
    )
    first, second = rank_skills(index, "Push the commit to the remote, please.", EMBEDDER)
    assert first.skill == "git-push"
    assert first.score > second.score
    assert "commit" in first.reason
    assert first.parts["tasks"] == 0.0


def test_tasks_behind_a_skill_say_more_than_its_text() -> None:
    texts = [skill("one", "general work"), skill("two", "general work")]
    tasks = {"one": ["count the pears in the cellar"], "two": ["paint the fence behind the barn"]}
    index = index_of(texts, tasks, EMBEDDER)
    assert [skill.n_tasks for skill in index.skills] == [1, 1]
    assert rank_skills(index, "paint the barn", EMBEDDER)[0].skill == "two"
    assert rank_skills(index, "count apples in the cellar", EMBEDDER)[0].skill == "one"


def test_the_least_score_comes_from_the_tasks_behind_the_skills() -> None:
    texts = [skill("one", "pears"), skill("two", "fences")]
    near = {"one": [f"count the pears in cellar {n}" for n in "abcde"]}
    far = {"one": ["pears", "kettle", "winter", "harbour", "violin"]}
    assert index_of(texts, near, EMBEDDER).least[0] > index_of(texts, far, EMBEDDER).least[0]
    assert list(index_of(texts, {}, EMBEDDER).least) == list(index_of(texts, {"one": ["pears"]}, EMBEDDER).least)


def test_tasks_that_are_alike_give_a_skill_a_higher_least_score() -> None:
    texts = [skill("alike", "pears"), skill("mixed", "fences"), skill("unknown", "boats")]
    tasks = {
        "alike": [f"count the pears in cellar number {n}" for n in "abcdefghijklmnop"],
        "mixed": ["violin", "kettle", "count pears", "count winters", "count pears in winter", "harbour in winter"],
    }
    index = index_of(texts, tasks, EMBEDDER)
    alike, mixed, unknown = map(float, index.least)
    assert mixed + 0.05 < alike <= 0.25 + 1e-6
    assert abs(unknown - index.min_score) < 1e-6


def test_a_skill_with_a_thousandfold_task_does_not_set_the_least_score_of_the_others() -> None:
    texts = [skill("often", "pears"), skill("seldom", "fences")]
    tasks = {
        "often": [f"count the pears in cellar number {n}" for n in range(60)],
        "seldom": ["violin", "kettle", "winter", "harbour"],
    }
    index = index_of(texts, tasks, EMBEDDER)
    assert index.least[1] < 0.1


def test_tasks_of_other_skills_raise_the_least_score_of_skills_without_tasks() -> None:
    texts = [skill("known", "pears"), skill("unknown", "counting pears in the cellar")]
    tasks = {"known": [f"count the pears in the cellar {n}" for n in "abcdef"]}
    assert index_of(texts, tasks, EMBEDDER).least[1] > index_of(texts, {}, EMBEDDER).least[1]


def test_a_skill_below_its_least_score_is_ranked_lower_and_the_others_stay() -> None:
    tasks = {"one": [f"count the pears in cellar {n}" for n in "abcdefgh"]}
    index = index_of([skill("one", "pears"), skill("two", "violins")], tasks, EMBEDDER)
    free = msgspec.structs.replace(index, least=np.zeros(2, np.float32))
    for task, is_lower in (("paint a fence near the cellar", True), ("count the pears in cellar z", False)):
        vector, words = EMBEDDER.embed([task])[0], terms(task)
        lowered, plain = (score_skills(one, vector, words).total for one in (index, free))
        assert bool(lowered[0] < plain[0]) is is_lower
        assert bool(plain[0] < index.least[0]) is is_lower
        assert lowered[1] == plain[1]
