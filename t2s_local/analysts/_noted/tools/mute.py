"""Tools that by their name show something but always answer with the same few words."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from t2s_local.analysts._lessons import lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._noted.counts import most_common, noted, quotes_of, runs_of, tasks_of
from t2s_local.analysts._notes import Note
from t2s_local.text.commands import changes_state, is_shell
from t2s_local.text.events import Event
from t2s_local.text.text import clip, squeeze
from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Slice

KIND = "mute"
READ = "read_elsewhere"
LEAST_RUNS = 8
MOST_READ = 0.25
"""Largest share of runs that use unseen text: if more do, the agent reads the tool's text outside of the recording."""
LEAST_SHARE = 0.9
"""Share of a tool's answers that must consist of the same phrases, apart from words of the question."""
_LOOKS = re.compile(r"^(?:open|read|view|show|get|load|fetch|display|cat|print)", re.IGNORECASE)
_LONGEST = 1500
_MOST_WORDS = 20
_SHORT = 300
_MOST_READ = 8000
_IDENTIFIER = re.compile(r"\b[a-z]+[-_]\d{2,}\b|\b\d{4,}\b")
"""Identifiers and numbers that nobody knows without having read them."""
LEAST_SAME = 3
USUAL = 0.1
"""Share of the answers that must contain a word for it to belong to the phrases."""
_TOKEN = re.compile(r"[a-z_][a-z_.]{2,}")


def notes(piece: Slice, events: Sequence[Event]) -> Iterator[Note]:
    """Yield the calls in *piece* of tools whose name promises to show something, with the new words in the answers."""
    for at, event in enumerate(events):
        if event.failed or event.result is None or is_shell(event.tool) or not _LOOKS.match(event.tool):
            continue
        said = event.output.strip()
        if not said or changes_state(event.tool, event.head) or not event.action.lstrip().startswith("{"):
            continue
        if not set(_TOKEN.findall(said.lower())) & set(_TOKEN.findall(event.action.lower())):
            continue  # What does not repeat the question is an answer to it, however short.
        own = _own(said, " ".join(other.action for other in events[: at + 1]))
        quotes = (
            quote(piece, event.call, event.action, role="action"),
            quote(piece, event.result, said.splitlines()[0], role="observation"),
        )
        later = next((other.tool for other in events[at + 1 :] if other.tool != event.tool and not other.failed), "")
        yield Note(kind=KIND, key=event.tool, detail=f"{own}\n{later}\n{squeeze(event.action)}", quotes=quotes)
        if len(said) <= _SHORT and _goes_on_with_more(piece, event):
            yield Note(kind=READ, key=event.tool)


def _goes_on_with_more(piece: Slice, event: Event) -> bool:
    """Return whether the agent, right after *event*, uses an identifier or a number that no earlier step contains."""
    steps, answered = piece.trajectory.steps, event.result or event.call
    after = next(
        (at for at in range(answered + 1, piece.stop) if steps[at].kind in {"tool_result", "user"}), piece.stop
    )
    own = {name for step in steps[answered + 1 : after] for name in _IDENTIFIER.findall(step.text[:_MOST_READ])}
    if not own:
        return False
    before = "\n".join(step.text for step in steps[: answered + 1])
    return any(name not in before for name in own)


def _own(said: str, so_far: str) -> str:
    """Return the first 20 different words of an answer that the calls so far do not contain, without numbers."""
    asked = set(_TOKEN.findall(so_far.lower()))
    found = dict.fromkeys(word for word in _TOKEN.findall(said[:_LONGEST].lower()) if word not in asked)
    return " ".join(list(found)[:_MOST_WORDS])


def tell(runs: Sequence[Run]) -> Iterator[Lesson]:
    """Yield one lesson for every tool that never shows what its name promises."""
    read_elsewhere = noted(runs, READ)
    for tool, pairs in noted(runs, KIND).items():
        met = runs_of(pairs)
        answers, then, asked = zip(*(note.detail.split("\n", 2) for _, note in pairs), strict=True)
        if (
            len(met) < LEAST_RUNS
            or len(tasks_of(met)) < 2
            or len(set(asked)) < LEAST_RUNS
            or not _says_one_thing(answers)
            or len(runs_of(read_elsewhere.get(tool, ()))) > MOST_READ * len(met)
        ):
            continue
        other = most_common((name for name in then if name), most=1, least=2)
        shown = min((note.quotes[1].text for _, note in pairs), key=lambda text: (len(text), text))
        yield lesson(
            when=f"`{tool}` answers",
            do=f"The answer shows no text, only a confirmation (“{clip(shown, 120)}”)."
            + (f" Take what you quote from `{other[0]}`." if other else " Do not answer as if you had read something."),
            because=f"{len(pairs)} calls in {len(met)} runs returned nothing else",
            polarity="success",
            pattern=KIND,
            evidence=quotes_of(pairs),
            trajectories=(run.piece.trajectory for run in met),
            tools=(tool,),
        )


def _says_one_thing(answers: Sequence[str]) -> bool:
    """Return whether nearly all answers consist of the same few phrases, whatever was asked."""
    shares = Counter(word for answer in answers for word in set(answer.split()))
    usual = {word for word, count in shares.items() if count >= max(LEAST_SAME, USUAL * len(answers))}
    fitting = sum(len(set(answer.split()) - usual) <= 1 for answer in answers)
    return all(answers) and fitting >= LEAST_SHARE * len(answers)
