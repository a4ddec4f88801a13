"""``t2s config``: every setting and where it comes from, though a file is broken, and the page about all of them."""

from pathlib import Path

import pytest

from t2s_local.config import defaults
from tests.conftest import Command
from tests.places import ROOT

BROKEN = [
    ("seed = 1\n\nmin_suport = 2\n", "3: there is no setting 'min_suport'; 'min_support' is one"),
    ('# mine\nmin_support = "x"\n', "2: min_support: expected `int`, got `str`"),
    ("seed =\n", "1: not TOML: invalid value"),
]


@pytest.fixture
def own(here: Path) -> Path:
    path = here / "config" / "t2s" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


def test_every_setting_is_listed_with_where_it_comes_from(own: Path, t2s: Command) -> None:
    own.write_text("seed = 7\n")
    ran = t2s("config", "show")
    assert all(name in ran.out for name in defaults())
    assert next(line for line in ran.out.splitlines() if line.startswith("seed")).split() == ["seed", "7", str(own)]
    assert f"Your file: {own}" in ran.err
    assert "This folder's file: t2s.toml (not there)" in ran.err


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_a_broken_file_is_named_by_line_and_setting_and_the_settings_are_still_listed(
    own: Path, t2s: Command, text: str, said: str
) -> None:
    own.write_text(text)
    stopped = t2s("runs", "ls")
    assert (stopped.code, f"{own}:{said}" in stopped.err) == (2, True)
    shown = t2s("config", "show")
    assert shown.code == 0
    assert f"Not used: {own}:{said}" in shown.err
    assert "min_support" in shown.out


def test_the_page_about_the_settings_is_the_one_that_is_printed(here: Path, t2s: Command) -> None:
    page = (ROOT / "t2s_local" / "decisions" / "settings.md").read_text("utf-8")
    assert t2s("config", "reference").out == page
    assert all(f"## {name}\n" in page for name in defaults())
