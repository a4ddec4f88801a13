"""Libraries of hand-written skills that tests rank for a task."""

from collections.abc import Mapping
from pathlib import Path


def write_skill(
    library: Path, name: str, description: str, body: str = "", *, metadata: Mapping[str, str] = {}
) -> Path:
    """Write a skill as a person would, and return its folder."""
    folder = library / name
    folder.mkdir(parents=True, exist_ok=True)
    about = "".join(f"\n  {key}: {value}" for key, value in metadata.items())
    front = f'---\nname: {name}\ndescription: "{description}"\n' + (f"metadata:{about}\n" if about else "") + "---\n"
    (folder / "SKILL.md").write_text(f"{front}\n# {name}\n\n{body}\n", "utf-8")
    return folder


KITCHEN = {
    "baking-bread": ("Baking bread and rolls. Use when asked for dough, yeast or an oven.", "1. Let the dough rest."),
    "pruning-roses": ("Pruning roses. Use in the garden in spring.", "- Never cut below the graft."),
    "tuning-guitars": ("Tuning guitars. Use when strings sound wrong.", "1. Start with the low E string."),
}


def write_kitchen(library: Path) -> Path:
    """Write three skills about three subjects."""
    for name, (description, body) in KITCHEN.items():
        write_skill(library, name, description, body)
    return library
