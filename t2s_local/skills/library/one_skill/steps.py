"""Steps that write a skill for a person's decision; the current files are first stored as a version."""

from collections.abc import Mapping

from t2s_local.skills.library.manifest import OwnedSkill
from t2s_local.skills.library.one_skill.one_skill import KnownSkill, digest_of
from t2s_local.skills.library.plan import Kept, Step, users_version
from t2s_local.skills.library.texts import Tree, sha256, tree_digest
from t2s_local.values.decision import VersionMark
from t2s_local.values.event import Event


def version_mark(looked: KnownSkill, place: str, *, is_changed: bool) -> VersionMark:
    """Return the mark of the versions of a skill that a decision stores, so that it can be undone.

    Args:
        looked: The skill as read from the library.
        place: Folder of the library, relative to the folder of the decisions.
        is_changed: Whether the decision changes the folder.
    """
    entry = looked.entry
    return VersionMark(
        library=place,
        waited=None if looked.waiting is None else tree_digest(Tree(files=looked.waiting)),
        lay=digest_of(looked.source) if is_changed and looked.source is not None else None,
        base=tree_digest(Tree(files=entry.files)) if entry is not None and entry.files else None,
    )


def written_step(
    looked: KnownSkill,
    files: Mapping[str, bytes],
    *,
    at: str,
    entry: OwnedSkill,
    kind: str = "written",
    reason: str = "accepted by hand",
) -> Step:
    """Return the step that writes a whole folder; the current files are stored as a version."""
    kept, events = ((), ()) if looked.source is None else users_version(looked.history, looked.source, at=at)
    programs = () if looked.source is None else tuple(path for path in looked.source.programs if path in files)
    tree = Tree(files={path: sha256(data) for path, data in sorted(files.items())}, programs=programs)
    event = Event(at=at, kind=kind, skill=looked.name, digest=tree_digest(tree), reason=reason)
    return Step(
        name=looked.name,
        fate="changed",
        entry=entry,
        files=files,
        programs=programs,
        lies=tree.files,
        kept=(*kept, Kept(tree, files)),
        events=(*events, event),
    )
