"""Addresses in a skill: those that a person, a task or two runs name are links, any other is cut."""

import msgspec

from t2s_local.stages.compose.compose import compose
from t2s_local.writers.template import load
from tests.skill_corpus import evidence, family, recovery

ADDRESS = "https://hub.example/encoder/4"


def written(*, known: frozenset[str] = frozenset(), asked: str = "") -> str:
    told = [
        recovery(
            f"Set the tool {place} up {asked}".strip(),
            "acme sync",
            "acme: nothing to load",
            f"acme load part-{place}",
            when="`acme` stops with “acme: nothing to load”",
            do=f"Run `acme load {ADDRESS}`.",
            number=90 + place,
        )
        for place in range(3)
    ]
    group = family([one.lesson for one in told])
    facts = evidence((one.run for one in told), (one.lesson for one in told), (group,))
    facts = msgspec.structs.replace(facts, addresses=known)
    found = compose((group,), facts, load(), min_support=3, names={})
    return "\n".join(file.text for skill in found.skills for file in skill.files)


def test_an_address_that_nobody_is_known_to_have_named_is_cut() -> None:
    assert "hxxps://hub.example/encoder/4" in written()


def test_one_that_a_person_or_an_agent_named_itself_stays_as_it_is() -> None:
    assert f"`acme load {ADDRESS}`" in written(known=frozenset({ADDRESS}))


def test_one_that_the_task_names_stays_as_it_is() -> None:
    assert f"`acme load {ADDRESS}`" in written(asked=f"from {ADDRESS}")
