"""Rules one at a time on a terminal, with a question about each."""

import os
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import click

from t2s_local.cli.output import say
from t2s_local.cli.reviewing.words import print_decision, print_item
from t2s_local.offline import program_let_through
from t2s_local.runs.finished.review import ReviewItem, decide, undo
from t2s_local.values.decision import RuleText, Verdict
from t2s_local.workspace import Workspace

_QUESTION = "accept, reject, edit, pin, later, undo, quit"
_ANSWERS = {word[0]: word for word in _QUESTION.split(", ")}
_VERDICTS: dict[str, Verdict] = {"accept": "accepted", "reject": "rejected", "pin": "pinned"}
_EDITOR = "vi"
"""Program that POSIX systems have where the user names none."""
_PARTS = ("When", "Do", "Why")
_HELP = (
    "# Lines that begin with # are left out. Save and close to accept the rule in these words; empty it to cancel.\n"
)


def prompted(items: list[ReviewItem], store: Workspace, library: Path | None) -> int:
    """Ask about each rule, and return how many decisions stand at the end; each is kept as soon as it is made.

    Ctrl-C and the end of the input end the questions, as ``quit`` does.
    """
    made: list[int] = []
    at = 0
    while at < len(items):
        item = items[at]
        click.echo()
        print_item(item, place=f"{at + 1} of {len(items)}")
        try:
            answer = _answer()
            if answer == "quit":
                break
            if answer == "undo":
                at = _taken_back(made, at, store, library)
                continue
            if _decided(answer, item, store, library):
                made.append(at)
            elif answer != "later":
                continue
        except click.Abort:
            click.echo()
            break
        at += 1
    return len(made)


def _answer() -> str:
    shown = ", ".join(f"[{word[0]}]{word[1:]}" for word in _ANSWERS.values())
    while True:
        given = click.prompt(shown, prompt_suffix=" > ", default="later", show_default=False).strip().lower()
        if given[:1] in _ANSWERS and _ANSWERS[given[:1]].startswith(given):
            return _ANSWERS[given[:1]]
        say(f"One of: {_QUESTION}.")


def _taken_back(made: list[int], at: int, store: Workspace, library: Path | None) -> int:
    """Take the last decision of this sitting back, and return the rule it was about."""
    if not made:
        say("Nothing was decided yet; `t2s review --undo` takes back what was decided before.")
        return at
    print_decision(undo(store, library), "Taken back")
    return made.pop()


def _decided(answer: str, item: ReviewItem, store: Workspace, library: Path | None) -> bool:
    """Keep the decision that *answer* means; whether there is one."""
    if answer == "edit":
        text = _edited(item)
        if text is None:
            say("Nothing was saved; the rule is as it was.")
            return False
        decide(store, library, item.id, verdict="pinned", at=utc_now(), text=text)
        return True
    verdict = _VERDICTS.get(answer)
    if verdict is None:
        return False
    reason = None
    if verdict == "rejected":
        reason = click.prompt("  Why", default="", show_default=False).strip() or None
    decide(store, library, item.id, verdict=verdict, at=utc_now(), reason=reason)
    return True


def _edited(item: ReviewItem) -> RuleText | None:
    """Open the rule in the person's editor; None where nothing was saved or an editor failed."""
    values = (item.when, item.do, item.because or "")
    before = _HELP + "".join(f"{name}: {value}\n" for name, value in zip(_PARTS, values, strict=True))
    words = shlex.split(next(filter(None, map(os.environ.get, ("VISUAL", "EDITOR"))), _EDITOR))
    program = shutil.which(words[0]) if words else None
    if program is None:
        say(f"There is no program {words[0] if words else ''!r}; EDITOR names another one.")
        return None
    try:
        with program_let_through(Path(program)):
            after = click.edit(before, editor=shlex.join([program, *words[1:]]))
    except click.ClickException as error:
        say(error.format_message())
        return None
    return None if after is None else parse_edit(after)


def parse_edit(text: str) -> RuleText | None:
    """Read a rule as it is edited: ``When:``, ``Do:`` and ``Why:``, each on lines of its own; None without a ``Do``."""
    found: dict[str, list[str]] = {}
    name = None
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        head, colon, rest = line.partition(":")
        if colon and head.strip() in _PARTS:
            name = head.strip()
            found[name] = [rest.strip()]
        elif name is not None:
            found[name].append(line.strip())
    when, do, why = (" ".join(filter(None, found.get(part, []))) for part in _PARTS)
    return RuleText(when=when, do=do, because=why or None) if when and do else None


def utc_now() -> str:
    """Return the time as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
