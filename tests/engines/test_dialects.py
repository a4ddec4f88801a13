"""Every chat dialect gives the frame its models were trained on, without a thought before the answer."""

import pytest

from t2s_local.engines._llamacpp.chat import frame
from t2s_local.weights.dialects import DIALECTS, dialect_of, jinja_of
from tests.engines.dialects import CASES


@pytest.mark.parametrize("name", CASES)
def test_a_template_gives_the_frame_of_its_dialect(name: str) -> None:
    case = CASES[name]
    found = frame(case.template, has_shared=True, start="<s>", end="</s>")
    assert (found.before, found.between, found.after) == (case.before, case.between, case.after)
    dialect = dialect_of(case.template)
    assert (dialect.name if dialect else None) == case.dialect


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
def test_the_table_speaks_every_dialect_itself(dialect: object) -> None:
    """Ollama keeps templates in a language of its own: the table stands in for them."""
    one = next(known for known in DIALECTS if known is dialect)
    found = frame(jinja_of(one), has_shared=True, start="<s>", end="</s>")
    assert dialect_of(jinja_of(one)) is one
    assert found.before.startswith("<s>")
    assert found.after == one.user[1] + one.answer
    if one.system is None:
        assert (found.before, found.between) == ("<s>" + one.user[0], "\n\n")
    else:
        assert (found.before, found.between) == ("<s>" + one.system[0], one.system[1] + one.user[0])


def test_a_dialect_nobody_described_is_none() -> None:
    assert dialect_of("{{ messages }}") is None
