"""``t2s compile``: write one compact context for one task."""

from collections.abc import Mapping
from pathlib import Path

import click

from t2s_local.cli.options import json_option, setting
from t2s_local.cli.output import print_json, print_table, say
from t2s_local.errors import UsageError
from t2s_local.files import write_atomic
from t2s_local.runs.using.compile import (
    CompactOutcome,
    CompileOutcome,
    NearestSkill,
    OutlineOutcome,
    compact_skill,
    compile_for,
    is_one_skill,
    outline_for,
)
from t2s_local.runs.using.task_text import task_text
from t2s_local.skills.source import MAIN
from t2s_local.stages.use.compile.compile import Compiled
from t2s_local.stages.use.compile.parts import Reason
from t2s_local.stages.use.compile.telling import JudgedPart
from t2s_local.text.text import counted, join_words

BUDGET = 1500
_IN: Mapping[Reason, str] = {
    "core": "forbids or limits in any situation",
    "part": "says enough for the task",
    "required": "a part that is in needs it",
    "rescued": "goes with a chosen skill",
}


@click.command("compile")
@click.argument("task")
@click.argument("library", metavar="LIBRARY|SKILL", type=click.Path(path_type=Path))
@click.option("--budget", type=click.IntRange(min=1), default=BUDGET, show_default=True, help="Most tokens.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="File for the context; standard output without it.")
@click.option("--min-score", type=click.FloatRange(0, 1), help="Score from which on a skill fits the task.")
@click.option("--topology", is_flag=True, help="List parts by title, keywords and what they need, without their texts.")
@click.option("--explain", is_flag=True, help="Print every part with its value and size, and why it is in or not.")
@click.option("--model", metavar="MODEL", help="Count tokens as this model does, and not as the embedder in t2s.")
@setting("embedder")
@json_option
def compile_command(
    task: str,
    library: Path,
    *,
    budget: int,
    out: Path | None,
    min_score: float | None,
    topology: bool,
    explain: bool,
    model: str | None,
    embedder: str,
    as_json: bool,
) -> int:
    """Write one context for TASK from the skills of LIBRARY, within a budget of tokens.

    TASK is text in quotes, a file with it, or - for a pipe. The context holds the core of the skills that fit (what
    they forbid and limit in any situation), their parts that say most for the task, what these require, and parts of
    other skills that go with them. Every line stands word for word in a skill; a mark [skill#line] above says where. A
    skill in which `t2s scan` finds something grave is left out. Where no skill fits, the context is empty (exit code
    0).

    Of a single skill, the SKILL.md is shortened: lines with code, and with must, never, only or do not, stay; the rest
    is ranked and cut by whole lines. Exit code 1, with the tokens needed, where the budget cannot hold what must stay.
    """
    asked = task_text(task).text
    _check_place(out)
    is_one = is_one_skill(library)
    if explain and (topology or is_one):
        message = "--explain tells of the context of a library: leave out --topology, and name a library"
        raise UsageError(message)
    if min_score is not None and is_one:
        message = "--min-score chooses among the skills of a library, and this is one skill"
        raise UsageError(message)
    if topology:
        listed = outline_for(asked, library, budget=budget, embedder=embedder, model=model, min_score=min_score)
        return _print_outline(listed, out, budget, as_json=as_json)
    if is_one:
        done = compact_skill(asked, library, budget=budget, embedder=embedder, model=model)
        _write(done.compacted.text, out, as_json=as_json)
        _say_compacted(done, budget)
        if as_json:
            print_json(_compacted_object(done, budget))
        return 0
    found = compile_for(asked, library, budget=budget, embedder=embedder, model=model, min_score=min_score)
    _write("" if found.compiled is None else found.compiled.text, out, as_json=as_json)
    if explain and found.compiled is not None:
        _explain(found.compiled)
    _say_compiled(found, budget)
    if as_json:
        print_json(_compiled_object(found, budget))
    return 0


def _check_place(out: Path | None) -> None:
    if out is not None and (out.name == MAIN or (out.parent / MAIN).exists()):
        message = f"{out} would be a part of a skill"
        raise UsageError(message, hint="Name a file outside of the folders of skills.")


def _write(text: str, out: Path | None, *, as_json: bool) -> None:
    """Write the context to a file, or print it unless a JSON object with it is printed."""
    if out is not None:
        write_atomic(out, text.encode("utf-8", "surrogatepass"), mode=0o644)
    elif text and not as_json:
        click.echo(text, nl=False)


def _print_outline(found: OutlineOutcome, out: Path | None, budget: int, *, as_json: bool) -> int:
    made = found.outline
    _write("" if made is None else made.text, out, as_json=as_json)
    for one in found.left_out:
        say(f"Left out: {one.skill}: {one.reason}")
    if made is None:
        say(_nothing(found.least, found.nearest, budget))
    else:
        left = f"{counted(made.n_left, 'part')} left out"
        say(f"{made.n_tokens} of {budget} tokens (counted by {found.counted_by}), {left}.")
    if as_json:
        print_json(
            {
                "verdict": "NONE" if made is None else "topology",
                "level": "L0",
                "nodes": () if made is None else made.nodes,
                "n_tokens": 0 if made is None else made.n_tokens,
                "n_left": 0 if made is None else made.n_left,
                "budget": budget,
                "counted_by": found.counted_by,
                "min_score": found.least,
                "nearest": found.nearest,
                "left_out": found.left_out,
            }
        )
    return 0


def _nothing(least: float, nearest: NearestSkill | None, budget: int) -> str:
    if nearest is not None and nearest.score >= least:
        fits = f"{nearest.name} fits the task ({nearest.score:.2f})"
        return f"NONE: {fits}, but no part of it tells enough for the task within {counted(budget, 'token')}."
    if nearest is None:
        return "NONE: no skill fits."
    near = f"The nearest is {nearest.name}: it has {nearest.score:.4f} and fits from {least:.4f} on"
    return f"NONE: no skill fits. {near}."


def _say_compacted(done: CompactOutcome, budget: int) -> None:
    made = done.compacted
    lines = f" and {counted(made.n_left, 'line')}" if made.n_left else ""
    left = "unchanged" if done.is_whole else f"its front matter{lines} left out"
    say(f"{done.skill}: {made.n_tokens} of {budget} tokens (counted by {done.counted_by}), {left}.")


def _say_compiled(found: CompileOutcome, budget: int) -> None:
    for one in found.left_out:
        say(f"Left out: {one.skill}: {one.reason}")
    made = found.compiled
    if made is None:
        say(_nothing(found.least, found.nearest, budget))
        return
    for name in made.too_large:
        say(f"Left out: {name}: its core does not fit into the budget.")
    chosen = [one.name for one in made.skills if one.is_chosen]
    borrowed = [one.name for one in made.skills if not one.is_chosen]
    also = f", with parts of {join_words(borrowed)}" if borrowed else ""
    say(f"{made.n_tokens} of {made.budget} tokens (counted by {found.counted_by}) from {join_words(chosen)}{also}.")
    n_left = sum(one.n_left for one in made.skills)
    say(f"Not in it: {counted(n_left, 'part')} of these skills, and {counted(made.n_unused, 'other skill')}.")


def _explain(made: Compiled) -> None:
    print_table(
        ("PART", "VALUE", "TOKENS", "IN", "WHY"),
        [
            (one.place, f"{one.value:.3f}", str(one.n_tokens), "" if one.reason is None else "yes", _why(one))
            for one in made.parts
        ],
        right=frozenset({1, 2}),
        err=True,
    )
    for one in made.attached:
        bridge = "" if one.bridge is None else f", and with {one.bridge}"
        say(f"{one.place} goes with {one.skill} ({one.score:.3f}){bridge}.")


def _why(part: JudgedPart) -> str:
    """Return a phrase on why a part is in a context or not."""
    if part.reason is not None:
        return _IN[part.reason]
    if part.lack == "too little":
        return "says too little for the task"
    if part.lack == "too long":
        return f"too long for what it says: {counted(part.n_tokens, 'token')} need a value of {part.least:.3f}"
    return "its skill has no room in the budget" if part.lack == "no room for its skill" else "no room in the budget"


def _compiled_object(found: CompileOutcome, budget: int) -> dict[str, object]:
    made = found.compiled
    return {
        "verdict": "NONE" if made is None else "compiled",
        "level": "L0",
        "text": "" if made is None else made.text,
        "n_tokens": 0 if made is None else made.n_tokens,
        "budget": budget,
        "counted_by": found.counted_by,
        "min_score": found.least,
        "nearest": found.nearest,
        "lines": () if made is None else made.lines,
        "skills": () if made is None else made.skills,
        "parts": () if made is None else made.parts,
        "attached": () if made is None else made.attached,
        "too_large": () if made is None else made.too_large,
        "n_unused": None if made is None else made.n_unused,
        "left_out": found.left_out,
        "n_aside": found.n_aside,
    }


def _compacted_object(done: CompactOutcome, budget: int) -> dict[str, object]:
    made = done.compacted
    return {
        "verdict": "unchanged" if done.is_whole else "compacted",
        "level": "L0",
        "text": made.text,
        "n_tokens": made.n_tokens,
        "budget": budget,
        "counted_by": done.counted_by,
        "lines": [{"place": f"{done.skill}#{line.line}", "text": line.text} for line in made.lines],
        "n_left": made.n_left,
    }
