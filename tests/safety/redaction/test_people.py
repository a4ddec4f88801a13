"""Names of people in prose: what the lists know, what they do not, and what is said without them."""

import pytest

from t2s_local.safety.redaction.people import person_rule
from t2s_local.safety.redaction.sanitise import sanitise
from tests.build import step, trajectory

FOUND = (
    ("Please ask Maria Lopez about the invoice.", "Maria Lopez"),
    ("Hans Müller hat den Fehler gemeldet.", "Hans Müller"),
    ("Reviewed by Priya Sharma and merged.", "Priya Sharma"),
    ("The ticket of John F. Kennedy is closed.", "John F. Kennedy"),
    ("Anna van der Berg wrote the tests.", "Anna van der Berg"),
    ("Sofia Rossi's branch is behind.", "Sofia Rossi"),
    ("(cc José García)", "José García"),
    ("Emma Johansson: please rebase", "Emma Johansson"),
    ("Le client Marie Dubois attend.", "Marie Dubois"),
    ("owner=Michael Smith;", "Michael Smith"),
)
MISSED = (
    "Ask Maria about it.",
    "maria lopez said so",
    "LOPEZ, Maria",
    "Tell Bobby the Builder",
    "田中太郎 wrote this",
    "Wanjiru Kamau approved it",
)
"""What is not recognised: a given name alone, no capitals, turned round, nicknames, other letters, rare ones."""
NO_NAMES = (
    "Use Visual Studio or Docker Compose on Windows Server.",
    "The Jordan River and New York are places; Apache Spark is a program.",
    "class FooBar(BaseModel): pass  # Read The Docs",
    "ModuleNotFoundError: No module named 'Crypto'",
    "Ruby on Rails, Visual Basic, Google Chrome, Mozilla Firefox",
)


@pytest.fixture(scope="module", autouse=True)
def _lists() -> None:
    pytest.importorskip("faker", reason="the lists of names are not installed; they come with the extra [pii]")


def cleaned(text: str) -> str:
    return sanitise([trajectory(step("user", text))], extra=(person_rule(),)).trajectories[0].steps[0].text


@pytest.mark.parametrize(("text", "name"), FOUND)
def test_a_given_and_a_family_name_together_are_found(text: str, name: str) -> None:
    assert cleaned(text) == text.replace(name, "<PERSON_1>")


@pytest.mark.parametrize("text", MISSED)
def test_what_the_readme_says_is_missed_is_missed(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize("text", NO_NAMES)
def test_programs_and_places_are_no_people(text: str) -> None:
    assert cleaned(text) == text


def test_the_same_person_has_the_same_placeholder_and_counts_under_the_rule() -> None:
    run = trajectory(step("user", "I am Maria Lopez."), step("assistant", "Hello Maria Lopez, where is Hans Müller?"))
    done = sanitise([run], extra=(person_rule(),))
    assert [item.text for item in done.trajectories[0].steps] == [
        "I am <PERSON_1>.",
        "Hello <PERSON_1>, where is <PERSON_2>?",
    ]
    assert done.redactions == {"person-name": 3}
