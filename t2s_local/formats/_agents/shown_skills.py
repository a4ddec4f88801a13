"""Skills that Claude Code shows the model, in records beside the messages."""

from collections.abc import Iterator

from t2s_local.formats._dialects.blocks import content_text
from t2s_local.records.json import Record, as_object, first_string, word
from t2s_local.values.trajectory import Step


def shown_skills(record: Record, *, at: str | None, line: int) -> Iterator[Step]:
    """Yield the list of skills that the harness showed, and the skills whose text it repeated after a summary."""
    attached = as_object(record.get("attachment"))
    kind = word(attached.get("type"))
    if kind == "skill_listing" and (listed := _listed(attached)):
        yield Step(kind="system", text=f"<available_skills>\n{listed}\n</available_skills>", at=at, line=line)
    elif kind == "invoked_skills":
        for skill in _objects(attached.get("skills")):
            name, text = first_string(skill, "name"), content_text(skill.get("content"))
            if name and text:
                shown = f"<skill>\n<name>{name}</name>\n{text}\n</skill>"
                yield Step(kind="system", text=shown, at=at, line=line)


def _listed(attached: Record) -> str:
    """Return the list in the words of the harness; only the names if the record contains no more."""
    names = attached.get("names")
    bare = [f"- {name}" for name in names if isinstance(name, str)] if isinstance(names, list) else []
    return content_text(attached.get("content")).strip() or "\n".join(bare)


def _objects(value: object) -> list[Record]:
    return [as_object(item) for item in value] if isinstance(value, list) else []
