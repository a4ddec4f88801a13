"""How long a model may be asked, as the user writes it."""

import click
import pytest

from t2s_local.cli.fit_options import Duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("20m", 1200), ("1h30m", 5400), ("90s", 90), ("2h", 7200), ("1h1m1s", 3661)]
)
def test_lengths_of_time_are_read(text: str, seconds: float) -> None:
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "0m", "20", "-5m", "20 minutes", "m"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(click.BadParameter, match="20m, 1h30m or 90s"):
        Duration().convert(text, None, None)
