"""Check that the history of a library was not changed or damaged."""

from pathlib import Path

from t2s_local.skills.library.evidence_log import read_log, verify_log
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.library.texts import Texts
from t2s_local.skills.library.versions import known_head
from t2s_local.values.event import VERSION_KINDS, Event
from t2s_local.values.value import Value


class Broken(Value, frozen=True, kw_only=True):
    """A line or text that was changed or damaged after it was written."""

    place: str
    """File, and the line in it if known."""
    message: str


class LibraryProof(Value, frozen=True, kw_only=True):
    """Result of checking the history of a library."""

    n_events: int
    n_versions: int
    broken: tuple[Broken, ...]


def prove_library(library: Path) -> LibraryProof:
    """Check the chain of digests of the evidence log, and the digest of every text of every version.

    Raises:
        T2SError: the log cannot be read.
    """
    own = OwnFolder(library)
    own.refuse_odd()
    n_events, breaks = verify_log(own.log, known_head(own))
    found = [Broken(place=f"{own.log}:{item.line}", message=item.message) for item in breaks]
    texts = Texts(own.texts)
    versions = set() if found else {(e.skill, e.digest) for e in read_log(own.log) if e.kind in VERSION_KINDS}
    for skill, digest in sorted((skill, digest) for skill, digest in versions if digest is not None):
        if not _is_whole(texts, digest):
            message = f"a text of {skill}, version {digest[:12]}, is not there or was changed"
            found.append(Broken(place=str(own.texts), message=message))
    return LibraryProof(n_events=n_events, n_versions=len(versions), broken=tuple(found))


def read_events(library: Path) -> list[Event]:
    """Return the events of a library, oldest first.

    Raises:
        InputError: a line of the log is not a valid event; the message names the line.
    """
    own = OwnFolder(library)
    own.refuse_odd()
    return list(read_log(own.log))


def _is_whole(texts: Texts, digest: str) -> bool:
    tree = texts.tree(digest)
    return tree is not None and all(text is not None for text in texts.files(tree.files).values())
