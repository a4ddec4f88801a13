"""Edits by lot for a skill, and what they changed that they should not have."""

import random
from collections.abc import Mapping
from difflib import SequenceMatcher

from t2s_local.skills.patch.page import Page
from t2s_local.skills.patch.patch import Patched
from t2s_local.values.edit import Edit, Operation

TEXTS = (
    "A new paragraph.",
    "- a new item\n  - with a reason",
    "1. a numbered item",
    "Two\nlines.",
    "```sh\nmake new\n# no heading\n```",
    "### A deeper heading\n\nWith text.",
    "## Ends the section\n\ntext",
    "```\nopen fence",
    "<!-- open comment",
    "> quoted",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "---",
    "text\n===",
    "    indented",
    "See [more](references/more.md).",
    "See [new](references/new.md).",
    "[x]: https://example.com",
    "",
)
_OPERATIONS: tuple[Operation, ...] = (
    "insert_after",
    "insert_before",
    "append_to_section",
    "replace_in_section",
    "add_section",
    "delete_section",
    "create",
    "delete_file",
)


def random_edits(files: Mapping[str, bytes], chance: random.Random, *, count: int) -> list[Edit]:
    """Draw edits, most of them with a place."""
    found = []
    for _ in range(count):
        path = chance.choice(["SKILL.md", "SKILL.md", "references/more.md"])
        page = Page(path=path, text=files[path].decode())
        op = chance.choices(_OPERATIONS, weights=(4, 3, 4, 4, 2, 1, 1, 1))[0]
        block = chance.choice(page.blocks)
        source = page.source(block.first, block.last)
        at = chance.randrange(len(source))
        anchor = source if op != "replace_in_section" else source[at : at + chance.randrange(1, 30)]
        text = chance.choice(TEXTS)
        found.append(
            Edit(
                op=op,
                path="references/new.md" if op == "create" else path,
                section=chance.choice([*(one.title for one in page.sections), None]),
                anchor=anchor if op in ("insert_after", "insert_before", "replace_in_section") else None,
                text=f"## Added {chance.randrange(9)}\n\n{text}" if op == "add_section" else text,
                support=chance.randrange(1, 4),
            )
        )
    return found


def made_of(files: Mapping[str, bytes], made: Patched) -> dict[str, bytes]:
    """Return the files with the edits made."""
    whole: dict[str, bytes | None] = {**files, **made.after}
    return {path: data for path, data in sorted(whole.items()) if data is not None}


def changed_outside(files: Mapping[str, bytes], after: Mapping[str, bytes], made: Patched) -> list[str]:
    """Return files that changed without an edit, front matter that changed, and lines that went without an edit."""
    wrong = [path for path in files if after.get(path) != files[path] and path not in {e.path for e in made.applied}]
    head = files["SKILL.md"].split(b"---", 2)[1]
    wrong += ["front matter"] if after["SKILL.md"].split(b"---", 2)[1] != head else []
    removing = {one.path for one in made.applied if one.op in ("delete_section", "replace_in_section", "delete_file")}
    for path, data in files.items():
        if path in removing:
            continue
        one, other = data.splitlines(keepends=True), after[path].splitlines(keepends=True)
        ops = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
        gone = [one[a:b] for tag, a, b, _, _ in ops if tag in ("delete", "replace")]
        wrong += [path] if gone and not all(b"".join(lines).endswith(data[-1:]) for lines in gone) else []
    return wrong
