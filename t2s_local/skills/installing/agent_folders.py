"""Folders that coding agents read skills from, by the agent's name."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from t2s_local.errors import T2SError
from t2s_local.files import reason_of


class AgentFolder(NamedTuple):
    """Folders that an agent reads skills from."""

    project: str
    """Path below the folder of a project."""
    user: str
    """Path below the user's home."""
    variable: str | None = None
    """Environment variable with the agent's own folder, which contains ``skills``; None if there is none."""


AGENTS: dict[str, AgentFolder] = {
    "claude": AgentFolder(".claude/skills", ".claude/skills", "CLAUDE_CONFIG_DIR"),
    "codex": AgentFolder(".agents/skills", ".agents/skills"),
    "cursor": AgentFolder(".cursor/skills", ".cursor/skills"),
    "gemini": AgentFolder(".gemini/skills", ".gemini/skills"),
    "agents": AgentFolder(".agents/skills", ".agents/skills"),
}
"""Folders by name of the agent; ``agents`` is the folder that agents share."""


def user_folder(agent: str, *, home: Path, environment: Mapping[str, str]) -> Path:
    """Return the folder of an agent that applies to all projects of the user."""
    known = AGENTS[agent]
    own = environment.get(known.variable or "")
    return Path(own) / "skills" if own else home / known.user


def project_folder(agent: str, project: Path) -> Path:
    """Return the folder of an agent in a project.

    Raises:
        T2SError: there is no such project, or a link leads out of it.
    """
    if not project.is_dir():
        message = "no such folder"
        raise T2SError(message, path=project, hint="Name the folder of a project.")
    folder = project / AGENTS[agent].project
    try:
        leads = folder.resolve()
        is_inside = leads.is_relative_to(project.resolve())
    except (OSError, RuntimeError) as error:
        said = reason_of(error) if isinstance(error, OSError) else "a link that leads nowhere"
        raise T2SError(said, path=folder) from error
    if not is_inside:
        message = "a link leads out of the project"
        raise T2SError(message, path=folder, hint=f"If that is meant, name the folder itself: --to {leads}")
    if os.path.lexists(folder) and not folder.is_dir():
        message = "no folder, where the agent's skills belong"
        raise T2SError(message, path=folder, hint="Move it away first.")
    return folder
