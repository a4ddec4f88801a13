"""When a skill is to be used: what its description and its list of situations name."""

import msgspec

from t2s_local.writers.template import load
from tests.skill_corpus import evidence, family, file_of, pushes, stated


def test_names_of_people_in_tasks_are_no_triggers() -> None:
    told = [msgspec.structs.replace(item.lesson, task_ids=(f"t{number}",)) for number, item in enumerate(pushes(4))]
    runs = [
        msgspec.structs.replace(item.run, task=f"Push the branch for Jordan, part {n}.")
        for n, item in enumerate(pushes(4))
    ]
    subject = msgspec.structs.replace(family(told), candidates=("git-push",))
    known = evidence(runs, told)
    labelled = msgspec.structs.replace(known, labels={subject.clusters[0].id: ("jordan", "push", "branch")})
    skill = load().write(subject, labelled, taken=frozenset(), min_support=3)
    assert "jordan" not in skill.description.lower()
    assert "push" in skill.description.partition("Use when")[2]


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
