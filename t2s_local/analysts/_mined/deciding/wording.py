"""Wording of a trait that decides, as a lesson."""

from collections.abc import Iterator, Sequence

from t2s_local.analysts._forms import usual_form
from t2s_local.analysts._lessons import code, lesson, quote, said
from t2s_local.analysts._mined.deciding.cases import Case, CaseQuestion, Trait
from t2s_local.text.text import squeeze, words
from t2s_local.values.lesson import Lesson, Quote

_SHOWN = 3
_LONGEST = 80
_USUAL = 0.9
"""Share of the calls that must have one form for the lesson to show the form."""
_AGAINST = " against "


def told(
    question: CaseQuestion,
    trait: Trait,
    having: Sequence[Case],
    lacking: Sequence[Case],
    *,
    is_good: bool,
    shares: Sequence[tuple[int, int]],
) -> Lesson:
    """Return the lesson on a trait that decides about the calls of a tool, with cases of both sides as evidence.

    Args:
        question: The calls that are compared.
        trait: The trait that decides.
        having: Cases with the trait.
        lacking: Cases without it.
        is_good: Whether cases with the trait go well more often.
        shares: Number of tasks that went well and number of all tasks: with the trait, then without it.
    """
    good, bad = (having, lacking) if is_good else (lacking, having)
    good, bad = [case for case in good if case.is_good], [case for case in bad if not case.is_good]
    others = sorted(
        {one.value for case in lacking for one in case.traits if (one.kind, one.name) == (trait.kind, trait.name)}
    )
    called = _form(question.tool, [case.event.action for case in good]) if trait.kind == "call" else None
    situation = f"you are about to call {called or f'`{question.tool}`'}"
    (n_good, n_with), (n_good_without, n_without) = shares
    if question.error is not None:
        situation += f", which can fail with {said(question.error)}"
    return lesson(
        when=situation,
        do=_advice(question.tool, trait, others, is_good=is_good, good=good),
        because=f"With it {n_good} of {n_with} tasks went well, without it {n_good_without} of {n_without}",
        polarity="success" if is_good else "failure",
        pattern="contrast",
        evidence=[item for cases in (good, bad) for case in cases[:_SHOWN] for item in _quotes(case, trait)],
        trajectories=[case.run.piece.trajectory for case in (*good, *bad)],
        tools=(question.tool,),
    )


def _advice(tool: str, trait: Trait, others: Sequence[str], *, is_good: bool, good: Sequence[Case]) -> str:
    """Return the instruction that follows from the trait, in the imperative."""
    if trait.kind == "call":
        made = [item[1] for case in good if (item := case.traits.get(trait)) is not None]
        form = _form(trait.name, made)
        of_task = _asked_for(form, [(item[1], case) for case in good if (item := case.traits.get(trait)) is not None])
        return f"Call {form} first{', with what the task names' if of_task else ''}."
    if trait.kind == "said":
        shown = next(item[1] for case in good if (item := case.traits.get(trait)) is not None)
        return f"Say first: “{shown}”"
    right = trait.value if is_good else others[0] if len(others) == 1 else None
    if trait.kind == "argument":
        if right is None:
            return f"Do not pass `{trait.value}` as `{trait.name}`."
        wrong = f", not `{others[0] if is_good else trait.value}`" if len(others) == 1 else ""
        return f"Pass `{right}` as `{trait.name}`{wrong}."
    source, _, field = trait.name.partition(" ")
    if right is None:
        return f"Do not call `{tool}` where {_is(field, trait.value)} in what `{source}` returned."
    return f"Call `{tool}` only where {_is(field, right)} in what `{source}` returned."


def _form(name: str, actions: Sequence[str]) -> str:
    """Return the usual form of plain-text calls if nearly all have it, otherwise the name of the tool."""
    texts = [squeeze(action) for action in actions]
    if any(text.startswith(("{", "[")) or len(text) > _LONGEST for text in texts):
        return f"`{name}`"
    form, times = usual_form(texts)
    return code(form) if times >= _USUAL * len(texts) else f"`{name}`"


def _asked_for(form: str, made: Sequence[tuple[str, Case]]) -> bool:
    """Return whether the first open word of *form* is, in nearly all calls, a word of the request."""
    start = form.strip("`").partition("<")[0].strip()
    if not start or "<" not in form:
        return False
    fits = [squeeze(action).removeprefix(start).split()[:1] for action, _ in made if squeeze(action).startswith(start)]
    named = sum(
        bool(first) and first[0].lower() in words(case.run.piece.request or "")
        for first, (_, case) in zip(fits, made, strict=False)
    )
    return len(fits) == len(made) and named >= _USUAL * len(made)


def _is(field: str, value: str) -> str:
    """Return the clause that a field has a value: “`status` is `open`”."""
    name, against, other = field.partition(_AGAINST)
    if against:
        return f"`{name}` is {value} than `{other}`"
    plain = value.endswith(("ago", "now", "empty"))
    return f"`{name}` is {value}" if plain else f"`{name}` is `{value}`"


def _quotes(case: Case, trait: Trait) -> Iterator[Quote]:
    """Yield quotes of the call, of the field, call or sentence behind the trait, and of the error if there is one."""
    yield quote(case.run.piece, case.event.call, case.event.action, role="action")
    alike = (one for one in sorted(case.traits) if (one.kind, one.name) == (trait.kind, trait.name))
    shown = next((case.traits[one] for one in alike), None)
    if shown is not None:
        yield quote(case.run.piece, shown[0], shown[1], role="observation" if trait.kind == "field" else "action")
    if case.event.error is not None:
        yield quote(case.run.piece, case.event.result or case.event.call, case.event.error, role="observation")
