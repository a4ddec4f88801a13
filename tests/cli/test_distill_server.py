"""`t2s distill --model URL`: a server the user names, from the command line to the skills."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import Ran, in_own_process
from tests.places import SAMPLES
from tests.servers import ModelServer, serving

pytestmark = pytest.mark.server

KEY = "sk-this-key-is-nobodys"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving(ModelServer()) as started:
        yield started


def distill(folder: Path, model: str, *more: str, **variables: str) -> Ran:
    runs = sorted((SAMPLES / "mini_swe_agent").iterdir())[:8]
    own = {"XDG_CONFIG_HOME": str(folder / "config"), **variables}
    asked = ("--model", model, "--analyst", "llm", *more)
    return in_own_process("distill", *runs, "-o", "out", *asked, cwd=folder, environment=own)


def test_a_sealed_run_asks_the_named_server_and_keeps_its_key_to_itself(server: ModelServer, tmp_path: Path) -> None:
    ran = distill(tmp_path, f"{server.url}#small", T2S_SERVER_KEY=KEY)
    assert ran.code == 0, ran.err
    assert f"The seal lets 127.0.0.1:{server.server_port} through and nothing beside it." in ran.err
    assert "small at 127.0.0.1:" in ran.err
    assert "held to a JSON schema" in ran.err
    assert server.questions
    assert {one.headers["Authorization"] for one in server.asked} == {f"Bearer {KEY}"}
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert KEY.encode() not in written
    assert KEY not in ran.err + ran.out


def test_a_second_run_asks_no_question_again(server: ModelServer, tmp_path: Path) -> None:
    first = distill(tmp_path, server.url, "--json")
    n_asked = len(server.questions)
    again = distill(tmp_path, server.url, "--json")
    assert (first.code, again.code) == (0, 0)
    assert len(server.questions) == n_asked > 0


def test_a_server_that_is_not_there_ends_with_5_and_leaves_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ran = distill(tmp_path, f"http://127.0.0.1:{port}/v1")
    assert ran.code == 5
    assert ran.err.startswith(f"Error: no server answers at 127.0.0.1:{port} (")
    assert "Hint: Is the server started?" in ran.err
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - names alone


def test_another_machine_is_reached_where_the_users_own_settings_name_it(tmp_path: Path) -> None:
    url = "http://gpu.invalid:8080/v1"
    refused = distill(tmp_path, url)
    assert refused.code == 2
    assert "another machine than this one" in refused.err
    settings = tmp_path / "config" / "t2s" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('server_hosts = "gpu.invalid"\n')
    allowed = distill(tmp_path, url)
    assert (allowed.code, "gpu.invalid has no address" in allowed.err) == (5, True)


@pytest.mark.parametrize("line", ['model = "http://127.0.0.1:9/v1"', 'server_hosts = "gpu.invalid"'])
def test_a_projects_file_names_no_server_and_allows_none(line: str, tmp_path: Path) -> None:
    (tmp_path / "t2s.toml").write_text(f"{line}\n")
    ran = distill(tmp_path, "none")
    assert ran.code == 2
    assert "a project's file cannot" in ran.err
