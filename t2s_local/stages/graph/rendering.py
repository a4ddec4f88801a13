"""Write an intermediate form (a workflow) as a skill, and read it back from the skill without loss."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from t2s_local.errors import InputError
from t2s_local.skills.evidence import PATH as EVIDENCE
from t2s_local.skills.evidence import (
    evidence_section,
    evidence_text,
    outcome_words,
    support_fact,
    trajectories_fact,
)
from t2s_local.skills.markdown import bullets, code, front_matter, numbered, prose, sentence
from t2s_local.skills.source import MAIN
from t2s_local.text.text import clip, counted, join_words, quoted
from t2s_local.values.lesson import Quote
from t2s_local.values.skill import Skill, SkillFile
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.values.workflow import Meaning, Unverified, Workflow, WorkflowNode

FORM = "references/workflow.json"
MOST_NODES = 24
"""Largest number of actions in the body of the skill; the skill's file with the whole form contains all actions."""
_COMMON = 0.5
"""Least share of runs with an action for the action to be a step of the workflow; other actions are branches."""
_MOST_MEANINGS = 12
_MOST_TASKS = 3
_NAME = re.compile(r"[\w.:-]{1,64}")
_TAG = re.compile(r"<(/?[^<>]*)>")


def form_text(form: Workflow) -> str:
    """Return *form* as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(form), indent=1).decode() + "\n"


def read_form(data: bytes, *, path: str) -> Workflow:
    """Return the form in *data*, which is JSON; *path* is named in the error.

    Raises:
        InputError: *data* is no form.
    """
    try:
        return msgspec.json.decode(data, type=Workflow)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        message = f"no intermediate form: {str(error)[:200]}"
        raise InputError(message, path=path, hint="`t2s graph RUNS --ir FILE` writes one.") from error


def render(form: Workflow, name: str) -> Skill:
    """Return *form* as the skill *name*: common actions are steps, rare actions branches; a file contains the form."""
    steps, branches = parted(form)
    numbers = {node.id: f"R{at}" for at, node in enumerate((*steps, *branches), 1)}
    description = _description(form)
    facts = {"level": "L0", "support": str(form.n_runs), "written-by": "t2s-local graph"}
    body = _Body(form, numbers).text(name, steps, branches)
    evidence = evidence_text(_evidence(numbers[node.id], node) for node in (*steps, *branches))
    return Skill(
        name=name,
        description=description,
        files=(
            SkillFile(path=MAIN, text=f"{front_matter(name, description, facts)}\n{body}"),
            SkillFile(path=EVIDENCE, text=evidence),
            SkillFile(path=FORM, text=form_text(form)),
        ),
        lesson_ids=(),
        cluster_ids=(),
        support=form.n_runs,
    )


def parted(form: Workflow) -> tuple[list[WorkflowNode], list[WorkflowNode]]:
    """Return the steps (actions in at least half of the runs) and the branches (other actions), both in their order.

    Only the 24 actions with the largest support are returned. If none is in half of the runs, all are steps.
    """
    seen = [node for node in form.workflow.nodes if node.status == "observed" and node.steps]
    best = sorted(seen, key=lambda node: (-node.support, node.place, node.id))[:MOST_NODES]
    common = {node.id for node in best if node.support >= _COMMON * form.n_runs} or {node.id for node in best}
    named = {node.id for node in best}
    steps = [node for node in seen if node.id in common]
    return steps, [node for node in seen if node.id in named - common]


def slug(stem: str) -> str:
    """Return a skill name derived from the name of a file, at most 64 characters."""
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:64].strip("-") or "workflow"


def _description(form: Workflow) -> str:
    tools = join_words([name for tool in form.attachments.tools[:3] if _NAME.fullmatch(name := tool.text)])
    asked = [quoted(clip(_TAG.sub(r"\1", task.text), 80)) for task in form.routing.tasks[:2]]
    use = f" Use for tasks like {join_words(asked, last='or')}." if asked else ""
    runs = counted(form.n_runs, "recorded run")
    with_tools = f" with {tools}" if tools else ""
    return f"How {runs} worked{with_tools}: which action came after which, and what followed an error.{use}"


class _Body:
    """Writes the parts of one form as Markdown."""

    def __init__(self, form: Workflow, numbers: Mapping[str, str]) -> None:
        self._form = form
        self._numbers = numbers
        self._actions = {node.id: node.action for node in form.workflow.nodes}
        self._earlier = dict[str, str]()
        for edge in sorted(form.workflow.edges, key=lambda edge: (-edge.support, -edge.weight, edge.source)):
            self._earlier.setdefault(edge.target, edge.source)

    def text(self, name: str, steps: Sequence[WorkflowNode], branches: Sequence[WorkflowNode]) -> str:
        form = self._form
        runs = counted(form.n_runs, "recorded run")
        parts = [
            f"# {name.replace('-', ' ').capitalize()}",
            f"The workflow of {runs}. Level L0: every action was recorded, and no effect of it was measured.",
            "## When to use",
            bullets(self._occasions()),
            "## Steps",
            numbered(self._step(node) for node in steps),
        ]
        if branches:
            parts += ["## Branches", bullets(map(self._branch, branches))]
        if form.semantics:
            parts += ["## What followed an error", bullets(map(self._meaning, form.semantics[:_MOST_MEANINGS]))]
        if form.unverified:
            parts += [
                "## Unverified",
                "No recording shows these steps.",
                bullets(map(self._unverified, form.unverified)),
            ]
        return "\n\n".join([*parts, "## References", bullets(self._references())]) + "\n"

    def _occasions(self) -> list[str]:
        tasks = self._form.routing.tasks[:_MOST_TASKS]
        if tasks:
            return [prose(f"A task like {quoted(clip(task.text, 120))}.") for task in tasks]
        return [f"You are about to use {code(tool.text)}." for tool in self._form.attachments.tools[:_MOST_TASKS]]

    def _step(self, node: WorkflowNode) -> str:
        read = f"; read {node.verification}" if node.verification else ""
        runs = f"{node.support} run{'s' if node.support != 1 else ''}"
        return (
            f"{code(node.action)}{read} ({self._numbers[node.id]}: {runs}), support {node.support}/{self._form.n_runs}"
        )

    def _branch(self, node: WorkflowNode) -> str:
        earlier = self._actions.get(self._earlier.get(node.id, ""))
        place = f"After {code(earlier)}" if earlier else "At the start"
        seen = f" Seen after {prose(quoted(clip(node.when[0].text, 100)))}." if node.when else ""
        return f"{place}: {self._step(node)}.{seen}"

    def _meaning(self, item: Meaning) -> str:
        then = code(self._actions.get(item.then, item.then))
        said = prose(quoted(clip(item.observation, 140)))
        return f"{said}: {then} followed in {item.support} of {counted(item.of, 'run')}."

    def _unverified(self, item: Unverified) -> str:
        after = self._actions.get(item.after or "")
        place = f" after {code(after)}" if after else ""
        return f"{code(item.action)}{place}: {prose(sentence(item.goal))}"

    def _references(self) -> list[str]:
        graph = self._form.workflow
        sizes = f"{counted(len(graph.nodes), 'action')} and {counted(len(graph.edges), 'transition')}"
        return [
            f"[{EVIDENCE}]({EVIDENCE}): trajectories and quotes behind each step.",
            f"[{FORM}]({FORM}): the whole workflow, {sizes}, which `t2s audit` compares with recordings.",
        ]


def _evidence(rule: str, node: WorkflowNode) -> str:
    facts = [
        support_fact(node.support, node.tasks),
        f"Outcomes: {outcome_words(node.outcomes)}",
        "Found as: workflow",
        trajectories_fact(node.runs, quoted={step.run for step in node.steps}),
    ]
    quotes = [
        Quote(trajectory_id=TrajectoryId(step.run), step=step.step, role="action", text=step.text)
        for step in node.steps
    ]
    return evidence_section(rule, f"Do {code(node.action)}.", facts, quotes)
