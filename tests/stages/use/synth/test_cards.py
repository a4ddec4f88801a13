"""Tests of the cards of runs."""

from t2s_local.runs.using.tokens import shipped_counter
from t2s_local.stages.use.synth.cards import MOST_TOKENS, card_of
from t2s_local.values.lesson import Quote
from t2s_local.values.trajectory import TrajectoryId
from tests.build import lesson


def test_a_card_has_the_outcome_and_three_lessons_and_fits_its_tokens() -> None:
    _, count = shipped_counter()
    quote = Quote(
        trajectory_id=TrajectoryId("run-1"), step=4, role="observation", text="error: " + "no such table " * 60
    )
    lessons = [
        lesson(f"the query {number} fails " * 20, "look at the schema first " * 30, evidence=(quote,))
        for number in range(5)
    ]
    card = card_of("run-1", task="find " * 200, outcome="failure", similarity=0.5, lessons=lessons, count=count)
    assert (len(card.lessons), card.n_left) == (3, 2)
    assert count(card.text) <= MOST_TOKENS
    assert "Outcome: failure" in card.text
    assert "Step 4, observation" in card.text


def test_a_card_without_a_lesson_says_so() -> None:
    card = card_of("run-1", task="", outcome=None, similarity=0.25, lessons=[], count=len)
    assert "No lesson was found in it." in card.text
    assert "Outcome: unknown; similarity of the tasks 0.25" in card.text
