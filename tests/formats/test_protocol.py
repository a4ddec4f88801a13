"""Formats are found by name, which no type checker sees: each is held against the protocol here."""

from pathlib import Path

import pytest

from t2s_local import registry
from tests.places import ROOT

FORMATS = registry.names("t2s_local.formats")


@pytest.mark.slow
def test_every_format_is_held_against_its_protocol_by_the_type_checker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mypy import api

    monkeypatch.chdir(ROOT)
    imports = "".join(f"from t2s_local.formats import {name}\n" for name in FORMATS)
    program = tmp_path / "held.py"
    for others, code in (("", 0), ("config, ", 1)):
        names = f"{others}{', '.join(FORMATS)},"
        program.write_text(
            "from t2s_local import config\nfrom t2s_local.ports.format import Format\n"
            f"{imports}\nheld: tuple[Format, ...] = ({names})\n"
        )
        said, wrong, ended = api.run([str(program)])
        assert ended == code, said + wrong
