"""Recognise throw-away skills, which are for one task and never belong in a library by themselves."""

from pathlib import Path

from t2s_local.errors import T2SError
from t2s_local.skills.source import SkillSource

KEY = "ephemeral"
"""Key of the front matter's metadata that marks a throw-away skill, with the value ``true``."""


def is_ephemeral(source: SkillSource) -> bool:
    """Return whether a skill says of itself that it is for one task only."""
    metadata = source.front.get("metadata")
    return isinstance(metadata, dict) and str(metadata.get(KEY, "")).strip().lower() == "true"


def refuse_ephemeral(folder: Path, source: SkillSource) -> None:
    """Refuse to install a throw-away skill.

    Args:
        folder: Folder of the skill, for the message.
        source: The skill.

    Raises:
        T2SError: the skill is for one task only.
    """
    if is_ephemeral(source):
        message = "a throw-away skill for one task, which an agent would read for every other task too"
        raise T2SError(message, path=folder, hint="--adopt installs it all the same.")
