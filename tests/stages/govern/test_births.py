"""At most two new skills in a round of judged runs, and none whose evidence is older than six rounds."""

from t2s_local.stages.govern.births import FULL, STALE, Births, Newborn
from t2s_local.stages.govern.rounds import WINDOW
from t2s_local.values.event import Event


def new(name: str, support: int = 3, *, digest: str = "d") -> Newborn:
    return Newborn(name=name, digest=digest, support=support)


def after(*events: Event, rounds: int = 1) -> Births:
    """Return what is known after *events*, and then after rounds of judged runs."""
    found = Births()
    for event in events:
        found.add(event)
    add_rounds(found, rounds)
    return found


def add_rounds(found: Births, n: int, *, named: str = "run") -> None:
    for number in range(n * WINDOW):
        found.add(Event(at="-", kind="used", skill="old", run=f"{named}{number}", verdict="helped", use="followed"))


def event(kind: str, skill: str, digest: str = "d") -> Event:
    return Event(at="-", kind=kind, skill=skill, digest=digest)


def test_two_are_born_in_a_round_those_with_the_most_support() -> None:
    found = after(event("written", "old"))
    assert found.waiting([new("a", 3), new("b", 9), new("c", 4), new("d", 3)]) == {"a": FULL, "d": FULL}


def test_what_was_born_in_this_round_counts_and_what_was_born_before_does_not() -> None:
    found = after(event("written", "old"), event("written", "older"), event("written", "oldest"))
    found.add(event("written", "a"))
    assert found.waiting([new("b"), new("c")]) == {"c": FULL}
    add_rounds(found, 1, named="next")
    assert found.waiting([new("b"), new("c")]) == {}


def test_before_the_first_round_is_complete_nothing_waits() -> None:
    assert after(rounds=0).waiting([new(name) for name in "abcd"]) == {}


def test_six_rounds_after_its_last_failure_a_skill_is_not_born_by_itself() -> None:
    for rounds, expected in ((5, {}), (6, {"a": STALE})):
        found = after(rounds=1)
        found.add(event("proposed", "a"))
        add_rounds(found, rounds, named="later")
        assert found.waiting([new("a")]) == expected
        assert found.waiting([new("a", digest="of one more run")]) == {}
