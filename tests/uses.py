"""A small library, and recordings that use its skills, for tests of what keeps a library healthy."""

from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from t2s_local.skills.library.library import write_library
from t2s_local.values.skill import Skill, SkillFile
from tests.libraries import AT
from tests.places import ROOT

GIT = """\
---
name: using-git
description: "Use when git push fails."
---

# Using git

## Gotchas

1. **`git push` fails with “failed to push some refs”** (R1: 3 runs)
   - Do: Run `git pull --rebase` instead of `git push --force`.
2. **`git commit` fails with “Author identity unknown”** (R2: 4 runs)
   - Do: Run `git config user.name bot`.
"""
TAR = """\
---
name: using-tar
description: "Use when packing folders with tar."
---

# Using tar

## Gotchas

1. **`tar` fails with “Cannot stat”** (R1: 3 runs)
   - Do: Run `tar cf docs.tar -C project docs`.
"""
SHOWN = {"using-git": "Use when git push fails.", "using-tar": "Use when packing folders with tar."}


@cache
def sessions() -> ModuleType:
    """Return the module of `scripts` that writes recordings of agents with skills."""
    spec = spec_from_file_location("govern_sessions", ROOT / "scripts" / "_govern" / "sessions.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made(name: str, text: str) -> Skill:
    """Make a skill of one file."""
    files = (SkillFile(path="SKILL.md", text=text),)
    return Skill(name=name, description=name, files=files, lesson_ids=(), cluster_ids=(), support=3)


def library(folder: Path) -> Path:
    """Write a library of two skills, as a run does."""
    write_library(folder, [made("using-git", GIT), made("using-tar", TAR)], at=AT, run="run")
    return folder
