"""Word a recording behind a rule: file, date, outcome, and the steps around each quote."""

from collections.abc import Sequence

import click

from t2s_local.cli.output import paragraph
from t2s_local.runs.finished.why import Recording, StepLine
from t2s_local.text.text import clip, quoted, squeeze
from t2s_local.user_files.masked_paths import unmasked

_TEXT = 200


def print_recording(item: Recording) -> None:
    """Print the source and outcome of a recording, and its quoted steps with the steps around them."""
    for line in recording_lines(item):
        click.echo(line)


def recording_lines(item: Recording) -> list[str]:
    """Return lines on the source and outcome of a recording, and its quoted steps with the steps around them."""
    day = (item.started_at or "")[:10]
    facts = [unmasked(item.source or "no longer stored"), item.project, day, item.outcome or "no outcome known"]
    texts = [paragraph(f"{item.id}  {' · '.join(filter(None, facts))}")]
    if item.verbs:
        texts.append(paragraph(f"Actions: {clip(item.verbs.replace('-', ', '), _TEXT)}", indent=4))
    if item.task:
        texts.append(paragraph(f"Task: {clip(squeeze(item.task), _TEXT)}", indent=4))
    quotes: dict[int, list[str]] = {}
    for quote in item.quotes:
        quotes.setdefault(quote.step, []).append(quoted(clip(squeeze(quote.text), _TEXT)))
    before = None
    for step in item.steps:
        if before is not None and step.index > before + 1:
            texts.append("       …")
        texts.append(_step(step, quotes.get(step.index)))
        before = step.index
    return [line for text in texts for line in text.splitlines()]


def _step(step: StepLine, quotes: Sequence[str] | None) -> str:
    line = "" if step.line is None else f", line {step.line}"
    place = f"{'>' if quotes else ' '} {step.index:>4} {step.kind}{line}"
    text = " ".join(quotes) if quotes else clip(squeeze(step.text), _TEXT // 2)
    return paragraph(f"{place}: {text}", indent=11, first=4)
