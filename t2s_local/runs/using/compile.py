"""Compile one context for a task from a library, or shorten one skill to a token budget."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from t2s_local.errors import InputError, NothingFoundError
from t2s_local.ports.grouping import Embedder
from t2s_local.runs.models.embedders import load_embedder
from t2s_local.runs.models.models import open_engine
from t2s_local.runs.plugins import say_nothing
from t2s_local.runs.using.opening import open_index
from t2s_local.runs.using.tokens import shipped_counter
from t2s_local.skills.document import parse_document
from t2s_local.skills.library.index.index import LibraryIndex
from t2s_local.skills.library.index.terms import read_task, terms
from t2s_local.skills.source import MAIN, SkillSource, read_source
from t2s_local.stages.check.scan import at_or_above, scan
from t2s_local.stages.use.compile.compaction import Compacted, compact
from t2s_local.stages.use.compile.compile import NEARLY, Compiled, by_score, compile_context
from t2s_local.stages.use.compile.lines import CountTokens
from t2s_local.stages.use.compile.outline import Outline, outline_of
from t2s_local.stages.use.compile.parts import SkillText
from t2s_local.stages.use.route.scoring import score_skills
from t2s_local.values.routing.library_index import LeftOut
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from t2s_local.vectors.matrix import FloatMatrix


class NearestSkill(Value, frozen=True, kw_only=True):
    """The best skill for a task that no skill suits."""

    name: str
    score: float


class CompileOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Result of compiling a context."""

    compiled: Compiled | None
    """The context; None if no skill suits the task, or the budget is too small for any part."""
    nearest: NearestSkill | None
    """Best skill if no skill suits the task, or if the budget is too small for any part; otherwise None."""
    least: float
    """Least score of a skill that suits the task."""
    counted_by: str
    """Name of the tokenizer."""
    left_out: tuple[LeftOut, ...]
    """Skills that cannot be read or could do harm."""
    n_aside: int


class OutlineOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Result of listing parts without their texts."""

    outline: Outline | None
    """The list of parts; None if no skill suits the task."""
    nearest: NearestSkill
    """Skill with the best score."""
    least: float
    """Least score of a skill that suits the task."""
    counted_by: str
    """Name of the tokenizer."""
    left_out: tuple[LeftOut, ...]


class CompactOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Result of shortening one skill."""

    skill: str
    compacted: Compacted
    is_whole: bool
    """Whether the SKILL.md fits into the budget unchanged, with its front matter."""
    counted_by: str


@contextmanager
def counter(model: str | None) -> Iterator[tuple[str, CountTokens]]:
    """Yield the name of a tokenizer, and a function that counts tokens by it.

    Args:
        model: Model whose tokenizer counts, named as for ``--model``; None or ``none`` for the tokenizer in the
            package.

    Raises:
        ModelError: the model cannot be loaded.
        UsageError: the name of the model is not known.
    """
    if model in (None, "none"):
        yield shipped_counter()
        return
    with open_engine(model, say=say_nothing) as engine:
        yield engine.name, engine.count_tokens


def is_one_skill(path: Path) -> bool:
    """Return whether *path* is the folder of a single skill, or its SKILL.md."""
    return (path / MAIN).is_file() or path.name == MAIN


def compile_for(
    task: str, library: Path, *, budget: int, embedder: str, model: str | None, min_score: float | None = None
) -> CompileOutcome:
    """Compile the context of a task.

    Args:
        task: Text of the task.
        library: Folder of skills.
        budget: Largest number of tokens.
        embedder: Name of the embedder.
        model: As for :func:`counter`.
        min_score: Least score of a skill that suits the task; None for the score that the index computed.

    Raises:
        InputError: the folder cannot be read.
        NothingFoundError: the library contains no skill that may be used.
        TooSmallError: the core of the best skill does not fit into the budget.
        UsageError: a name is not known.
    """
    using = load_embedder(embedder)
    opened = open_index(library, using)
    index, asked = opened.index, read_task(task)
    scores = score_task(index, asked, using)
    best, least = _best(index, scores, min_score)
    compiled = None
    with counter(model) as (name, count):
        if scores[best] >= least:
            vector, led = using.embed([asked])[0], _led_by(best, scores)
            compiled = compile_context(index, asked, vector, led, _reader(library), budget=budget, count=count)
    fits = compiled is not None and compiled.lines
    return CompileOutcome(
        compiled=compiled if fits else None,
        nearest=None if fits else NearestSkill(name=index.skills[best].name, score=round(float(scores[best]), 6)),
        least=least,
        counted_by=name,
        left_out=opened.left_out,
        n_aside=opened.n_aside,
    )


def _best(index: LibraryIndex, scores: "FloatMatrix", min_score: float | None) -> tuple[int, float]:
    """Return the best of the skills that reach their least score, or else the best skill, and its least score."""
    order = by_score(scores)
    least = [float(one) if min_score is None else min_score for one in index.least]
    best = next((row for row in order if scores[row] >= least[row]), order[0])
    return best, least[best]


