"""The whole job on planted secrets: none is in any skill, store, log or report."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from tests.commands import in_own_process
from tests.leaked import disguised, leaked
from tests.planted import FORMATS, write
from tests.seeded import Seed, seeds

PLANTED = (*seeds(), *leaked(), *disguised())


def written(folder: Path) -> Iterator[str]:
    """Every text below *folder*, what is packed in the store included."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.read_bytes().decode("utf-8", "replace")
    for path in folder.rglob("store.db"):
        with sqlite3.connect(path) as database:
            for (table,) in list(database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")):
                for row in database.execute(f"SELECT * FROM {table}"):
                    yield "\n".join(map(unpacked, row))


def unpacked(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    try:
        return zstandard.ZstdDecompressor().decompress(value).decode("utf-8", "replace")
    except zstandard.ZstdError:
        return value.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> str:
    """All that a run over the planted trajectories left behind or said."""
    runs, made = tmp_path_factory.mktemp("runs"), tmp_path_factory.mktemp("made")
    write(runs, PLANTED)
    settings = ("--model", "none", "--workspace", made / "ws", "--min-support", "2")
    done = in_own_process("distill", runs, "-o", made / "skills", *settings)
    assert done.code == 0, done.err
    assert list((made / "skills").rglob("SKILL.md"))
    return "\n".join([done.out, done.err, *written(made)])


def test_the_planted_trajectories_are_of_six_formats() -> None:
    assert len(FORMATS) == 6


def test_no_planted_secret_is_left_anywhere(everything: str) -> None:
    def leaks(seed: Seed) -> list[str]:
        return [secret for secret in seed.secrets if secret in everything]

    assert {seed.text: found for seed in PLANTED if (found := leaks(seed))} == {}


def test_the_skills_show_placeholders_instead(everything: str) -> None:
    assert "<SECRET_1>" in everything
    assert "<EMAIL_1>" in everything


def test_what_was_redacted_is_counted_by_rule(everything: str) -> None:
    assert "Redacted, before anything was stored: " in everything
    assert "private-key" in everything
