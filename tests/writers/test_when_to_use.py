"""When a skill is to be used: what its description and its list of situations name."""

import msgspec

from t2s_local.ports.writer import Requests
from t2s_local.writers.template import load
from tests.skill_corpus import evidence, family, file_of, pushes, stated


def described(asked: Requests) -> tuple[str, str]:
    """The description and the first situation of a skill whose tasks ask for this."""
    told = pushes(3)
    subject = msgspec.structs.replace(family([item.lesson for item in told]), candidates=("pushing-branches",))
    known = evidence([item.run for item in told], [item.lesson for item in told])
    skill = load().write(
        subject, msgspec.structs.replace(known, requests={subject.id: asked}), taken=frozenset(), min_support=3
    )
    return skill.description, file_of(skill, "SKILL.md").partition("## When to use\n\n- ")[2].partition("\n")[0]


def test_what_tasks_ask_for_is_said_in_a_clause() -> None:
    asked = Requests(things=("flights", "reservations"), actions=("cancel",), example="Please cancel my flight.")
    description, first = described(asked)
    assert "Use when asked to cancel flights or reservations (“Please cancel my flight”), or when" in description
    assert first == "You are asked to cancel flights or reservations."
    assert "Use when asked about flights, or when" in described(Requests(things=("flights",)))[0]
    assert "Use when asked about orders, or when" in described(Requests(objects=("orders",)))[0]
    assert "Use when working on Python code, or when" in described(Requests(languages=("python",)))[0]
    assert "Use when asked something like “Go on”, or when" in described(Requests(example="Go on."))[0]


def test_where_tasks_share_nothing_nothing_is_said_of_them() -> None:
    description, first = described(Requests())
    assert "asked" not in description
    assert first.startswith("You are about to use")


def test_a_situation_that_only_names_its_tools_is_not_listed_beside_them() -> None:
    told = pushes(3)
    runs = [item.run for item in told]
    steps = stated(
        runs,
        "with `pay` or `refund`",
        "Pay once.",
        "3 calls in 3 runs were refused so",
        "policy",
        parts=[(1, "action", "git push origin main")],
        polarity="success",
    )
    subject = msgspec.structs.replace(family([steps]), candidates=("paying",))
    body = file_of(load().write(subject, evidence(runs, [steps]), taken=frozenset(), min_support=3), "SKILL.md")
    listed = body.partition("## When to use")[2].partition("##")[0]
    assert "- With" not in listed
    assert "You are about to use `pay` or `refund`." in listed
    assert "With `pay` or `refund`" in body
