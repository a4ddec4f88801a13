"""Tables fit every terminal from 40 columns on, and break no word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from t2s_local.cli.printing.tables import table_lines, wrap
from tests.conftest import Command

HEAD = ("RUN", "SIZE", "SAYS")
ROWS = [
    ("0123456789ab", "12", "the agent ran the tests and found that two of them fail on a machine without a network"),
    ("fedcba987654", "7", "src/package/module/with/a/rather/long/path/to/a/file.py was edited"),
]


@given(st.integers(40, 200))
@settings(max_examples=40, deadline=None)
def test_no_line_is_wider_than_the_terminal_and_no_word_is_broken(width: int) -> None:
    lines = table_lines([HEAD, *ROWS], right=frozenset({1}), width=width)
    assert max(map(cell_len, lines)) <= width
    shown = "".join(" ".join(lines).split())
    assert all(word in shown for row in ROWS for word in row[0].split())
    assert all(any(word in line for line in lines) for word in ("network", "machine", "package/", "edited"))


def test_what_fits_is_one_line_a_row_and_what_no_terminal_shows_is_never_wrapped() -> None:
    assert len(table_lines([HEAD, *ROWS], right=frozenset({1}), width=200)) == 3
    assert len(table_lines([HEAD, *ROWS], right=frozenset({1}), width=None)) == 3


def test_what_cannot_be_wrapped_becomes_a_block_a_row() -> None:
    cells = [("NAME", "A", "B"), ("x" * 30, "y" * 20, "z" * 20)]
    assert table_lines(cells, right=frozenset(), width=40) == ["x" * 30, f"  a: {'y' * 20}", f"  b: {'z' * 20}"]


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"])), st.integers(10, 60))
@settings(max_examples=60, deadline=None)
def test_wrapping_loses_nothing_but_blanks(text: str, width: int) -> None:
    assert "".join("".join(wrap(text, width)).split()) == "".join(text.split())


@pytest.mark.parametrize("width", [40, 60, 100])
def test_a_command_fits_the_terminal(t2s: Command, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    listed = t2s("lint", "--list")
    assert listed.code == 0
    assert max(map(cell_len, listed.out.splitlines())) <= width
