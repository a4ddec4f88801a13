"""Values in which no conversation can be are not searched for one."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from t2s_local.formats._fallback.conversation_shape import may_hold_list, places

WORDS = st.sampled_from(
    ["user", "assistant", "tool", "run it", "ok", '[{"role": "user"}]', "", "> look\nYou see a lamp."]
)
KEYS = st.sampled_from(["role", "content", "text", "messages", "action", "observation", "actions", "observations", "0"])
VALUES = st.recursive(
    WORDS | st.integers(0, 3) | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
STEP = {"role": "user", "content": [{"type": "text", "text": "Count the lines."}], "meta": {"id": "a", "at": 3}}


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(VALUES)
def test_no_long_conversation_is_passed_over(value: object) -> None:
    if not may_hold_list(value):
        assert all(place.longest <= 2 for place in places(value))


def test_a_plain_step_is_not_searched_and_a_list_of_steps_is() -> None:
    assert not may_hold_list(STEP)
    assert may_hold_list({"messages": [STEP, STEP]})
    assert may_hold_list({"text": ' {"messages": []}'})
    assert may_hold_list({"actions": ["a", "b", "c"]})
