"""Import the manifest of earlier versions of t2s."""

import msgspec

from t2s_local.skills.library.evidence_log import append
from t2s_local.skills.library.manifest import LibraryManifest, OwnedSkill, old_pending
from t2s_local.skills.library.own_folder import OwnFolder, bytes_of
from t2s_local.skills.library.survey import lying
from t2s_local.skills.library.texts import Texts, Tree, digests_in, tree_digest
from t2s_local.values.event import Event
from t2s_local.values.skill import Digests


def taken_over(own: OwnFolder, manifest: LibraryManifest, *, at: str) -> LibraryManifest:
    """Store the texts of the skills in an old manifest, and note them in the log; the caller holds the lock.

    A skill that was edited before its texts were stored has no base for a merge: its next version waits for the user.

    Args:
        own: The own folder of the library.
        manifest: The manifest, in its present form.
        at: Time, ISO 8601.
    """
    if own.manifest.exists() or bytes_of(own.old_manifest) is None:
        return manifest
    texts, pending = Texts(own.texts), old_pending(own)
    skills: dict[str, OwnedSkill] = {}
    events = []
    for name, entry in manifest.skills.items():
        source = lying(own.library, name)
        now: Digests | None = None if source is None else digests_in(source)
        files = pending[name] if name in pending and pending[name] == now else entry.files
        skills[name] = OwnedSkill(files=files)
        if source is not None and now == files and not source.odd:
            tree = Tree(files=files)
            texts.keep(tree, source.raw)
            reason = "written by an earlier version"
            events.append(Event(at=at, kind="adopted", skill=name, digest=tree_digest(tree), reason=reason))
    if events:
        append(own.log, events)
    return msgspec.structs.replace(manifest, skills=skills)
