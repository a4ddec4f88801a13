"""Conversations around hand-written turns of users, some of which put the agent right.

`turns/open.tsv` and `turns/held_out.tsv` hold a turn a line: language, kind, scene, detail, words. Turns were written
first and parted by the digest of their words; rules are tuned on the open half alone. A scene of `turns/scenes.tsv` is
what the agent did before the turn, and what it did after it where it changed course.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

from t2s_local.values.trajectory import Step, Trajectory, TrajectoryId
from t2s_local.values.value import digest

HALVES = ("open", "held_out")
CORRECTION = "correction"
_TURNS = Path(__file__).parent / "turns"
_ASKED = {
    "en": ("The ticket is about {}. Please take care of it.", "Work on {} next, details are in the issue."),
    "de": ("Im Ticket geht es um {}. Kümmere dich bitte darum.", "Mach mit {} weiter, Details stehen im Issue."),
    "es": ("El ticket va de {}. Encárgate, por favor.", "Sigue con {}, los detalles están en el issue."),
    "ru": ("Тикет про {}. Займись им, пожалуйста.", "Продолжай с {}, подробности в задаче."),
    "zh": ("这个工单是关于 {} 的，麻烦处理一下。", "接着做 {}，细节在 issue 里。"),
    "ja": ("チケットは {} についてです。対応をお願いします。", "続いて {} をお願いします。詳細はissueにあります。"),
    "ko": ("이 티켓은 {} 관련이에요. 처리해 주세요.", "이어서 {} 작업해 주세요. 자세한 건 이슈에 있어요."),
}
_ASKS_BACK = {
    "en": "Before I go on: which one do you want?",
    "de": "Bevor ich weitermache: welche Variante soll es sein?",
    "es": "Antes de seguir: ¿cuál prefieres?",
    "ru": "Прежде чем продолжить: какой вариант нужен?",
    "zh": "继续之前想确认：要哪一个？",
    "ja": "続ける前に確認です。どちらにしますか？",
    "ko": "계속하기 전에 여쭤볼게요. 어느 쪽으로 할까요?",
}
_REDONE = frozenset({"tint", "users"})
"""Scenes of orders that change what the agent wrote without putting it right."""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """Words of a user with what is known of them."""

    half: str
    language: str
    kind: str
    """``correction``, ``order``, ``question``, ``answer``, ``thanks``, ``mind`` (changed) or ``log``."""
    scene: str
    detail: str
    """For a change of mind the request it takes back, for a log the number of what is pasted."""
    words: str

    @property
    def said(self) -> str:
        """Everything the user sends: the words, and below them what is pasted."""
        pasted = _lines("logs.txt")[int(self.detail)].replace("\\n", "\n") if self.kind == "log" else ""
        return f"{self.words}\n\n{pasted}" if pasted else self.words


def turns(half: str) -> list[Turn]:
    """Read the turns of one half."""
    rows = (line.split("\t") for line in _lines(f"{half}.tsv"))
    return [
        Turn(half=half, language=language, kind=kind, scene=scene, detail=detail, words=words)
        for language, kind, scene, detail, words in rows
    ]


def conversation(turn: Turn) -> tuple[Trajectory, int]:
    """Build the conversation of *turn*, and return it with the place of the turn in it.

    The tools are those of an editor of strings or of patches, by the digest of the turn.
    """
    seed = sha256(turn.said.encode()).digest()
    name, before, after = _scenes()[turn.scene]
    asked = turn.detail if turn.kind == "mind" else _ASKED[turn.language][seed[1] % 2].format(name)
    steps = [Step(kind="user", text=asked), *_look(seed), *_calls(before, seed)]
    if turn.kind == "answer":
        steps.append(Step(kind="assistant", text=_ASKS_BACK[turn.language]))
    elif seed[2] % 3:
        steps.append(Step(kind="assistant", text="Done."))
    place = len(steps)
    steps += [Step(kind="user", text=turn.said), *_after(turn, before, after, seed), Step(kind="assistant", text="Ok.")]
    identity = TrajectoryId(digest(turn.language, turn.kind, turn.scene, turn.said))
    return Trajectory(id=identity, source=f"{identity}.jsonl", format="native", steps=tuple(steps)), place


def _after(turn: Turn, before: str, after: str, seed: bytes) -> list[Step]:
    """Do what comes after the turn: another course, more of the same, a look, or nothing."""
    changes = turn.kind in {"mind", "log"} or turn.scene in _REDONE
    if changes or (turn.kind == CORRECTION and seed[3] % 7):
        return _calls(after, seed)
    if turn.kind in {"order", "answer"}:
        return _calls(_more(before, seed), seed)
    return _look(seed) if turn.kind == "question" and seed[3] % 2 else []


def _more(before: str, seed: bytes) -> str:
    """Add to what was written, or write something else."""
    if before.startswith("run:") or seed[4] % 2:
        return f"write src/added_{seed[5]}.txt: one more thing, number {seed[6]}"
    path, _, written = before.partition(" ")[2].partition(": ")
    last = written.rpartition(" => ")[2].rpartition("\\n")[2]
    return f"edit {path}: {last} => {last}\\n# more, number {seed[6]}"


def _look(seed: bytes) -> list[Step]:
    return _call("Grep", {"pattern": "TODO"}, "TODO", "src/main.txt:3: TODO", seed, "look")


def _calls(text: str, seed: bytes) -> list[Step]:
    """Make calls of a line of a scene, in one of two kinds of tools."""
    verb, _, rest = text.replace("\\n", "\n").partition(" ")
    if verb == "run:":
        tool = "Bash" if seed[0] % 2 else "shell"
        return _call(tool, {"command": rest}, rest, "done", seed, text)
    path, _, body = rest.partition(": ")
    old, _, new = body.partition(" => ") if verb == "edit" else ("", "", body)
    if seed[0] % 2:
        named = {"file_path": path, "old_string": old, "new_string": new}
        arguments = named if verb == "edit" else {"file_path": path, "content": new}
        return _call("Edit" if verb == "edit" else "Write", arguments, _json(arguments), "updated", seed, text)
    lines = [f"-{line}" for line in old.split("\n") if old] + [f"+{line}" for line in new.split("\n")]
    patch = "\n".join(["*** Begin Patch", f"*** Update File: {path}", "@@", *lines, "*** End Patch"])
    return _call("apply_patch", {"input": patch}, patch, "Done!", seed, text)


def _call(tool: str, arguments: dict[str, object], text: str, answer: str, seed: bytes, salt: str) -> list[Step]:
    identity = digest(seed.hex(), salt, tool)[:12]
    return [
        Step(kind="tool_call", text=text, tool=tool, arguments=arguments, call_id=identity),
        Step(kind="tool_result", text=answer, tool=tool, call_id=identity),
    ]


def _json(arguments: dict[str, object]) -> str:
    return msgspec.json.encode(arguments).decode()


def _scenes() -> dict[str, tuple[str, str, str]]:
    rows = (line.split("\t") for line in _lines("scenes.tsv"))
    return {scene: (name, before, after) for scene, name, before, after in rows}


def _lines(name: str) -> list[str]:
    return (_TURNS / name).read_text("utf-8").splitlines()


def all_turns() -> Iterator[Turn]:
    """Yield the turns of both halves."""
    for half in HALVES:
        yield from turns(half)
