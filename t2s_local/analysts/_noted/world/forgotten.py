"""Tools that run code and keep no state: a name that an earlier call defined is unknown in the next call."""

import ast
import builtins
import re
import warnings
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import quoted
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "forgotten"
LEAST_CALLS = 3
LEAST_RUNS = 2
_UNKNOWN = re.compile(r"NameError: name '(?P<name>\w+)' is not defined")
_MESSAGE = "NameError: name '…' is not defined"
_LONGEST = 20_000
_GONE, _KEPT = "gone", "kept"


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the calls of *piece* that use a name from an earlier call of the tool, and whether the tool still knew it.

    Yield nothing for a run in which no tool, shells aside, reported an unknown name.
    """
    tried = [event for event in events if event.result is not None and not is_shell(event.tool)]
    if not any(_UNKNOWN.search(event.output) for event in tried):
        return
    defined: dict[str, set[str]] = {}
    for event in tried:
        tree = _tree(_code(piece, event))
        if tree is None:
            continue
        used, bound = _names(tree)
        known = defined.setdefault(event.tool, set())
        unknown = _UNKNOWN.search(event.output)
        if unknown is None:
            if used & known and not event.failed:
                yield Note(kind=KIND, key=event.tool, detail=_KEPT)
        elif unknown["name"] in used & known:
            shown = (
                quote(piece, event.call, event.action, role="action"),
                quote(piece, event.result or 0, unknown[0], role="observation"),
            )
            yield Note(kind=KIND, key=event.tool, detail=_GONE, quotes=shown)
        if not event.failed:
            known |= bound


def _code(piece: Slice, event: Event) -> str:
    arguments = piece.trajectory.steps[event.call].arguments
    texts = [event.action] if not arguments else [text for text in arguments.values() if isinstance(text, str)]
    return max(texts, key=len, default="")[:_LONGEST]


def _tree(code: str) -> ast.Module | None:
    """Return the syntax tree of *code*; None if it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _names(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Return the names that a program uses and does not bind itself, and all names that it binds."""
    used: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name is not None:
            bound.add(node.name)
    return used - bound - set(dir(builtins)), bound


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every tool that never knew a name of an earlier call."""
    for tool, pairs in noted(runs, KIND).items():
        gone = [pair for pair in pairs if pair[1].detail == _GONE]
        met = runs_of(gone)
        if len(gone) < len(pairs) or len(gone) < LEAST_CALLS or len(met) < LEAST_RUNS:
            continue
        yield lesson(
            when=f"with `{tool}`",
            do="Write every import and definition that you need into each call, and print what you want to keep: names"
            f" of an earlier call are gone, and using them ends with {quoted(_MESSAGE)}.",
            because=f"{len(gone)} of {len(gone)} calls in {len(met)} runs that used a name of an earlier call ended so",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(gone),
            trajectories=(run.piece.trajectory for run in met),
            tools=(tool,),
        )
