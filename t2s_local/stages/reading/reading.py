"""Files in, trajectories out: which format a file is in, and what became of every piece of it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from t2s_local import registry
from t2s_local.errors import InputError
from t2s_local.files import reason_of
from t2s_local.ports.format import Quarantined, Reading
from t2s_local.records.archives import is_zip, members
from t2s_local.records.head import look
from t2s_local.safety.inert_text import inert
from t2s_local.stages.reading.detect import FORMATS, describe, detect
from t2s_local.stages.reading.unread import Unreadable, Unrecognised
from t2s_local.values.trajectory import Trajectory


def read_file(path: Path, *, source: str, format_name: str | None = None) -> Iterator[Reading | Unrecognised]:
    """Read the trajectories of one file one by one, made inert; bad content comes out as values.

    Args:
        path: The file.
        source: What to call it in the trajectories.
        format_name: The format to read it as, found out where it is None.
    """
    try:
        name = format_name
        if name is None:
            head = look(path)
            name = detect(head)
            if name is None and is_zip(head.raw):
                yield from _archived(path, source)
                return
            if name is None:
                yield Unrecognised(path=source, seen=describe(head))
                return
        is_silent = True
        for item in registry.load(FORMATS, name).read(path, source=source):
            is_silent = False
            yield inert(item) if isinstance(item, Trajectory) else item
        if is_silent:
            yield Unrecognised(path=source, seen=f"looks like {name} and holds no record of it")
    except OSError as error:
        yield Unreadable(path=source, line=None, reason=reason_of(error))
    except InputError as error:
        hint = f"; {error.hint[:1].lower()}{error.hint[1:].rstrip('.')}" if error.hint else ""
        kind = Unreadable if isinstance(error.__cause__, OSError) else Quarantined
        yield kind(path=source, line=error.line, reason=f"{error.message}{hint}")
    except RecursionError:
        yield Quarantined(path=source, line=None, reason="nested too deeply")


def _archived(path: Path, source: str) -> Iterator[Reading | Unrecognised]:
    """Read every member of an archive as if it were a file; archives inside of archives are left alone."""
    with tempfile.TemporaryDirectory(prefix="t2s-") as name:
        unpacked = Path(name, "member")
        for member, data in members(path, lambda inner: not inner.endswith("/")):
            inside = f"{source}/{member}"
            if isinstance(data, InputError):
                yield Quarantined(path=inside, line=None, reason=data.message)
            elif is_zip(data):
                yield Unrecognised(path=inside, seen="an archive inside of an archive")
            else:
                unpacked.write_bytes(data)
                file = unpacked.rename(Path(name, PurePosixPath(member).name or "member"))
                yield from read_file(file, source=inside)
                file.unlink()
