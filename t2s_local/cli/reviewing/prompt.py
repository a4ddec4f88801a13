"""Ask a person on a terminal about rules, skills and edits, one at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from t2s_local.cli.output import paragraph, say
from t2s_local.cli.reviewing.editor import edited_draft, edited_rule
from t2s_local.cli.reviewing.screen import in_full, on_screen
from t2s_local.cli.reviewing.words import (
    EXPLAINED,
    OF_EDITS,
    OF_PROPOSALS,
    OF_PROPOSED_EDITS,
    OF_SKILLS,
    print_answer,
    print_decision,
)
from t2s_local.errors import LockedError, T2SError
from t2s_local.runs.finished.why import Recording, recording_of
from t2s_local.runs.reviewing.deciding import Answer, decide, made_since, undo
from t2s_local.runs.reviewing.items import EditItem, Item, ProposalItem, ProposedEditItem, RuleItem, SkillItem
from t2s_local.skills.library.one_skill.waiting import draft_of
from t2s_local.values.decision import Decision, Verdict
from t2s_local.values.lesson import Quote
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.workspace import Workspace

_ANSWERS = {word[0]: word for word in EXPLAINED}
_QUESTION = ", ".join(f"[{word[0]}]{word[1:]}" for word in EXPLAINED).replace("[l]ater", "[l]ater or Enter") + ", [?]"
_BACK = "<"
_VERDICTS: dict[str, Verdict] = {"accept": "accepted", "reject": "rejected", "pin": "pinned"}


class Sitting:
    """Review session in which a person answers questions about a library."""

    def __init__(self, store: Workspace, library: Path | None, known: Sequence[Decision]) -> None:
        """Begin a review without answers.

        Args:
            store: The workspace.
            library: Folder of the library; None for the library that was written last.
            known: Decisions from before the review.
        """
        self._store = store
        self._library = library
        self._known = list(known)
        self._made: list[tuple[int, tuple[Decision, ...]]] = []
        self.is_interrupted = False

    @property
    def n_made(self) -> int:
        """Number of answers that were not undone."""
        return len(self._made)

    def ask(self, items: Sequence[Item]) -> None:
        """Ask about each item; every answer is stored immediately.

        The end of the input, ``quit``, or Ctrl-C at any prompt ends the questions.
        """
        at = 0
        try:
            while at < len(items):
                going = self._about(items, at)
                if going is None:
                    return
                at = going
        except (click.Abort, KeyboardInterrupt) as error:
            self.is_interrupted = not isinstance(error.__context__, EOFError)
            click.echo()

    def _about(self, items: Sequence[Item], at: int) -> int | None:
        """Ask about the item with index *at*, and return the index of the next item; None at the end."""
        item = items[at]
        if self._is_decided(item):
            return at + 1
        place = f"{at + 1} of {len(items)}"
        recordings = self._recordings(item)
        click.echo("\n".join(("", *on_screen(item, place, recordings, below=_n_below()))))
        following = None
        while following is None:
            answer = _answer(item)
            if answer == "quit":
                return None
            if answer == "more":
                click.echo("\n".join(in_full(item, place, recordings)))
                continue
            try:
                following = self._after(answer, item, at)
            except T2SError as error:
                _say_error(error)
                is_asked_again = answer == "undo" or isinstance(error, LockedError)
                following = at if is_asked_again else at + 1
        return following

    def _after(self, answer: str, item: Item, at: int) -> int | None:
        """Carry out the answer, and return the index of the item to continue with; None to ask again."""
        if answer == "undo":
            return self._taken_back(at)
        return at + 1 if answer == "later" or self._kept(answer, item, at) else None

    def _is_decided(self, item: Item) -> bool:
        """Return whether this review, or another process in the meantime, has decided about *item*."""
        mine = [decision for _, made in self._made for decision in made]
        if any(_is_about(decision, item) for decision in mine):
            return True
        others = made_since(self._store, self._library, [*self._known, *mine])
        for decision in others:
            if _is_about(decision, item):
                print_decision(decision, "Meanwhile")
                return True
        return False

    def _recordings(self, item: Item) -> list[Recording]:
        """Return the recordings of the best quotes of a rule, with the steps around the quotes."""
        by_run: dict[TrajectoryId, list[Quote]] = {}
        for quote in item.quotes if isinstance(item, RuleItem) else ():
            by_run.setdefault(quote.trajectory_id, []).append(quote)
        return [recording_of(self._store, run, told) for run, told in by_run.items()]

    def _taken_back(self, at: int) -> int:
        """Undo the last answer of this review, and return the index of the item that the answer was about."""
        if not self._made:
            say("Nothing was decided yet; `t2s review --undo` takes back what was decided before.")
            return at
        place, made = self._made.pop()
        undone = undo(self._store, self._library, at=utc_now(), only=made)
        print_decision(undone[0], "Taken back")
        return place

    def _kept(self, word: str, item: Item, at: int) -> bool:
        """Store the answer that *word* means; return whether there is an answer."""
        answer = _edited(item) if word == "edit" else _plain(word, item)
        if answer is None:
            say("Nothing was saved; it is as it was.")
            return False
        made = decide(self._store, self._library, [answer], at=utc_now(), unassessed=True)
        self._made.append((at, made))
        print_answer(made)
        return True


def _answer(item: Item) -> str:
    """Return the word that a person chose."""
    click.echo(paragraph(_QUESTION, first=0))
    while True:
        given = click.prompt("", prompt_suffix="> ", default="later", show_default=False).strip().lower()
        if given[:1] in _ANSWERS and _ANSWERS[given[:1]].startswith(given):
            return _ANSWERS[given[:1]]
        if given != "?":
            say(f"There is no answer {given!r}.")
        meanings = EXPLAINED | (OF_EDITS if isinstance(item, EditItem) else {})
        meanings |= OF_PROPOSALS if isinstance(item, ProposalItem) else {}
        meanings |= OF_PROPOSED_EDITS if isinstance(item, ProposedEditItem) else {}
        for word, meaning in (meanings | (OF_SKILLS if isinstance(item, SkillItem) else {})).items():
            click.echo(paragraph(f"[{word[0]}]{word[1:]}: {meaning}.", indent=4, first=2))


def _n_below() -> int:
    """Return the number of lines that a question needs."""
    return len(paragraph(_QUESTION, first=0).splitlines()) + 2


def _plain(word: str, item: Item) -> Answer | None:
    """Return the answer that *word* means; None if the person went back instead of stating a reason."""
    verdict = _VERDICTS[word]
    reason = None
    if verdict == "rejected":
        reason = click.prompt(f"Reason (Enter for none, {_BACK} to go back)", default="", show_default=False).strip()
        if reason == _BACK:
            return None
    return Answer(name=item.id, verdict=verdict, reason=reason or None)


def _edited(item: Item) -> Answer | None:
    """Return the answer with the edited *item* from the person's editor; None if nothing was saved."""
    if isinstance(item, RuleItem):
        text = edited_rule(item)
        return None if text is None else Answer(name=item.id, verdict="pinned", text=text)
    name = item.skill if isinstance(item, EditItem | ProposedEditItem) else item.id.rpartition(":")[0] or item.id
    draft = edited_draft(draft_of(Path(item.library), name))
    if draft is not None and isinstance(item, ProposalItem):
        return Answer(name=name, verdict="accepted", draft=draft)
    return None if draft is None else Answer(name=item.id, verdict="accepted", draft=draft)


def _is_about(decision: Decision, item: Item) -> bool:
    if isinstance(item, SkillItem):
        return decision.skill == item.id and (decision.with_skill or decision.id == item.id)
    return decision.id == item.id


def _say_error(error: T2SError) -> None:
    say(f"Error: {error}")
    if error.hint:
        say(f"Hint: {error.hint}")


def utc_now() -> str:
    """Return the time as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