def _led_by(best: int, scores: "FloatMatrix") -> "FloatMatrix":
    """Return *scores* with all scores above that of *best* lowered, so that unsuitable skills are not chosen."""
    found = scores.copy()
    found[scores > scores[best]] = scores[best] * NEARLY * NEARLY
    return found


def score_task(index: LibraryIndex, task: str, embedder: Embedder) -> "FloatMatrix":
    """Return the score of every skill for a task, shape ``(n,)``."""
    asked = read_task(task)
    return score_skills(index, embedder.embed([asked])[0], terms(asked)).total


def outline_for(
    task: str, library: Path, *, budget: int, embedder: str, model: str | None, min_score: float | None = None
) -> OutlineOutcome:
    """List the parts of the skills that suit a task, or of a single skill, without their texts.

    Args:
        task: Text of the task.
        library: Folder of skills, or the folder of one skill.
        budget: Largest number of tokens.
        embedder: Name of the embedder.
        model: As for :func:`counter`.
        min_score: As for :func:`compile_for`.

    Raises:
        InputError: the folder or the skill cannot be read.
        NothingFoundError: there is no skill that may be used.
        UsageError: a name is not known.
    """
    using = load_embedder(embedder)
    left_out: tuple[LeftOut, ...] = ()
    if is_one_skill(library):
        index, min_score = _index_of_one(library, using), 0.0
    else:
        opened = open_index(library, using)
        index, left_out = opened.index, opened.left_out
    scores = score_task(index, task, using)
    best, least = _best(index, scores, min_score)
    with counter(model) as (name, count):
        is_none, led = scores[best] < least, _led_by(best, scores)
        outline = None if is_none else outline_of(index, task, led, using, budget=budget, count=count)
    nearest = NearestSkill(name=index.skills[best].name, score=round(float(scores[best]), 6))
    return OutlineOutcome(outline=outline, nearest=nearest, least=least, counted_by=name, left_out=left_out)


def _index_of_one(path: Path, embedder: Embedder) -> LibraryIndex:
    from t2s_local.runs.using.making import VersionedSource, index_of

    return index_of([VersionedSource(_readable(path), "")], {}, embedder)


def _is_ours(source: SkillSource) -> bool:
    """Return whether the page of a skill says that t2s wrote it."""
    about = source.front.get("metadata")
    return isinstance(about, dict) and str(about.get("written-by", "")).startswith("t2s-local")


def _readable(path: Path) -> SkillSource:
    """Read one skill that may be used.

    Raises:
        InputError: the skill cannot be read.
        NothingFoundError: the skill has a grave finding of `t2s scan`.
    """
    folder = path.parent if path.name == MAIN else path
    source = read_source(folder)
    if isinstance(source.document, InputError):
        error = source.document
        raise InputError(error.message, path=folder / MAIN, line=error.line, hint="`t2s lint` says more.") from error
    _refuse_grave(source, folder)
    return source


def _reader(library: Path) -> Callable[[str], SkillText | None]:
    """Return a function that reads the Markdown files of a skill; None if the skill can no longer be read."""

    def read(name: str) -> SkillText | None:
        try:
            source = read_source(library / name)
        except InputError:
            return None
        texts = {path: text for path, text in source.texts.items() if path.endswith(".md")}
        return SkillText(name, texts, is_ours=_is_ours(source))

    return read


def compact_skill(task: str, path: Path, *, budget: int, embedder: str, model: str | None) -> CompactOutcome:
    """Shorten the SKILL.md of one skill; a text that fits into the budget is unchanged.

    Args:
        task: Text of the task.
        path: Folder of the skill, or its SKILL.md.
        budget: Largest number of tokens.
        embedder: Name of the embedder.
        model: As for :func:`counter`.

    Raises:
        InputError: the skill cannot be read.
        NothingFoundError: the skill has a grave finding of `t2s scan`.
        TooSmallError: the lines that must be kept word for word do not fit into the budget.
        UsageError: a name is not known.
    """
    source = _readable(path)
    document = parse_document(source.texts[MAIN])
    using = load_embedder(embedder)
    text, body, first = source.texts[MAIN], document.body, document.body_line
    with counter(model) as (name, count):
        is_whole = count(text) <= budget
        found = compact(
            text if is_whole else body,
            budget=budget,
            count=count,
            rank=_ranking(task, using),
            what=source.name,
            first_line=1 if is_whole else first,
        )
    return CompactOutcome(skill=source.name, compacted=found, is_whole=is_whole, counted_by=name)


def _refuse_grave(source: SkillSource, folder: Path) -> None:
    grave = at_or_above(scan(source), "high")
    if grave:
        place = grave[0].path if grave[0].line is None else f"{grave[0].path}:{grave[0].line}"
        message = f"no skill can be used: {place}: {grave[0].message} [{grave[0].rule}]"
        raise NothingFoundError(message, path=folder, hint="`t2s scan` says more.")


def _ranking(task: str, embedder: Embedder) -> Callable[[Sequence[str]], Sequence[float]]:
    def rank(lines: Sequence[str]) -> Sequence[float]:
        vectors = embedder.embed([read_task(task), *lines])
        return [float(one) for one in vectors[1:] @ vectors[0]]

    return rank
