"""A model words many families together: the batch does not show, and what was worded is kept."""

import json
from collections.abc import Iterable, Iterator

import msgspec
import pytest

from t2s_local.engines import scripted
from t2s_local.engines.scripted import Line, Scripted
from t2s_local.errors import InterruptedRunError
from t2s_local.ports.engine import Completion, Request
from t2s_local.ports.services import Silent
from t2s_local.stages.compose.compose import compose
from t2s_local.stages.compose.wording import worded
from t2s_local.values.skill import Wording
from t2s_local.workspace.memory import MemoryStore
from t2s_local.writers import llm
from tests.skill_corpus import Corpus, corpus, file_of

WHAT = "Tells what to do about commands that were refused in recorded runs, with the way out"


def restating(request: Request) -> str:
    """Answer with the words of the rule and of the tasks."""
    lines = dict(line.partition(": ")[::2] for line in request.prompt.splitlines() if ": " in line)
    if "Rule" in lines:
        when, _, do = lines["Rule"].removeprefix("when ").partition(": ")
        return json.dumps({"when": when, "do": f"{do} Then go on."})
    return json.dumps({"name": "no name", "what": WHAT, "use_when": lines.get("Asked for", "") + " and the like of it"})


class AllAtOnce(Scripted):
    """Takes every request before it answers the first, and answers the last one first."""

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        yield from reversed(list(super().complete(requests)))


class Impatient(Silent):
    """Wants the run to stop as soon as something is done."""

    def __init__(self) -> None:
        self.is_stopping = False

    def step(self, n: int = 1, *, n_remembered: int = 0, n_refused: int = 0) -> None:
        self.is_stopping = True


@pytest.fixture(scope="module")
def known() -> Corpus:
    found = corpus()
    named = tuple(msgspec.structs.replace(item, candidates=("some-subject",)) for item in found.families)
    return Corpus(found.runs, named, found.evidence)


def words_of(engine: Scripted, known: Corpus) -> dict[str, Wording]:
    return dict(worded(known.families, known.evidence, llm.load(engine), memory=None, progress=None).known)


def test_every_family_is_handed_over_before_the_first_answer(known: Corpus) -> None:
    engine = AllAtOnce(restating, name="restating", context=8192)
    words = words_of(engine, known)
    assert len(known.families) > 2
    assert words.keys() == {item.id for item in known.families}
    assert any(wording.rules for wording in words.values())


def test_who_is_asked_together_does_not_show(known: Corpus) -> None:
    together = words_of(AllAtOnce(restating, name="restating", context=8192), known)
    alone: dict[str, Wording] = {}
    for item in known.families:
        alone |= words_of(Scripted(restating, name="restating", context=8192), Corpus((), (item,), known.evidence))
    assert together == alone


def test_what_was_worded_before_a_stop_is_kept_and_only_the_rest_is_asked(known: Corpus) -> None:
    shelf, engine = MemoryStore(), Scripted(restating, name="restating", context=8192)
    with pytest.raises(InterruptedRunError):
        worded(known.families, known.evidence, llm.load(engine), memory=shelf, progress=Impatient())
    n_done = len(shelf.items)
    assert 0 < n_done < len(known.families)
    again = worded(known.families, known.evidence, llm.load(engine), memory=shelf, progress=None)
    assert len({request.id for request in engine.asked}) == len(engine.asked)
    assert len(known.families) == len(shelf.items)
    assert again.known == words_of(Scripted(restating, name="restating", context=8192), known)


def test_a_finished_family_is_not_asked_again_and_a_changed_one_is(known: Corpus) -> None:
    shelf, engine = MemoryStore(), Scripted(restating, name="restating", context=8192)
    skills = [
        compose(known.families, known.evidence, llm.load(engine), min_support=3, names={}, memory=shelf).skills
        for _ in range(2)
    ]
    assert skills[0] == skills[1]
    asked = len(engine.asked)
    changed = next(iter(known.families[0].clusters[0].lesson_ids))
    lesson = msgspec.structs.replace(known.evidence.lessons[changed], because="the remote was ahead")
    grown = msgspec.structs.replace(known.evidence, lessons={**known.evidence.lessons, changed: lesson})
    compose(known.families, grown, llm.load(engine), min_support=3, names={}, memory=shelf)
    new = {request.id.partition("-")[0] for request in engine.asked[asked:]}
    assert len(new) == 1


def test_the_words_of_the_model_stand_in_skills_and_no_lesson_is_lost(known: Corpus) -> None:
    engine = scripted.load([Line(text="", finish="parked", reason="gone")])
    plain = compose(known.families, known.evidence, llm.load(engine), min_support=3, names={}).skills
    told = Scripted(restating, name="restating", context=8192)
    skills = compose(known.families, known.evidence, llm.load(told), min_support=3, names={}).skills
    assert [skill.lesson_ids for skill in skills] == [skill.lesson_ids for skill in plain]
    assert any("Then go on." in file_of(skill, "SKILL.md") for skill in skills)
    assert not any("Then go on." in file_of(skill, "SKILL.md") for skill in plain)


def test_without_time_families_are_left_for_a_later_run(known: Corpus) -> None:
    shelf, engine = MemoryStore(), Scripted(restating, name="restating", context=8192)
    time_left = iter([True])
    found = worded(
        known.families,
        known.evidence,
        llm.load(engine),
        memory=shelf,
        progress=None,
        may_ask=lambda: next(time_left, False),
    )
    assert (len(found.known), found.n_left, len(shelf.items)) == (1, len(known.families) - 1, 1)


def test_a_family_whose_question_got_no_answer_is_asked_again(known: Corpus) -> None:
    shelf, gone = MemoryStore(), scripted.load([Line(text="", finish="parked", reason="gone")])
    found = worded(known.families, known.evidence, llm.load(gone), memory=shelf, progress=None)
    assert found.n_left == len(known.families)
    assert not shelf.items
