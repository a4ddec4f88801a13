"""Certainty of the fallback reader: the share of messages that fit, and the share of words that are in steps."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from t2s_local.formats._maps.call_shapes import written_call
from t2s_local.formats._maps.mapped_runs import SCRIPT, Conversation
from t2s_local.formats._maps.mapped_steps import StepReader
from t2s_local.ports.format import Guess, Passed
from t2s_local.records.json import Record, decode_text
from t2s_local.values.trajectory import Step, Trajectory

_LOOKED_AT = 400
"""Items of one conversation whose words are looked up in its steps."""
_TELLING = 16
"""Fewest characters of a text that counts as words rather than a name, an id or a time."""
_SPEAKERS = frozenset({"user", "system", "summary"})
_AGENTS = frozenset({"assistant", "thought", "tool_call"})
_ACT = re.compile(r"^```|^<(\w+)>\s*<\w+>|^(?:ACTION|Action|COMMAND|Command):", re.MULTILINE)
"""Patterns of commands inside an agent's words: fenced, in tags, or after a keyword."""
_BESIDE = frozenset({"id", "uuid", "timestamp", "time", "created_at", "model", "signature", "parentUuid", "encrypted"})
_MOST_BESIDE = 0.02
"""Share of all words from which a field whose words are in no step is reported as left out."""


class Observations:
    """Evidence for and against the way in which a file was read."""

    def __init__(self, reader: StepReader) -> None:
        """Start with no evidence; *reader* decides which records are steps."""
        self._reader = reader
        self._counts: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()

    def add(self, found: Conversation, run: Trajectory | Passed) -> None:
        """Add one conversation and the run that was read from it."""
        steps = run.steps if isinstance(run, Trajectory) else ()
        calls = {step.call_id for step in steps if step.kind == "tool_call" and step.call_id is not None}
        results = [step for step in steps if step.kind == "tool_result"]
        kinds = {step.kind for step in steps}
        items = found.items[:_LOOKED_AT]
        known = "\0".join(_spoken(steps))
        said = [step.text for step in steps if step.kind == "assistant"]
        self._counts.update(
            runs=1,
            whole=int(bool(kinds & _SPEAKERS) and bool(kinds & _AGENTS)),
            mute=int("tool_call" not in kinds and sum(_ACT.search(text) is not None for text in said) * 2 > len(said)),
            items=len(found.items),
            fitting=sum(SCRIPT in item or bool(self._reader.parts_played(item)) for item in found.items),
            results=len(results),
            linked=sum(step.call_id in calls for step in results),
        )
        for item in items:
            self._look(item, known)

    def _look(self, item: Record, known: str) -> None:
        """Count the words of a message, and those of them that the text *known* from the steps contains."""
        n_words, n_known = 0, 0
        for key, text in _leaves(item, ""):
            size = len(text)
            n_words += size
            if _end(text) in known:
                n_known += size
            else:
                self._left_out[key] += size
        self._counts.update(words=n_words, known=n_known, looked=1, told=int(n_known > 0 or n_words == 0))

    def left(self, n_values: int) -> None:
        """Count values of the file without a conversation."""
        self._counts["others"] += n_values

    def guesses(self, path: str) -> Iterator[Guess]:
        """Yield the certainty, from 0 to 1, with its reasons; nothing if no conversation was found."""
        counts = self._counts
        if not counts["runs"]:
            return
        fitting, told = _share(counts["fitting"], counts["items"]), _share(counts["told"], counts["looked"])
        certainty = fitting * told
        for least, share in (
            (0.7, _share(counts["known"], counts["words"])),
            (0.5, _share(counts["linked"], counts["results"])),
            (0.5, _share(counts["whole"], counts["runs"])),
            (0.5, 1 - counts["mute"] / counts["runs"]),
            (0.6, _share(counts["runs"], counts["runs"] + counts["others"])),
        ):
            certainty *= least + (1 - least) * share
        yield Guess(path=path, certainty=round(certainty, 2), reasons=tuple(self._reasons()))

    def _reasons(self) -> Iterator[str]:
        counts = self._counts
        yield f"{counts['fitting']} of {counts['items']} messages fit"
        if counts["told"] < counts["looked"]:
            yield f"{counts['looked'] - counts['told']} of {counts['looked']} messages say nothing that was understood"
        yield f"{100 * _share(counts['known'], counts['words']):.0f} % of the words are in steps"
        if counts["results"]:
            yield f"{counts['linked']} of {counts['results']} results answer a call"
        if counts["whole"] < counts["runs"]:
            yield f"{counts['runs'] - counts['whole']} of {counts['runs']} runs have one side only"
        if counts["mute"]:
            yield f"{counts['mute']} of {counts['runs']} runs hold commands in words and no call"
        if counts["others"]:
            yield f"{counts['others']} values hold no conversation"
        most = [key for key, size in self._left_out.most_common(3) if size > _MOST_BESIDE * counts["words"]]
        if most:
            yield f"left out: {', '.join(most)}"


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _end(text: str) -> str:
    """Return the last 60 characters of the first line with words, without marks and quotes around them."""
    first = next((line for line in text.split("\n") if len(line.strip()) >= _TELLING), text)
    return first.strip(" \"'>*]}\\\r")[-60:]


def _spoken(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        yield step.text
        yield from (text for _, text in _leaves(step.arguments or {}, ""))
        yield from filter(None, (step.tool, step.call_id))


def _leaves(value: object, key: str) -> Iterator[tuple[str, str]]:
    """Yield (field, text) for strings of 16 characters or more with a space: sentences, not ids or times."""
    stack = [(key, value)]
    while stack:
        name, inner = stack.pop()
        if isinstance(inner, dict):
            stack += [(field, item) for field, item in inner.items() if field not in _BESIDE]
        elif isinstance(inner, list):
            stack += [(name, item) for item in inner]
        elif isinstance(inner, str) and len(inner) >= _TELLING and " " in inner.strip():
            decoded = decode_text(inner)
            if decoded is None and (call := written_call(inner)) is not None:
                stack.append((name, call[1]))
            elif decoded is None:
                yield name, inner
            else:
                stack.append((name, decoded))
