"""Recorded runs of several subjects, with the lessons an analyst would draw, for tests of everything after it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from t2s_local.ports.writer import Background, Evidence
from t2s_local.stages.naming.naming import labels
from t2s_local.values.cluster import Cluster, ClusterId, Family
from t2s_local.values.lesson import Lesson, LessonId, Polarity, Quote, QuoteRole
from t2s_local.values.skill import Skill
from t2s_local.values.trajectory import Outcome, Step, Trajectory, TrajectoryId
from t2s_local.values.value import digest
from tests.build import step, trajectory


class Corpus(NamedTuple):
    """Runs, lessons and families that belong together."""

    runs: tuple[Trajectory, ...]
    families: tuple[Family, ...]
    evidence: Evidence


class Told(NamedTuple):
    """A lesson with the run it was seen in."""

    run: Trajectory
    lesson: Lesson


def recovery(
    task: str,
    ran: str,
    got: str,
    fix: str,
    *,
    when: str,
    do: str,
    cause: str | None = None,
    tool: str = "bash",
    outcome: Outcome | None = "success",
    number: int = 0,
) -> Told:
    """A run in which one action failed and another one worked."""
    steps = [
        step("user", task),
        step("tool_call", ran, tool=tool),
        step("tool_result", f"{got}\n", tool=tool),
        step("thought", cause or "Let me try it another way."),
        step("tool_call", fix, tool=tool),
        step("tool_result", "done\n", tool=tool),
    ]
    run = trajectory(*steps, task=task, task_id=f"{task[:24]}", outcome=outcome, source=f"runs/{number}.jsonl")
    parts: list[tuple[int, QuoteRole, str]] = [(1, "action", ran), (2, "observation", got), (4, "fix", fix)]
    if cause:
        parts.append((3, "cause", cause))
    return Told(run, stated([run], when, do, cause, "root_cause" if cause else "recovery", parts=parts, tools=(tool,)))


def stated(
    runs: Sequence[Trajectory],
    when: str,
    do: str,
    because: str | None,
    pattern: str,
    *,
    parts: Iterable[tuple[int, QuoteRole, str]],
    tools: tuple[str, ...] = (),
    polarity: Polarity = "failure",
) -> Lesson:
    """A lesson of *runs*, quoted from each of them."""
    quotes = tuple(
        Quote(trajectory_id=run.id, step=index, role=role, text=text) for run in runs for index, role, text in parts
    )
    return Lesson(
        id=LessonId(digest(pattern, when, do, because or "", *(run.id for run in runs))),
        when=when,
        do=do,
        because=because,
        polarity=polarity,
        pattern=pattern,
        signature=f"{when}. {do}",
        evidence=tuple(sorted(quotes)),
        trajectory_ids=tuple(sorted(run.id for run in runs)),
        task_ids=tuple(sorted({run.task_id or run.id for run in runs})),
        analyst="mined",
        tools=tools,
    )


def cluster(lessons: Sequence[Lesson]) -> Cluster:
    """A cluster of *lessons*, the first its medoid."""
    ids = [lesson.id for lesson in lessons]
    return Cluster(
        id=ClusterId(digest(*sorted(ids))),
        lesson_ids=(ids[0], *sorted(ids[1:])),
        cohesion=0.8,
        support=len({run for lesson in lessons for run in lesson.trajectory_ids}),
        task_support=len({task for lesson in lessons for task in lesson.task_ids}),
    )


def family(*groups: Sequence[Lesson]) -> Family:
    """A family with one cluster a group."""
    clusters = tuple(sorted((cluster(group) for group in groups), key=lambda item: (-item.support, item.id)))
    return Family(id=digest(*(item.id for item in clusters)), clusters=clusters)


def evidence(runs: Iterable[Trajectory], lessons: Iterable[Lesson], families: Iterable[Family] = ()) -> Evidence:
    """What a writer may draw on, with labels for the clusters of *families*."""
    known = {run.id: run for run in runs}
    background = Background(
        lessons={lesson.id: lesson for lesson in lessons},
        outcomes={key: run.outcome for key, run in known.items()},
        tasks={key: run.task for key, run in known.items()},
    )
    clusters = [item for subject in families for item in subject.clusters]
    return Evidence(**msgspec.structs.asdict(background), labels=labels(clusters, background))


def pushes(count: int = 5) -> list[Told]:
    """Runs in which a push was rejected because the remote had moved on."""
    return [
        recovery(
            f"Fix the typo in module {number} and push the branch.",
            "git push origin main",
            "error: failed to push some refs to '/srv/git/app.git'",
            "git pull --rebase origin main && git push origin main",
            when="`git push origin main` fails with “error: failed to push some refs to '<path>'”",
            do="Run `git pull --rebase origin main`, then `git push origin main` again.",
            cause="The push was rejected because the remote holds a commit that is not here." if number % 2 else None,
            outcome="success" if number else "failure",
            number=number,
        )
        for number in range(count)
    ]


def commits(count: int = 4) -> list[Told]:
    """Runs in which a commit was refused for want of an identity."""
    return [
        recovery(
            f"Commit the change to settings {number}.",
            f"git commit -m 'Change {number}'",
            "Author identity unknown",
            f"git config user.email a@example.com && git commit -m 'Change {number}'",
            when=f"`git commit -m 'Change {number}'` fails with “Author identity unknown”",
            do=f"Run `git config user.email a@example.com && git commit -m 'Change {number}'`.",
            number=100 + number,
        )
        for number in range(count)
    ]


def edits(count: int = 4) -> list[Told]:
    """Runs in which an edit did not find the text it was to replace."""
    return [
        recovery(
            f"Rename the helper in file{number}.py.",
            '{"old_string": "def helper():"}',
            "String to replace not found in file.",
            '{"old_string": "def helper() -> None:"}',
            when="`Edit` fails with “String to replace not found in file.”",
            do="Call `Read` on the file first, then `Edit` with the text as it stands there.",
            tool="Edit",
            outcome=None,
            number=200 + number,
        )
        for number in range(count)
    ]


def archives(count: int = 3) -> list[Told]:
    """Runs in which ``tar`` was told the folder after the files."""
    missing = "tar: docs: Cannot stat: No such file or directory"
    return [
        recovery(
            f"Pack project/docs into docs{number}.tar with paths that begin with docs/.",
            f"tar cf docs{number}.tar docs -C project",
            missing,
            f"tar cf docs{number}.tar -C project docs",
            when=f"`tar cf docs{number}.tar docs -C project` fails with “{missing}”",
            do=f"Run `tar cf docs{number}.tar -C project docs` instead of `tar cf docs{number}.tar docs -C project`.",
            number=300 + number,
        )
        for number in range(count)
    ]


def cancellations(count: int = 6) -> tuple[list[Trajectory], Lesson]:
    """Airline runs of one task: those that cancelled at once failed."""
    runs = []
    for number in range(count):
        steps: list[Step] = [
            step("user", "Hi! I need to cancel my reservation and get a refund."),
            step("tool_call", '{"reservation_id":"EHGLP3"}', tool="cancel_reservation" if number % 2 else "think"),
            step("assistant", f"That is done, case {number}."),
        ]
        runs.append(
            trajectory(
                *steps,
                task=steps[0].text,
                task_id="airline-1",
                outcome="failure" if number % 2 else "success",
                source=f"runs/{400 + number}.jsonl",
            )
        )
    lesson = stated(
        runs,
        "you are about to call `cancel_reservation`",
        "Do not call `cancel_reservation` before you have made sure that the policy allows it.",
        "of the runs of the same task, 0 of 3 that did succeeded, against 3 of 3 that did not",
        "contrast",
        parts=[(1, "action", '{"reservation_id":"EHGLP3"}')],
        tools=("cancel_reservation",),
    )
    return runs, lesson


def corpus(*, n_pushes: int = 5) -> Corpus:
    """Five subjects: pushing and committing with git, editing files, archives, cancelling reservations."""
    told = [pushes(n_pushes), commits(), edits(), archives()]
    airline, cancelling = cancellations()
    runs = [*airline, *(item.run for group in told for item in group)]
    lessons = [cancelling, *(item.lesson for group in told for item in group)]
    git, rest = told[:2], told[2:]
    families = (
        family(*([item.lesson for item in group] for group in git)),
        *(family([item.lesson for item in group]) for group in rest),
        family([cancelling]),
    )
    return Corpus(tuple(runs), families, evidence(runs, lessons, families))


def file_of(skill: Skill, path: str) -> str:
    """Text of one file of *skill*."""
    return next(file.text for file in skill.files if file.path == path)


def lookup(runs: Iterable[Trajectory]) -> dict[TrajectoryId, Trajectory]:
    """Runs by id."""
    return {run.id: run for run in runs}
