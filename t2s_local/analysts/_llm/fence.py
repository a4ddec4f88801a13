"""Lays out recorded text between marker lines that nothing inside can forge."""

from t2s_local.analysts._llm.excerpt import Excerpt


def fenced(excerpt: Excerpt, *, code: str, asked: str | None) -> str:
    """Lay out an excerpt under marker lines; the closing one is left to the template.

    Args:
        excerpt: What is shown.
        code: What makes a marker line one; occurs nowhere in the excerpt.
        asked: What the user asked for, already cut.
    """
    lines = [] if asked is None else [f"@{code} task", asked]
    outline = [entry.text for entry in excerpt.entries if entry.head is None]
    if outline:
        lines += [f"@{code} in short", *outline]
    for entry in excerpt.entries:
        if entry.head is not None:
            lines += [f"@{code} {entry.head}", entry.text]
    return "\n".join(lines)
