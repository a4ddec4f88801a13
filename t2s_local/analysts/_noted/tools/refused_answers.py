"""Refusals in recordings that contain tool answers without calls: the rule stated, or the question to the user."""

import re
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import noted, quotes_of, runs_of
from t2s_local.analysts._noted.tools.error_sentences import ERROR_PREFIX, STATES_RULE, sentence_of
from t2s_local.analysts._notes import Note
from t2s_local.text.events import Event
from t2s_local.text.failures import error_signature
from t2s_local.text.text import content, jaccard, words
from t2s_local.values.lesson import Lesson, Quote
from t2s_local.values.trajectory import Slice

ANSWER = "policy_answer"
ASKED = "policy_asked"
PATTERN = "policy"
LEAST_RUNS = 2
MOST_ASKED = 0.75
"""Share of the runs that met a refusal from which on its question is what agents ask anyway."""
LEAST_STATED = 3
"""Fewest runs with a refusal by an unknown tool for a rule whose subject only the refusal states."""
_SUBJECT = re.compile(
    r"(?:the |an? )?((?!only\b)[a-z]+(?: [a-z]+){0,2}?) (?:should|must|cannot|can|may|does|is|are)\b", re.IGNORECASE
)
"""Subject of a sentence that states a rule."""
_LONGEST_ANSWER = 300
_QUESTION = re.compile(r"[A-Z][^.!?\n]{15,200}\?")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w|<EMAIL(?:_\d+)?>")
"""An e-mail address, or the placeholder for one."""
_MAIL = "an e-mail address"
_FOUND, _REFUSED = "found", "refused"
MOSTLY = 0.8
"""Share of the refusals that must follow an e-mail address for the address to be what was not found."""
_OBJECT = re.compile(
    r"\b(?:provide|give|share|tell|send)\b (?:me |us )?(?:with )?(?:your |the )?"
    r"(?P<things>(?:(?!\b(?:so|to|in order|that|if)\b)[\w, -])+)",
    re.IGNORECASE,
)
"""Part of a question that lists several values which the user shall provide."""
_TWO = 2


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the refusals of *piece* without a recorded call, and the agent's next question."""
    del events
    for at in range(piece.start, piece.stop):
        step = piece.trajectory.steps[at]
        if step.kind != "tool_result" or step.call_id is not None or len(step.text) > _LONGEST_ANSWER:
            continue
        if not ERROR_PREFIX.match(step.text.lstrip()) or (
            at > 0 and piece.trajectory.steps[at - 1].kind == "tool_call"
        ):
            continue
        said = step.text.strip()
        shown = quote(piece, at, said, role="observation")
        yield Note(kind=ANSWER, key=error_signature(said), detail=said, quotes=(shown,))
        later = piece.trajectory.steps[at + 1] if at + 1 < piece.stop else None
        asked = _QUESTION.findall(later.text) if later is not None and later.kind == "assistant" else []
        if asked and _asks_for_more(asked[-1], piece, at):
            words_said = asked[-1].strip()
            fix = quote(piece, at + 1, words_said, role="fix")
            given = _given(piece, at)
            detail = f"{_MAIL if given else ''}\n{words_said}\n{_next(piece, at + 1)}"
            yield Note(
                kind=ASKED, key=error_signature(said), detail=detail, quotes=(*([given] if given else []), shown, fix)
            )


def _next(piece: Slice, asked: int) -> str:
    """Return *refused* or *found* for the next tool answer after the question at step *asked*; empty without any."""
    later = (step.text for step in piece.trajectory.steps[asked + 1 :] if step.kind == "tool_result")
    text = next(later, None)
    return "" if text is None else _REFUSED if ERROR_PREFIX.match(text.lstrip()) else _FOUND


def _given(piece: Slice, at: int) -> Quote | None:
    """Return the e-mail address in the user's last message before step *at*; None if there is none."""
    steps = piece.trajectory.steps
    before = next((n for n in range(at - 1, piece.start - 1, -1) if steps[n].kind == "user"), None)
    found = [] if before is None else _ADDRESS.findall(steps[before].text)
    return quote(piece, before, found[-1], role="request") if found and before is not None else None


def _asks_for_more(question: str, piece: Slice, at: int) -> bool:
    """Return whether half of the words of a *question* are new: repeating the refused request is no remedy."""
    steps = piece.trajectory.steps
    before = " ".join(step.text for step in steps[piece.start : at + 1] if step.kind in {"assistant", "tool_result"})
    asked = content(question)
    return len(asked - content(before)) * _TWO >= len(asked)


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every refusal without calls: the rule it states, or the question to ask the user."""
    asked = noted(runs, ASKED)
    for key, pairs in noted(runs, ANSWER).items():
        met, questions = runs_of(pairs), asked.get(key, ())
        sentence = sentence_of([note.detail for _, note in pairs])
        found, refused = (_then(questions, what) for what in (_FOUND, _REFUSED))
        n_asked = len(runs_of(questions))
        is_way_out = len(met) < n_asked * 2 and n_asked <= MOST_ASKED * len(met) and n_asked > LEAST_RUNS
        is_way_out = is_way_out and found > refused
        if len(met) < LEAST_RUNS or not (is_way_out or (STATES_RULE.search(key) and len(met) >= LEAST_STATED)):
            continue
        question = _most_alike([note.detail.split("\n")[1] for _, note in questions]) if is_way_out else None
        by_mail = sum(note.detail.startswith(_MAIL) for _, note in questions) >= MOSTLY * len(questions)
        yield lesson(
            when=f"a tool answers “{sentence.rstrip('.')}”{f' to {_MAIL}' if by_mail else ''}"
            if question
            else _topic(sentence),
            do=_asking(question) if question else sentence,
            because=f"{len(pairs)} calls in {len(met)} runs were answered so"
            + (f"; in {found} of {found + refused} runs that asked so, the next look-up succeeded" if question else ""),
            polarity="success",
            pattern=PATTERN,
            evidence=quotes_of(questions if question else pairs),
            trajectories=(run.piece.trajectory for run in met),
        )


def _then(questions: Sequence[tuple[Run, Note]], what: str) -> int:
    """Return the number of runs whose next answer of a tool, after their first question, is *what*."""
    first = {run.piece.trajectory.id: note.detail.split("\n")[2] for run, note in reversed(questions)}
    return list(first.values()).count(what)


def _asking(question: str) -> str:
    """Return the advice to ask for certain values and look up by these; the whole question if it lists no values."""
    found = _OBJECT.search(question)
    things = re.sub(r"\byour ", "", found["things"].strip(" ,")) if found else ""
    return f"Ask for the {things}, and look up by these." if " and " in things else f"Ask the user: “{question}”"


def _topic(rule: str) -> str:
    """Return the situation in which a rule applies, from the subject of its sentence, if it has a known form."""
    found = _SUBJECT.match(rule)
    return f"a request turns on the {found[1].lower()}" if found else "you plan a call"


def _most_alike(sentences: Sequence[str]) -> str:
    """Return the sentence that shares most words with the others."""
    bags = [set(words(sentence)) for sentence in sentences]
    scores = [sum(jaccard(one, other, empty=0.0) for other in bags) for one in bags]
    return min(zip(scores, sentences, strict=True), key=lambda item: (-round(item[0], 6), len(item[1]), item[1]))[1]
