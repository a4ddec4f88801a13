"""Write and parse ``references/evidence.md``, which lists support and quotes of every rule."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from t2s_local.skills.document import tokens_of
from t2s_local.skills.markdown import code, fence, prose
from t2s_local.text.text import clip, counted
from t2s_local.values.lesson import Quote
from t2s_local.values.value import Value

if TYPE_CHECKING:
    from markdown_it.token import Token

PATH = "references/evidence.md"
MOST_LISTED = 200
"""Number of trajectories listed for a rule at most: thousands would make the file too long to read."""
_INTRO = """\
# Evidence

What stands behind each rule. A *trajectory* is one recorded run. Every quote stands word for word in the step named
above it, with home folders written as `~`; `t2s verify` reads this file and checks quotes and counts against the
stored trajectories.
"""
_RULE = re.compile(r"(R\d+)\. ")
_SUPPORT = re.compile(r"Support: (\d{1,12}) trajectories, (\d{1,12}) tasks?$")
_OUTCOMES = re.compile(r"Outcomes: (.*)$")
_OUTCOME = re.compile(r"(\d{1,12}) (success|partial|failure|unknown)$")
_PATTERNS = re.compile(r"Found as: (.*)$")
_CONFIRMED = re.compile(r"Last confirmed: (\d{4}-\d{2}-\d{2})$")
_LISTED = re.compile(r", | and ")
_TRAJECTORIES = re.compile(r"Trajectories(?: \(\d+ of (\d{1,12})\))?: ")
_QUOTED = re.compile(r"Trajectory (\S+), step (\d{1,12}), (\w+):$")


def evidence_text(sections: Iterable[str]) -> str:
    """Return the text of the evidence file with the *sections* of its rules."""
    return "\n".join((_INTRO, *sections))


def evidence_section(rule: str, head: str, facts: Sequence[str], quotes: Iterable[Quote]) -> str:
    """Return the section of the evidence file about a rule.

    Args:
        rule: Number of the rule, as ``R1``.
        head: Situation of the rule.
        facts: Lines such as those of :func:`support_fact`.
        quotes: Quotes, in the order of the file.
    """
    listed = "\n".join(f"- {fact}" for fact in facts)
    return "\n".join([f"## {rule}. {prose(clip(head, 120))}\n", f"{listed}\n", *map(_quote, quotes)])


def support_fact(support: int, tasks: int) -> str:
    """Return a line with the number of trajectories and tasks that support a rule."""
    return f"Support: {support} trajectories, {counted(tasks, 'task')}"


def outcome_words(outcomes: Mapping[str, int]) -> str:
    """Return counts of outcomes in a fixed order, as ``3 success, 1 failure``."""
    order = ("success", "partial", "failure", "unknown")
    return ", ".join(f"{outcomes[name]} {name}" for name in order if outcomes.get(name))


def trajectories_fact(runs: Sequence[str], *, quoted: Iterable[str]) -> str:
    """Return a line that lists the trajectories behind a rule; if they are more than 200, quoted trajectories first."""
    if len(runs) <= MOST_LISTED:
        return f"Trajectories: {', '.join(map(code, runs))}"
    named = set(quoted)
    shown = sorted({*named, *runs[: MOST_LISTED - len(named)]})
    return f"Trajectories ({len(shown)} of {len(runs)}): {', '.join(map(code, shown))}"


def _quote(quote: Quote) -> str:
    return f"Trajectory {code(quote.trajectory_id)}, step {quote.step}, {quote.role}:\n\n{fence(quote.text)}\n"


class QuotedStep(Value, frozen=True, kw_only=True):
    """One quote in the evidence file."""

    trajectory_id: str
    step: int
    role: str
    text: str
    line: int


class EvidenceClaim(Value, frozen=True, kw_only=True):
    """Claims of the evidence file about one rule."""

    rule: str
    line: int
    support: int | None = None
    """Number of trajectories; None if the file does not state it in the expected form."""
    outcomes: dict[str, int] | None = None
    patterns: tuple[str, ...] = ()
    """Names of the patterns that found the rule's lessons."""
    last_confirmed: str | None = None
    """Day of the last run behind the rule, ``YYYY-MM-DD``; None if the file states none."""
    trajectory_ids: tuple[str, ...] = ()
    n_trajectories: int | None = None
    """Number of trajectories if not all of them are listed; None if all are listed."""
    quotes: tuple[QuotedStep, ...] = ()


class _Reader:
    """Collector of claims, in one pass over the tokens of the file."""

    def __init__(self) -> None:
        self.claims: list[dict[str, object]] = []
        self.quotes: list[list[QuotedStep]] = []
        self._place: tuple[str, int, str] | None = None

    def read(self, tokens: Sequence["Token"]) -> None:
        for position, token in enumerate(tokens):
            if token.type == "inline":
                self._line(token, is_heading=tokens[position - 1].type == "heading_open")
            elif token.type == "fence" and self._place is not None and self.quotes:
                run, step, role = self._place
                text = token.content.removesuffix("\n")
                line = (token.map or [0])[0] + 1
                self.quotes[-1].append(QuotedStep(trajectory_id=run, step=step, role=role, text=text, line=line))
                self._place = None

    def _line(self, token: "Token", *, is_heading: bool) -> None:
        text = "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))
        if is_heading and (rule := _RULE.match(text)):
            self.claims.append({"rule": rule[1], "line": (token.map or [0])[0] + 1})
            self.quotes.append([])
        if is_heading or not self.claims:
            return
        claim = self.claims[-1]
        claim.update(_fact(text))
        if found := _TRAJECTORIES.match(text):
            claim["n_trajectories"] = None if found[1] is None else int(found[1])
            claim["trajectory_ids"] = tuple(
                child.content for child in token.children or () if child.type == "code_inline"
            )
        elif found := _QUOTED.match(text):
            self._place = (found[1], int(found[2]), found[3])


def parse_evidence(text: str) -> tuple[EvidenceClaim, ...]:
    """Return the claims of an evidence file in its order; other text in the file is ignored."""
    reader = _Reader()
    reader.read(tokens_of(text))
    return tuple(
        EvidenceClaim(**fields, quotes=tuple(quotes))  # type: ignore[arg-type]  # fields are set by _line under their names
        for fields, quotes in zip(reader.claims, reader.quotes, strict=True)
    )


def _fact(text: str) -> dict[str, object]:
    """Return the fields of a claim that a line states; empty if the line states none."""
    if found := _SUPPORT.match(text):
        return {"support": int(found[1])}
    if found := _OUTCOMES.match(text):
        return {"outcomes": _outcomes(found[1])}
    if found := _PATTERNS.match(text):
        return {"patterns": tuple(_LISTED.split(found[1]))}
    found = _CONFIRMED.match(text)
    return {} if found is None else {"last_confirmed": found[1]}


def _outcomes(text: str) -> dict[str, int] | None:
    found = [_OUTCOME.match(part) for part in text.split(", ")]
    return {match[2]: int(match[1]) for match in found if match} if all(found) else None
