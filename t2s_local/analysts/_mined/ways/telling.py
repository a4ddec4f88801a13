"""Wording of a way out of a failure, as a lesson."""

from collections import Counter
from collections.abc import Sequence

from t2s_local.analysts._lessons import code, lesson, quote
from t2s_local.analysts._mined.labelled_runs import Run
from t2s_local.analysts._mined.ways.commands import Command, commands_of, has_content, pattern, shared_words
from t2s_local.analysts._mined.ways.messages import shown
from t2s_local.analysts._mined.ways.scenes import Scene
from t2s_local.text.commands import heads_of, is_same_call, is_shell, script_of, scripts_of
from t2s_local.text.events import Event
from t2s_local.text.recovery.recovered import words_in_common
from t2s_local.text.text import join_words
from t2s_local.values.lesson import Lesson

_SAME_GOAL = 0.5
_SHOWN_RUNS = 3
_SHOWN_HEADS = 2


def told(word: str, carriers: Sequence[Scene]) -> Lesson | None:
    """Return the lesson that an action with *word* ends the failure of *carriers*; None if it has no content."""
    ways = [scene.window[scene.fresh[word]] for scene in carriers]
    done = [commands_of(way, scene.run) for way, scene in zip(ways, carriers, strict=True)]
    do = _action(word, done, ways, [scene.failed for scene in carriers])
    if do is None:
        return None
    again = sum(_repeats(scene, way) for scene, way in zip(carriers, ways, strict=True))
    if 2 * again >= len(carriers):
        do += ", then repeat what failed"
    evidence = []
    for scene, way in list(zip(carriers, ways, strict=True))[:_SHOWN_RUNS]:
        piece, failed = scene.run.piece, scene.failed
        evidence += [
            quote(piece, failed.call, failed.action, role="action"),
            quote(piece, failed.result or failed.call, failed.error or "", role="observation"),
            quote(piece, way.call, way.action, role="fix"),
        ]
    message = shown([scene.failed.error or "" for scene in carriers])
    return lesson(
        when=f"{_what([(scene.failed, scene.run) for scene in carriers])} with {message}",
        do=f"{do}.",
        because=None,
        polarity="failure",
        pattern="recovery",
        evidence=evidence,
        trajectories=[scene.run.piece.trajectory for scene in carriers],
        tools={scene.failed.tool for scene in carriers} | {way.tool for way in ways},
    )


def _action(word: str, done: Sequence[Sequence[Command]], ways: Sequence[Event], failed: Sequence[Event]) -> str | None:
    """Return the shared action of the runs, in the imperative.

    None if the action has no content, or the lessons of single runs state it already.
    """
    named = [next(command for command in commands if word in command) for commands in done]
    shared = shared_words(named) | {word}
    command = pattern(named, shared)
    if not has_content(command):
        return None
    tool = Counter(way.tool for way in ways).most_common(1)[0][0]
    if is_shell(tool):
        kept = [word for word in command if word in shared]
        if all(_is_option(word) for word in kept):
            return f"Run the command again with {code(' '.join(kept))}"
        if command[0] not in shared or 2 * sum(map(_is_retry, failed, ways)) > len(ways):
            return None
        return f"Run {code(' '.join(command))}"
    arguments = [part.partition("=") for part in command[1:]]
    if all(mark for _, mark, _ in arguments):
        given = join_words(f"`{name}` = `{value}`" for name, _, value in arguments)
        return f"Call `{tool}`" + (f" with {given}" if given else "")
    return f"Call `{tool}` with {code(' '.join(command[1:]))}"


def _is_retry(failed: Event, way: Event) -> bool:
    """Return whether *way* is the failed command with other words: the recovery of a single run states that already."""
    is_same = failed.head in heads_of(way.action) and script_of(failed.action) in (None, *scripts_of(way.action))
    return is_same and words_in_common(failed.action, way.action) >= _SAME_GOAL


def _is_option(word: str) -> bool:
    """Return whether *word* changes how a command runs: an option, or a variable set for it."""
    return word.startswith("--") or "=" in word


def _repeats(scene: Scene, way: Event) -> bool:
    later = (event for event in scene.run.events if event.call > way.call and not event.failed)
    return any(
        is_same_call(scene.failed.tool, scene.failed.action, event.action)
        for event in later
        if event.tool == scene.failed.tool
    )


def _what(failures: Sequence[tuple[Event, Run]]) -> str:
    """Return the part of the failing command that all runs share, otherwise the most frequent programs."""
    commands = [
        commands[-1] for event, run in failures if (commands := commands_of(event, run)) and is_shell(event.tool)
    ]
    if len(commands) == len(failures):
        shared = shared_words(commands)
        if any(command[0] in shared for command in commands):
            return f"{code(' '.join(pattern(commands, shared)))} fails"
    heads = Counter(event.head.split()[0] if is_shell(event.tool) else event.head for event, _ in failures)
    ranked = sorted(heads, key=lambda head: (-heads[head], head))[:_SHOWN_HEADS]
    return f"{join_words((f'`{head}`' for head in ranked), last='or')} fails"
