"""Families of one domain are one: told by tools, runs and programs, never by words."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from t2s_local.ports.writer import Background
from t2s_local.stages.group.subjects.domains import joined_by_domain
from t2s_local.stages.naming.domains import domain_names, programs_of
from t2s_local.stages.naming.rule_names.rule_names import RuleNames
from t2s_local.values.cluster import Family
from tests.skill_corpus import Told, archives, commits, edits, evidence, family, pushes


def known(
    *groups: list[Told], tools: Mapping[int, tuple[str, ...]] = MappingProxyType({})
) -> tuple[list[Family], Background]:
    """A family for each group, and what its runs call, by the number of the group."""
    whole = evidence(
        [item.run for group in groups for item in group], [item.lesson for group in groups for item in group]
    )
    called = {item.run.id: tools.get(number, ("bash",)) for number, group in enumerate(groups) for item in group}
    return [family([item.lesson for item in group]) for group in groups], msgspec.structs.replace(whole, tools=called)


def sizes(families: list[Family], background: Background) -> list[int]:
    return sorted(len(one.clusters) for one in joined_by_domain(families, background))


def test_rules_whose_runs_call_the_same_tools_are_one_subject() -> None:
    tools = {0: ("send_email", "search_emails"), 1: ("search_emails", "create_event"), 2: ("pay_bill", "list_bills")}
    families, background = known(pushes(3), commits(3), archives(3), tools=tools)
    assert sizes(families, background) == [1, 2]


def test_where_all_runs_use_a_shell_the_programs_of_the_rules_tell() -> None:
    families, background = known(pushes(3), commits(3), archives(3))
    assert sizes(families, background) == [1, 2]
    assert [programs_of(one.clusters[0], background) for one in families] == [{"git"}, {"git"}, {"tar"}]


def test_rules_of_one_project_join_and_those_of_two_do_not() -> None:
    families, background = known(pushes(3), archives(3))
    runs = list(background.outcomes)
    one = msgspec.structs.replace(background, projects=dict.fromkeys(runs, "shop"))
    assert sizes(families, one) == [2]
    apart = msgspec.structs.replace(
        background, projects={run: "shop" if at < 3 else "till" for at, run in enumerate(runs)}
    )
    assert sizes(families, apart) == [1, 1]


def test_the_order_of_families_does_not_show() -> None:
    families, background = known(pushes(3), commits(3), archives(3), edits(3))
    assert joined_by_domain(families, background) == joined_by_domain(families[::-1], background)


def test_a_subject_is_named_after_what_most_of_its_tools_work_on() -> None:
    tools = {0: ("book_reservation",), 1: ("cancel_reservation", "think")}
    families, background = known(pushes(3), commits(3), tools=tools)
    clusters = [one.clusters[0] for one in families]
    without = {key: msgspec.structs.replace(lesson, tools=()) for key, lesson in background.lessons.items()}
    bare = msgspec.structs.replace(background, lessons=without)
    assert domain_names(clusters, bare, RuleNames())[0] == "managing-reservations"


def in_projects(background: Background, *projects: str | None) -> Background:
    """Give three runs each to the *projects*, in order; None for a project that no recording states."""
    of = {run: projects[at // 3] for at, run in enumerate(background.outcomes)}
    return msgspec.structs.replace(background, projects={run: name for run, name in of.items() if name is not None})


def test_a_single_rule_of_a_project_joins_the_rules_of_several_on_the_same_work() -> None:
    families, background = known(pushes(3), commits(3), archives(3))
    assert sizes(families, in_projects(background, "shop", None, None)) == [1, 2]
    assert sizes(families, in_projects(background, None, None, "shop")) == [1, 2]


def test_two_remarks_of_users_join_the_other_rules_of_their_project() -> None:
    families, background = known(pushes(3), commits(3))
    said = {item.id for item in families[1].clusters}
    lessons = {
        key: msgspec.structs.replace(lesson, pattern="correction", polarity="correction")
        if any(key in item.lesson_ids for item in families[1].clusters if item.id in said)
        else lesson
        for key, lesson in background.lessons.items()
    }
    wishes = msgspec.structs.replace(background, lessons=lessons)
    assert all(lesson.is_said for lesson in wishes.members(families[1].clusters))
    assert sizes(families, in_projects(wishes, "shop", "shop")) == [2]
    assert sizes(families, in_projects(wishes, "shop", "till")) == [1, 1]
    assert sizes(families, wishes) == [1, 1]
