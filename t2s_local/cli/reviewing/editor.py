"""Edit rules and skills in the person's own editor."""

import os
import shlex
import shutil
from pathlib import Path

import click
import msgspec

from t2s_local.cli.output import say
from t2s_local.offline import program_let_through
from t2s_local.runs.reviewing.items import RuleItem
from t2s_local.skills.library.one_skill.waiting import Draft
from t2s_local.values.decision import RuleText

_EDITOR = "vi"
"""Default editor, which POSIX systems have."""
_PARTS = ("When", "Do", "Why")
_HELP = (
    "# Lines that begin with # are left out. Save and close to accept the rule in these words; empty it to cancel.\n"
)


def edited_rule(item: RuleItem) -> RuleText | None:
    """Return a rule after editing it in the person's editor; None if nothing was saved or the editor failed."""
    values = (item.when, item.do, item.because or "")
    after = _edited(_HELP + "".join(f"{name}: {value}\n" for name, value in zip(_PARTS, values, strict=True)))
    return None if after is None else parse_edit(after)


def edited_draft(draft: Draft) -> Draft | None:
    """Return the files of a skill after editing each in the person's editor; None if a file was not saved."""
    texts = {}
    for path, text in draft.texts.items():
        after = _edited(text)
        if after is None or not after.strip():
            return None
        texts[path] = after
    return msgspec.structs.replace(draft, texts=texts)


def _edited(before: str) -> str | None:
    words = shlex.split(next(filter(None, map(os.environ.get, ("VISUAL", "EDITOR"))), _EDITOR))
    program = shutil.which(words[0]) if words else None
    if program is None:
        say(f"There is no program {words[0] if words else ''!r}; EDITOR names another one.")
        return None
    try:
        with program_let_through(Path(program)):
            return click.edit(before, editor=shlex.join([program, *words[1:]]), extension=".md")
    except click.ClickException as error:
        say(error.format_message())
        return None


def parse_edit(text: str) -> RuleText | None:
    """Parse an edited rule with ``When:``, ``Do:`` and ``Why:`` on separate lines; None without a ``Do``."""
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
