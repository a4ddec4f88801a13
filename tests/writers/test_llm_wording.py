"""A model words many families together: the batch does not show, and what was worded is kept."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

from t2s_local.engines import llamacpp, scripted
from t2s_local.engines.scripted import Line, Scripted
from t2s_local.errors import InterruptedRunError
from t2s_local.ports.engine import Completion, Request
from t2s_local.ports.services import Silent
from t2s_local.stages.compose.compose import compose
from t2s_local.stages.compose.wording import worded
from t2s_local.values.skill import Wording
from t2s_local.weights.fit import Wishes
from t2s_local.workspace.memory import MemoryStore
from t2s_local.writers import llm
from t2s_local.writers._llm.answer import refusal_rate
from t2s_local.writers._llm.offer import offer
from t2s_local.writers._page.rules import rules_of
from tests.skill_corpus import Corpus, corpus, file_of

DESCRIPTION = (
    "Says what to do about commands that were refused in recorded runs of this kind, with the way out of each. "
    "Use when a task asks to push a branch, commit a change or unpack an archive."
)


def restating(request: Request) -> str:
    """Answer with the words of the first lesson of every rule."""
    code = request.prompt.split()[0]
    rules = []
    for block in re.split(rf"^{code} rule ", request.prompt, flags=re.MULTILINE)[1:]:
        said = dict(re.findall(r"^(L\d+ (?:when|do|because)): (.*)$", block, re.MULTILINE))
        label = next(iter(said)).split()[0]
        do = said[f"{label} do"]
        rules.append(
            {
                "lessons": [label],
                "section": "never" if do.startswith("Do not") else "gotcha",
                "when": said[f"{label} when"],
                "do": f"{do} Then go on.",
                "because": said.get(f"{label} because", "it was refused"),
            }
        )
    return json.dumps({"rules": rules, "name": "no name", "description": DESCRIPTION})


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
    return dict(worded(known.families, known.evidence, llm.load(engine), memory=None, progress=None))


def test_every_family_is_handed_over_before_the_first_answer(known: Corpus) -> None:
    engine = AllAtOnce(restating, name="restating", context=8192)
    words = words_of(engine, known)
    assert len(known.families) > 2
    assert words.keys() == {item.id for item in known.families}
    assert all(refusal_rate(wording) == 0 for wording in words.values())


def test_who_is_asked_together_does_not_show(known: Corpus) -> None:
    together = words_of(AllAtOnce(restating, name="restating", context=8192), known)
    alone: dict[str, Wording] = {}
    for item in known.families:
        alone |= words_of(Scripted(restating, name="restating", context=8192), Corpus((), (item,), known.evidence))
    assert together == alone


def test_a_bad_answer_is_asked_again_beside_the_others(known: Corpus) -> None:
    first = min(item.id for item in known.families)

    def script(request: Request) -> str:
        return "no" if request.id == f"{first}-0" else restating(request)

    engine = AllAtOnce(script, name="s", context=8192)
    words = words_of(engine, known)
    assert len(engine.asked) == len(known.families) + 1
    assert engine.asked[-1].id == f"{first}-1"
    assert words == words_of(Scripted(restating, name="restating", context=8192), known)


def test_llama_cpp_words_a_batch_as_it_words_each_alone(tiny_model: Callable[[str], Path], known: Corpus) -> None:
    engine = llamacpp.load(tiny_model("qwen3-flat"), wishes=Wishes(threads=1))
    try:
        texts = [_texts(engine, known, chosen) for chosen in (known.families, known.families[:1])]
    finally:
        engine.close()
    first = known.families[0].id
    assert texts[0][first] == texts[1][first] != ""


def _texts(engine: llamacpp.LlamaCpp, known: Corpus, chosen: tuple[object, ...]) -> dict[str, str]:
    """What the model says of each family, by id: short, since most of what random weights say is refused anyway."""
    requests = []
    for item in known.families[: len(chosen)]:
        rules = rules_of(item, known.evidence)
        prompt = offer(rules, item, known.evidence, room=3_000, count=engine.count_tokens).prompt
        requests.append(Request(id=item.id, prefix="Write.", prompt=prompt, max_tokens=40, temperature=0.3))
    return {done.request_id: done.text for done in engine.complete(requests)}


def test_what_was_worded_before_a_stop_is_kept_and_only_the_rest_is_asked(known: Corpus) -> None:
    shelf, engine = MemoryStore(), Scripted(restating, name="restating", context=8192)
    with pytest.raises(InterruptedRunError):
        worded(known.families, known.evidence, llm.load(engine), memory=shelf, progress=Impatient())
    n_done = len(shelf.items)
    assert 0 < n_done < len(known.families)
    again = worded(known.families, known.evidence, llm.load(engine), memory=shelf, progress=None)
    assert len(engine.asked) == len(known.families) == len(shelf.items)
    assert again == words_of(Scripted(restating, name="restating", context=8192), known)


def test_a_finished_family_is_not_asked_again_and_a_changed_one_is(known: Corpus) -> None:
    shelf, engine = MemoryStore(), Scripted(restating, name="restating", context=8192)
    skills = [
        compose(known.families, known.evidence, llm.load(engine), min_support=3, names={}, memory=shelf).skills
        for _ in range(2)
    ]
    assert skills[0] == skills[1]
    asked = len(engine.asked)
    assert asked == len(skills[0])
    changed = next(iter(known.families[0].clusters[0].lesson_ids))
    lesson = msgspec.structs.replace(known.evidence.lessons[changed], because="the remote was ahead")
    grown = msgspec.structs.replace(known.evidence, lessons={**known.evidence.lessons, changed: lesson})
    compose(known.families, grown, llm.load(engine), min_support=3, names={}, memory=shelf)
    assert len(engine.asked) == asked + 1


def test_the_words_of_the_model_stand_in_every_skill(known: Corpus) -> None:
    engine = scripted.load([Line(text="", finish="parked", reason="gone")])
    plain = compose(known.families, known.evidence, llm.load(engine), min_support=3, names={}).skills
    told = Scripted(restating, name="restating", context=8192)
    skills = compose(known.families, known.evidence, llm.load(told), min_support=3, names={}).skills
    assert [skill.lesson_ids for skill in skills] == [skill.lesson_ids for skill in plain]
    assert all("Then go on." in file_of(skill, "SKILL.md") for skill in skills)
    assert not any("Then go on." in file_of(skill, "SKILL.md") for skill in plain)
