"""Skills of many shapes, as people write them by hand: a page, references, scripts, and every form of Markdown."""

import json
from pathlib import Path

FRONT = '---\nname: {name}\ndescription: "Handles {name}. Use when asked about it."\n---\n'

BODIES: dict[str, str] = json.loads(Path(__file__).with_name("shapes.json").read_text("utf-8"))
REFERENCE = "# More\n\n## Details\n\nA detail.\n\n- first\n- second\n"
CRLF = ("setext", "nested-lists", "tables", "tight-heads")


def shaped() -> dict[str, dict[str, bytes]]:
    """Every skill: its name, and its files by path."""
    found = {}
    for name, body in BODIES.items():
        text = f"{FRONT.format(name=name)}\n{body}"
        if "references/more.md" not in text:
            text = text.replace("\n## ", "\nSee [more](references/more.md).\n\n## ", 1)
        pages = {"SKILL.md": text, "references/more.md": REFERENCE, "scripts/run.sh": "#!/bin/sh\necho hi\n"}
        if name in CRLF:
            pages = {path: page.replace("\n", "\r\n") for path, page in pages.items()}
        found[name] = {path: page.encode() for path, page in sorted(pages.items())}
    return found
