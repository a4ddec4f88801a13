"""Look up the digest and the number of logged events that a library has stored for its skill."""

from collections import Counter
from functools import cache
from pathlib import Path

from t2s_local.errors import T2SError
from t2s_local.skills.library.evidence_log import read_log
from t2s_local.skills.library.manifest import LibraryManifest, read_manifest
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.library.texts import Tree, digests_in, tree_digest
from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.audit.case import HarnessFacts


class KnownSkills:
    """Reader of the lists of skills and evidence logs of libraries; each file is read once."""

    def __init__(self) -> None:
        """Create empty caches; each file is read when it is first needed."""
        self._manifest = cache(_manifest)
        self._events = cache(_events)

    def facts(self, folder: Path, source: SkillSource) -> HarnessFacts:
        """Return the digest of the skill in *folder*, and the digest and the event count that its library noted.

        A list or log that cannot be read counts as empty.
        """
        library = folder.absolute().parent
        entry = self._manifest(library).skills.get(source.name)
        return HarnessFacts(
            digest=tree_digest(Tree(files=digests_in(source), programs=source.programs)),
            noted=None if entry is None else tree_digest(Tree(files=entry.files)),
            n_events=self._events(library)[source.name],
        )


def _manifest(library: Path) -> LibraryManifest:
    try:
        return read_manifest(OwnFolder(library))
    except T2SError:
        return LibraryManifest()


def _events(library: Path) -> Counter[str]:
    try:
        return Counter(event.skill for event in read_log(OwnFolder(library).log))
    except (T2SError, OSError):
        return Counter()
