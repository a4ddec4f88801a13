"""Read a skill of a library: the files in its folder, the version t2s wrote, and the texts of every version."""

from collections.abc import Callable
from pathlib import Path

from t2s_local.errors import InputError, NothingFoundError, T2SError
from t2s_local.files import is_plain_name, reason_of
from t2s_local.skills.library.applying import WORKING, apply, settle
from t2s_local.skills.library.library import check_library
from t2s_local.skills.library.manifest import read_manifest
from t2s_local.skills.library.own_folder import OwnFolder
from t2s_local.skills.library.plan import Step
from t2s_local.skills.library.survey import lying
from t2s_local.skills.library.takeover import taken_over
from t2s_local.skills.library.texts import Texts, Tree, digests_in, is_whole, tree_digest
from t2s_local.skills.library.versions import SkillHistory, VersionEvent, histories
from t2s_local.skills.source import MAIN, SkillSource
from t2s_local.skills.working_folder import finish_left, has_left
from t2s_local.values.skill import Digests


class KnownSkill:
    """A skill that a library lists, or a skill in its folder that a user wrote by hand."""

    def __init__(self, library: Path, name: str, *, may_be_new: bool = False) -> None:
        """Read the skill called *name*.

        Args:
            library: Folder of the library.
            name: Folder of the skill.
            may_be_new: Whether the skill may be one that the library does not list.

        Raises:
            NothingFoundError: the library does not list the skill.
            T2SError: the library or its log cannot be read.
        """
        self.path = library / name
        if not is_plain_name(name) or not library.is_dir():
            raise _unknown(self.path)
        self.name = name
        own = OwnFolder(library)
        self.entry = read_manifest(own).skills.get(name)
        self.history = histories(own).get(name, SkillHistory())
        is_known = self.entry is not None or bool(self.history.events)
        if not is_known and not (may_be_new and (self.path / MAIN).is_file()):
            raise _unknown(self.path)
        self.source: SkillSource | None = lying(library, name)
        self.texts = Texts(own.texts)

    @property
    def waiting(self) -> Digests | None:
        """Files of the version that waits for the user; None if none waits."""
        return None if self.entry is None else self.entry.proposal

    @property
    def is_edited(self) -> bool:
        """Return whether the folder differs from the version that t2s wrote last."""
        return self.source is not None and (self.entry is None or digests_in(self.source) != self.entry.files)

    @property
    def present(self) -> int | None:
        """Number of the version in the folder; None if the files are no known version."""
        return None if self.source is None else self.history.number_of(digest_of(self.source))

    def sides(self, since: str | None, to: str | None) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """Return the files of the two versions to compare, by path; arguments as for ``skill_diff``."""
        lies = {} if self.source is None else self.source.raw
        if to is not None:
            other = self.files_of(self.version(to))
        elif since is None and self.waiting is not None:
            return lies, self.whole(self.waiting, "the version that waits")
        else:
            other = lies
        if since is not None:
            return self.files_of(self.version(since)), other
        if to is not None:
            return lies, other
        if self.is_edited and self.entry is not None and self.entry.files:
            return self.whole(self.entry.files, "the version that t2s wrote"), other
        return self.files_of(self.version_before()), other

    def version(self, wanted: str) -> VersionEvent:
        """Return a version by its number or by the beginning of its digest."""
        for event in self.history.events:
            if wanted == str(event.number) or (len(wanted) >= 4 and event.digest.startswith(wanted)):
                return event
        message = f"it has no version {wanted}"
        raise NothingFoundError(message, path=self.path, hint="`t2s library history` lists the versions.")

    def version_before(self) -> VersionEvent:
        """Return the version that preceded the current files of the folder."""
        now = None if self.source is None else digest_of(self.source)
        events = [event for event in self.history.events if event.kind != "proposed"]
        while events and now is not None and events[-1].digest == now:
            events.pop()
        if not events:
            message = "there is no version before this one"
            raise NothingFoundError(message, path=self.path, hint="`t2s library history` lists the versions.")
        return events[-1]

    def files_of(self, event: VersionEvent) -> dict[str, bytes]:
        """Return the files of a version, by path."""
        return self.whole(self.tree_of(event).files, f"version {event.number}")

    def tree_of(self, event: VersionEvent) -> Tree:
        """Return the digests of the files of a version, by path."""
        tree = self.texts.tree(event.digest)
        if tree is None:
            raise _lost(self.path, f"version {event.number}")
        return tree

    def whole(self, digests: Digests, what: str) -> dict[str, bytes]:
        """Return the texts with the given digests, by path.

        Raises:
            InputError: a text is lost; *what* names the version in the message.
        """
        found = {path: data for path, data in self.texts.files(digests).items() if data is not None}
        if len(found) < len(digests):
            raise _lost(self.path, what)
        return found

    def refuse_odd(self) -> None:
        """Check that the skill's folder could be restored after it is replaced.

        Raises:
            T2SError: a file or link has the skill's name, or its folder contains files that cannot be stored.
        """
        if self.path.is_symlink() or (self.path.exists() and self.source is None):
            message = "a link or a file has the skill's name"
            raise T2SError(message, path=self.path, hint="Move it away first.")
        if self.source is not None and not is_whole(self.source):
            message = "holds links, or files too large to be kept, and would lose them"
            raise T2SError(message, path=self.path, hint="Move them out of the skill first.")


def change_skill(
    library: Path, name: str, plan: Callable[[KnownSkill], Step], *, at: str, command: str, may_be_new: bool = False
) -> None:
    """Change one skill of a library on behalf of a person; if the change fails, nothing is changed.

    Args:
        library: Folder of the library.
        name: Folder of the skill.
        plan: Returns the steps of the change; called under the library's lock.
        at: Time, ISO 8601.
        command: Command line, shown to other processes that wait for the library.
        may_be_new: Whether the skill may be one that the library does not list.

    Raises:
        LockedError: another process changes the library.
        NothingFoundError: there is no such skill.
        T2SError: the library cannot be changed; it remains unchanged.
    """
    check_library(library)
    own = OwnFolder(library)
    try:
        if has_left(library, WORKING):
            with own.locked(command):
                finish_left(library, WORKING)
        KnownSkill(library, name, may_be_new=may_be_new)
        with own.locked(command):
            finish_left(library, WORKING)
            manifest = taken_over(own, settle(own, read_manifest(own)), at=at)
            apply(own, manifest, [plan(KnownSkill(library, name, may_be_new=may_be_new))])
    except OSError as error:
        raise T2SError(reason_of(error), path=error.filename or library) from error


def digest_of(source: SkillSource) -> str:
    """Return the digest of the version in a folder."""
    return tree_digest(Tree(files=digests_in(source), programs=source.programs))


def _unknown(path: Path) -> NothingFoundError:
    message = "no skill that a library of t2s knows"
    return NothingFoundError(message, path=path, hint="Name LIBRARY/SKILL, the folder of a skill that t2s wrote.")


def _lost(path: Path, what: str) -> InputError:
    message = f"the texts of {what} are not there, or were changed"
    return InputError(message, path=path, hint="`t2s library verify` names what was changed.")
