"""A secret in any place of a recording of any format: none is in the store, in a skill or in what is printed."""

import copy
import json
import random
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from t2s_local import registry
from tests.conftest import Command
from tests.formats.test_any_json import recorded
from tests.libraries import tree
from tests.readings import sample
from tests.safety.test_every_field import stored

FORMATS = [name for name in registry.names("t2s_local.formats") if recorded(name)]
ROUNDS = 24
"""Runs, each over a file of every format, with a secret in another place of each."""
Path_ = tuple[str, ...]


def token(number: int) -> str:
    """Return a token of a code host that no other file holds."""
    lot = random.Random(number)
    return "ghp_" + "".join(lot.choice(string.ascii_letters + string.digits) for _ in range(36))


def texts(value: object, path: Path_ = ()) -> Iterator[tuple[Path_, object, object]]:
    """Yield every place of a text in a JSON value: the names on the way, the list or object, the index or key."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                yield (*path, key), value, key
            yield from texts(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            if isinstance(inner, str):
                yield path, value, at
            yield from texts(inner, path)


def planted(name: str, number: int, secret: str, *, as_key: bool = False) -> str:
    """Return the sample of a format with a secret in its *number*-th kind of place: beside what stood there."""
    records = copy.deepcopy(recorded(name))
    kinds = sorted({path for path, _, _ in texts(records)})
    wanted = kinds[number % len(kinds)]
    _, holder, key = next(found for found in texts(records) if found[0] == wanted)
    value = holder[key]  # type: ignore[index]  # a list or an object, by its own keys
    if as_key and isinstance(holder, dict):
        holder[f"{key} {secret}"] = value
    else:
        holder[key] = f"{value} {secret}"  # type: ignore[index]
    return "\n".join(map(json.dumps, records))


def kept(here: Path, secrets: dict[str, str], said: str) -> list[str]:
    """Return the files whose secret was kept anywhere."""
    skills = b"\n".join(tree(here / "out").values()).decode() if (here / "out").exists() else ""
    everything = stored(here / "ws" / "store.db") + said + skills
    return sorted(name for name, secret in secrets.items() if secret in everything)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("as_key", [False, True], ids=["value", "key"])
def test_no_place_of_any_format_keeps_a_secret(here: Path, t2s: Command, number: int, *, as_key: bool) -> None:
    secrets: dict[str, str] = {}
    (here / "runs").mkdir()
    for at, name in enumerate(FORMATS):
        path = sample(name)
        file = f"{name}{path.suffix}"
        secrets[file] = token(1_000 * number + at)
        (here / "runs" / file).write_text(planted(name, number, secrets[file], as_key=as_key))
    ran = t2s("distill", "runs", "-o", "out", "--model", "none", "--workspace", "ws", "-v", "--min-support", "2")
    assert ran.code in (0, 3, 10), ran.err
    assert kept(here, secrets, ran.out + ran.err) == []


def test_no_name_of_a_file_or_folder_keeps_a_secret(here: Path, t2s: Command) -> None:
    secrets: dict[str, str] = {}
    for at, name in enumerate(FORMATS):
        secrets[name] = token(at)
        folder = here / "runs" / (f"f-{secrets[name]}" if at % 2 else name)
        folder.mkdir(parents=True)
        path = sample(name)
        (folder / (f"a{path.suffix}" if at % 2 else f"a-{secrets[name]}{path.suffix}")).write_bytes(path.read_bytes())
    ran = t2s("distill", "runs", "-o", "out", "--model", "none", "--workspace", "ws", "-v", "--min-support", "2")
    assert ran.code in (0, 3, 10), ran.err
    assert kept(here, secrets, ran.out + ran.err) == []
