"""The file of an index: read while another process replaces it, and forged."""

import os
import struct
from pathlib import Path

import pytest

from t2s_local.embedders.hashing import load
from t2s_local.errors import T2SError
from t2s_local.runs.using.opening import open_index
from t2s_local.skills.library.index.storing import StoredIndex, read_index, write_index
from t2s_local.skills.library.own_folder import OwnFolder
from tests.routed import write_kitchen, write_skill

LENGTHS = len(b"t2s index 2\n") + 32
"""Place of the three lengths in the file."""


def _stored(library: Path) -> tuple[OwnFolder, StoredIndex]:
    open_index(library, load(None))
    own = OwnFolder(library)
    stored = read_index(own)
    assert stored is not None
    return own, stored


def test_an_index_that_another_process_replaces_is_read_to_its_end_and_the_new_one_stays(tmp_path: Path) -> None:
    own, old = _stored(write_kitchen(tmp_path))
    before = old.deep()
    write_skill(tmp_path, "sailing", "Sailing boats.")
    _, new = _stored(tmp_path)
    written = own.search.read_bytes()
    assert old.deep() == before != new.deep()
    assert own.search.read_bytes() == written
    assert write_index(own, new) and own.search.read_bytes() == written


def test_a_changed_index_is_emptied_but_not_the_one_in_its_place(tmp_path: Path) -> None:
    own, stored = _stored(write_kitchen(tmp_path))
    good = own.search.read_bytes()
    aside = own.path / "aside"
    with own.search.open("r+b") as stream:
        stream.seek(-9, os.SEEK_END)
        stream.write(b"_" * 9)
    own.search.rename(aside)
    own.search.write_bytes(good)
    with pytest.raises(T2SError, match="not what was written"):
        stored.deep()
    assert own.search.read_bytes() == good
    aside.replace(own.search)
    with pytest.raises(T2SError, match="not what was written"):
        stored.deep()
    assert own.search.read_bytes() == b"" and read_index(own) is None


@pytest.mark.parametrize("lengths", [(2**61, 0, 0), (2**63, 2**63, 2**63), (0, 0, 2**64 - 1)])
def test_a_forged_head_is_no_index_however_long_it_says_the_parts_are(
    tmp_path: Path, lengths: tuple[int, int, int]
) -> None:
    own, _ = _stored(write_kitchen(tmp_path))
    data = own.search.read_bytes()
    own.search.write_bytes(data[:LENGTHS] + struct.pack("<QQQ", *lengths) + data[LENGTHS + 24 :])
    assert read_index(own) is None
