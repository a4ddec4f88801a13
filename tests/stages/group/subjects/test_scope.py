"""Rules of different projects are apart; what several projects show is of none."""

import msgspec

from t2s_local.ports.writer import Background
from t2s_local.stages.group.subjects.scope import apart
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.writers.template import load
from tests.skill_corpus import archives, commits, evidence, family, file_of, pushes


def known(**projects: str) -> Background:
    """The runs of pushes, commits and archives, each kind in the project named for it."""
    told = {"pushes": pushes(3), "commits": commits(3), "archives": archives(3)}
    runs = [item.run for group in told.values() for item in group]
    lessons = [item.lesson for group in told.values() for item in group]
    places = {item.run.id: projects[kind] for kind, group in told.items() if kind in projects for item in group}
    return msgspec.structs.replace(evidence(runs, lessons), projects=places)


def subjects(background: Background) -> list[list[str | None]]:
    """The project of every rule, family by family."""
    whole = family(
        [item.lesson for item in pushes(3)],
        [item.lesson for item in commits(3)],
        [item.lesson for item in archives(3)],
    )
    return [[background.project((item,)) for item in one.clusters] for one in apart([whole], background)]


def test_rules_of_two_projects_are_in_two_families() -> None:
    background = known(pushes="shop", commits="shop", archives="till")
    assert subjects(background) == [["shop", "shop"], ["till"]]


def test_a_family_of_one_project_stays_as_it_is() -> None:
    background = known(pushes="shop", commits="shop", archives="shop")
    assert subjects(background) == [["shop"] * 3]
    assert subjects(known()) == [[None] * 3]


def test_a_rule_that_runs_of_two_projects_show_is_of_neither() -> None:
    background = known(pushes="shop")
    first = pushes(3)[0].run.id
    mixed = msgspec.structs.replace(background, projects={**background.projects, first: "till"})
    (rule,) = family([item.lesson for item in pushes(3)]).clusters
    assert background.project((rule,)) == "shop"
    assert mixed.project((rule,)) is None


def test_a_rule_whose_runs_mostly_tell_no_project_is_of_none() -> None:
    background = known(pushes="shop")
    (rule,) = family([item.lesson for item in pushes(3)]).clusters
    few = {TrajectoryId(run): "shop" for run in list(background.projects)[:1]}
    assert msgspec.structs.replace(background, projects=few).project((rule,)) is None


def test_a_skill_of_a_project_says_so_and_when_it_was_last_confirmed() -> None:
    told = pushes(3)
    runs = [item.run for item in told]
    one = family([item.lesson for item in told])
    behind = msgspec.structs.replace(
        evidence(runs, [item.lesson for item in told], [one]),
        projects={run.id: "shop" for run in runs},
        days={run.id: day for run, day in zip(runs, ("2026-03-01", "2026-05-04", "2026-04-02"), strict=True)},
    )
    named = msgspec.structs.replace(one, candidates=("pushing-branches",))
    skill = load().write(named, behind, taken=frozenset(), min_support=2)
    assert "Use in the project shop " in skill.description
    assert "in the project `shop`, the last on 2026-05-04, not counting" in file_of(skill, "SKILL.md")
    assert "- You work in the project `shop`." in file_of(skill, "SKILL.md")
    assert "- Project: `shop`\n- Last confirmed: 2026-05-04" in file_of(skill, "references/evidence.md")
