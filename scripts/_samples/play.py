"""Screenplays: what a scripted agent is asked, says and runs.

A file holds tasks; a task has a hidden set-up, a check that decides success, and runs::

    === task NAME
    --- setup
    (bash, run before the agent starts)
    --- verify
    (bash, run afterwards; exit code 0 is success)
    --- run FORMAT
    > words of the user
    words of the agent
    $ a command
    | its further lines
    @limit      the agent was stopped here

Blank lines mean nothing, except inside a command, where an empty ``|`` stands for one.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

Kind = Literal["user", "say", "run", "limit"]


@dataclass(frozen=True, kw_only=True)
class Beat:
    """One thing that happens in a run."""

    kind: Kind
    text: str


@dataclass(frozen=True, kw_only=True)
class Play:
    """One run of one task, before it is played."""

    subject: str
    task: str
    number: int
    """Of this run among those of its task, from 1."""
    form: str
    """``claude_code``, ``openai_chat`` or ``mini_swe_agent``."""
    setup: str
    verify: str
    beats: tuple[Beat, ...]

    @property
    def name(self) -> str:
        """Unique among all plays."""
        return f"{self.task}-{self.number}"


def read_plays(path: Path) -> list[Play]:
    """Read the plays of one subject, in the order of the file."""
    plays: list[Play] = []
    for block in path.read_text("utf-8").split("=== task ")[1:]:
        task, _, rest = block.partition("\n")
        sections = [section.partition("\n") for section in rest.split("--- ")[1:]]
        texts = {head: body for head, _, body in sections if head in ("setup", "verify")}
        forms = [(head.removeprefix("run "), body) for head, _, body in sections if head.startswith("run ")]
        for number, (form, body) in enumerate(forms, start=1):
            play = Play(
                subject=path.stem,
                task=f"{path.stem}-{task.strip()}",
                number=number,
                form=form.strip(),
                setup=texts["setup"],
                verify=texts["verify"],
                beats=_beats(body),
            )
            plays.append(play)
    return plays


_MARKS: dict[str, Kind] = {"> ": "user", "$ ": "run"}


def _beats(body: str) -> tuple[Beat, ...]:
    beats: list[Beat] = []
    for line in body.splitlines():
        if not line.strip():
            continue
        if line.startswith("|"):
            beats[-1] = replace(beats[-1], text=f"{beats[-1].text}\n{line[2:]}")
        elif line.strip() == "@limit":
            beats.append(Beat(kind="limit", text=""))
        else:
            kind = _MARKS.get(line[:2], "say")
            text = line if kind == "say" else line[2:]
            if beats and beats[-1].kind == kind != "run":
                beats[-1] = replace(beats[-1], text=f"{beats[-1].text}\n{text}")
            else:
                beats.append(Beat(kind=kind, text=text))
    return tuple(beats)
