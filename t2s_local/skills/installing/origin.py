"""Find the library an installed skill was copied from, and the evidence that was left out of the copy."""

from pathlib import Path

from t2s_local.skills.evidence import PATH
from t2s_local.skills.installing.installed import installed_at
from t2s_local.skills.library.library import edited_files
from t2s_local.skills.library.own_folder import OwnFolder, bytes_of
from t2s_local.skills.library.texts import Texts, digests_in, sha256
from t2s_local.skills.source import SkillSource


def origin_of(folder: Path) -> tuple[Path, ...]:
    """Return a tuple with the library that a skill was copied from; an empty tuple if t2s copied no skill there."""
    known = installed_at(folder.absolute())
    return () if known is None else (Path(known.source).parent,)


def edited_since(folder: Path, source: SkillSource) -> tuple[str, ...] | None:
    """Return the files of a skill that were changed since t2s wrote or copied them; None if t2s did neither.

    Raises:
        T2SError: a list of skills cannot be read.
    """
    edited = edited_files(folder, source)
    known = None if edited is not None else installed_at(folder.absolute())
    if known is None:
        return edited
    now = digests_in(source)
    return tuple(sorted(path for path in known.files.keys() | now.keys() if known.files.get(path) != now.get(path)))


def whole_source(folder: Path, source: SkillSource) -> SkillSource:
    """Return an installed skill with the evidence that was left out, read from its library."""
    known = installed_at(folder.absolute())
    if known is None or PATH in source.raw or PATH in known.files:
        return source
    origin = Path(known.source)
    texts = Texts(OwnFolder(origin.parent).texts)
    tree = texts.tree(known.version)
    digest = None if tree is None else tree.files.get(PATH)
    evidence = bytes_of(origin / PATH) if digest is None else texts.text(digest)
    if evidence is None or (digest is not None and sha256(evidence) != digest):
        return source
    raw = dict(sorted({**source.raw, PATH: evidence}.items()))
    sizes = {**source.sizes, PATH: len(evidence)}
    return SkillSource(name=source.name, raw=raw, sizes=sizes, odd=source.odd, programs=source.programs)
