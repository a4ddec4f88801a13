"""Wishes of users: known by what they do in a conversation, in any language, and told in the user's words."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2s_local.analysts._mined.wishes.corrections import UNCLEAR, UNHEARD
from t2s_local.analysts._mined.wishes.own_words import own_sentences
from t2s_local.analysts._mined.wishes.prose import sentences
from t2s_local.text.lesson_words import wish_of
from t2s_local.values.trajectory import Step, Trajectory
from tests.build import step, trajectory
from tests.mining import lessons, refusals


def edit(old: str, new: str, *, key: str, path: str = "rates.py") -> tuple[Step, Step]:
    arguments: dict[str, object] = {"file_path": path, "old_string": old, "new_string": new}
    text = msgspec.json.encode(arguments).decode()
    call = Step(kind="tool_call", text=text, tool="Edit", arguments=arguments, call_id=key)
    return call, Step(kind="tool_result", text="updated", tool="Edit", call_id=key)


WROTE = edit("", "r = requests.get(url)", key="1")
REWROTE = edit("r = requests.get(url)", "r = httpx.get(url)", key="2")


def conversation(words: str, *before: Step, asked: str = "fetch the rates", parent: str | None = None) -> Trajectory:
    run = trajectory(step("user", asked), *before, *WROTE, step("user", words), *REWROTE)
    return msgspec.structs.replace(run, parent_id=parent)


def told(run: Trajectory) -> list[str]:
    return [lesson.do for lesson in lessons(run, pattern="correction")]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("hey, we use httpx here, not requests", "We use httpx here, not requests."),
        ("And we always use httpx here, never requests", "We always use httpx here, never requests."),
        ("could we also use httpx here, not requests?", "use httpx here, not requests."),
        ("können wir bitte immer httpx nehmen?", "immer httpx nehmen."),
        ("Oh. Bitte nimm httpx statt requests.", "Bitte nimm httpx statt requests."),
        ("不要用 requests，统一用 httpx", "不要用 requests，统一用 httpx."),
        ("requestsではなくhttpxを使ってください", "requestsではなくhttpxを使ってください。"),
        ("requests 말고 httpx 쓰세요", "requests 말고 httpx 쓰세요。"),
        ("у нас везде httpx, а не requests", "У нас везде httpx, а не requests."),
        ("aquí usamos httpx en vez de requests", "Aquí usamos httpx en vez de requests."),
        ("I know I said requests is fine, but we always use httpx", "We always use httpx."),
        ("Thanks! Always use httpx.\n\n$ make test\n2 failed, 1 passed in 3s", "Always use httpx."),
    ],
)
def test_a_correction_is_told_in_the_words_that_state_it(words: str, rule: str) -> None:
    (found,) = told(conversation(words))
    assert wish_of(found).casefold() == rule.casefold()


@pytest.mark.parametrize(
    "words", ["now add a retry", "does httpx support proxies?", "thanks, that is what I wanted", "ok", "还有别的吗？"]
)
def test_orders_questions_and_thanks_are_no_corrections(words: str) -> None:
    assert told(conversation(words)) == []


@pytest.mark.parametrize(
    "mark", [step("tool_result", "^C KeyboardInterrupt"), step("system", "Request interrupted by user")]
)
def test_what_a_person_says_on_stopping_the_agent_is_a_wish_also_before_its_first_call(mark: Step) -> None:
    begun = step("assistant", "Let us change assets/style.css and")
    words = step("user", "use the style tag of the page")
    stopped = (step("user", "round the border"), begun, mark, words)
    assert [wish_of(found) for found in told(trajectory(*stopped, *REWROTE))] == ["Use the style tag of the page."]
    assert told(trajectory(step("user", "round the border"), begun, words, *REWROTE)) == []


@pytest.mark.parametrize(
    "words",
    [
        "only edit index.html",
        "change all the borders to be blue instead of green",
        "instead of printing all the rates, print a summary",
    ],
)
def test_an_order_about_what_this_task_is_to_give_is_no_rule(words: str) -> None:
    assert told(conversation(words)) == []


def test_a_polite_request_for_more_is_no_rule_where_the_agent_takes_nothing_back() -> None:
    words = "each time the ball bounces off the paddle, can you make it go 10% faster?"
    assert told(trajectory(step("user", "a game of pong"), *WROTE, step("user", words), *REWROTE)) == []


def test_a_change_of_mind_is_no_rule() -> None:
    words = "don't use requests, use httpx"
    assert told(conversation(words)) != []
    assert told(conversation(words, asked="fetch the rates, r = requests get url")) == []
    assert told(conversation(f"on second thought {words}")) == []


def test_who_takes_back_what_the_agent_wrote_needs_no_word_for_it() -> None:
    assert told(conversation("only httpx, please")) != []
    unheeded = trajectory(step("user", "fetch the rates"), *WROTE, step("user", "only httpx, please"))
    assert told(unheeded) == []


def test_words_of_a_result_sent_by_the_user_are_not_the_users_own() -> None:
    words = "Never use requests here, we always use httpx instead."
    pasted = (step("tool_call", "cat notes", tool="bash", call_id="0"), step("tool_result", words, call_id="0"))
    assert told(conversation(words)) != []
    assert told(conversation(words, *pasted)) == []


def test_half_of_a_result_sent_by_the_user_is_not_the_users_own() -> None:
    shown = f"{'x' * 70_000} It says: Never use requests here, we always use httpx instead, as of May."
    pasted = (step("tool_call", "cat notes", tool="bash", call_id="0"), step("tool_result", shown, call_id="0"))
    assert told(conversation("Never use requests here, we always use httpx instead", *pasted)) == []


@given(st.text("ab ", max_size=90), st.integers(0, 90), st.integers(0, 60))
def test_a_sentence_is_the_users_own_unless_it_stood_there_before(shown: str, start: int, size: int) -> None:
    words = "aa bb " * 4 + shown[start : start + size]
    steps = (step("tool_call", "x"), step("tool_result", shown), step("user", words), step("assistant", words))
    said = list(sentences(words))
    own = [one for one in said if len(one) < 24 or one not in shown]
    assert set(own_sentences(steps)[2]) <= set(own)
    assert own_sentences((*steps[:1], *steps[2:])) == {1: said}


def test_of_a_conversation_of_thousands_of_turns_the_first_thousand_are_heard_and_the_others_counted() -> None:
    turns = (step("user", f"No, always use httpx for {n}") for n in range(3000))
    run = trajectory(step("user", "fetch"), *WROTE, *turns)
    assert refusals(run)[UNHEARD] == 2001


def test_the_user_of_a_sub_agent_is_an_agent() -> None:
    assert told(conversation("we use httpx here, not requests", parent="main")) == []


def test_what_is_said_of_a_line_is_told_with_the_line() -> None:
    (rule,) = told(conversation("Requests belong in a wrapper, never in the code."))
    assert rule.endswith("never in the code. Instead of `r = requests.get(url)`.")
    wrote = edit("", "//requests:allow - until the client is there", key="1")
    rewrote = edit("//requests:allow - until the client is there", "r = httpx.get(url)", key="2")
    run = trajectory(step("user", "fetch"), *wrote, step("user", "We never allow requests, use httpx."), *rewrote)
    assert told(run) == ["We never allow requests, use httpx. Instead of `//requests:allow`."]


def test_the_quotes_show_what_went_and_what_came_not_what_an_edit_found() -> None:
    before = "def rates(url):\n" + "    # one line of the file after the other\n" * 12
    rewrote = edit(f"{before}\tr = requests.get(url)", f"{before}\tr = httpx.get(url, timeout=9)", key="2")
    run = trajectory(step("user", "fetch"), *WROTE, step("user", "we use httpx here, not requests"), *rewrote)
    (found,) = lessons(run, pattern="correction")
    assert {quote.role: quote.text for quote in found.evidence if quote.role != "correction"} == {
        "action": "r = requests.get(url)",
        "fix": "r = httpx.get(url, timeout=9)",
    }


def test_a_remark_in_brackets_is_not_taken_out_of_what_it_belongs_to() -> None:
    said = "Using npm for this should be fine, right? (we always use make in other folders so that nobody needs npm)"
    (rule,) = told(conversation(f"Thanks. {said}"))
    whole = "We always use make in other folders so that nobody needs npm. Exception: Using npm should be fine."
    assert wish_of(rule) == whole


@pytest.mark.parametrize(
    "words",
    [
        "we don't need to say it quite so many times",
        "no, we never do it like this here",
        "das machen wir damit nie so, bitte immer anders",
        "eso nunca se hace así, siempre de la otra manera",
        "это у нас всегда делается не так",
        "这个我们从来不这样做，以后都要改",
        "それは必ず禁止です",
        "그거는 절대 금지입니다",
    ],
)
def test_what_points_at_something_that_only_the_conversation_shows_is_not_told(words: str) -> None:
    run = conversation(words)
    assert told(run) == []
    assert refusals(run)[UNCLEAR] == 1


def test_a_pronoun_is_told_with_what_it_stands_for() -> None:
    said = "There's already a client for httpx, reuse it rather than adding requests"
    assert [wish_of(one) for one in told(conversation(said))] == [f"{said}."]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("could we just use httpx for requests then, and just pin it?", "Use httpx for requests, and pin it."),
        (
            "using npm for this should be fine, since nobody builds here, right? (we always use make in other folders)",
            "Using npm should be fine where nobody builds here. We always use make in other folders.",
        ),
        (
            "using npm for this should be fine, since nobody builds here, right? (we always use make to build)",
            "We always use make to build. Exception: Using npm should be fine where nobody builds here.",
        ),
    ],
)
def test_a_question_is_told_as_the_rule_it_proposes_under_its_condition(words: str, rule: str) -> None:
    found = told(conversation(words))
    assert [wish_of(one) for one in found] == [rule]


def test_a_comment_that_silences_a_linter_tells_when_the_order_holds() -> None:
    wrote = edit("for row in rows:", "# noqa: B007 - rows are many\nfor row in rows:", key="1")
    undo = edit("# noqa: B007 - rows are many\nfor row in rows:", "for _ in rows:", key="2")
    words = step("user", "use an underscore instead of the noqa comment")
    (found,) = told(trajectory(step("user", "fetch the rates"), *wrote, words, *undo))
    assert found.startswith("Where the check `B007` complains about `for row in rows:`: use an underscore instead of")
    assert found.endswith("Instead of `# noqa`.")


@pytest.mark.parametrize(
    ("line", "words", "rule"),
    [
        ("default:", "Always remove default, and list all others", "always remove default, and list all others"),
        ("else:", "or else list all others, never use else", "or else list all others, never use else"),
        ("stay_on:", "Always remove stay_on, and list all", "always remove `stay_on`, and list all"),
        ("stayOn:", "Always remove `a stayOn b` and stayOn", "always remove `a stayOn b` and `stayOn`"),
    ],
)
def test_a_name_that_is_a_line_of_the_removed_code_is_told_as_code_and_a_word_of_prose_is_not(
    line: str, words: str, rule: str
) -> None:
    old = f"match rate:\n    case 1:\n        go()\n    {line}\n        stay()"
    wrote = edit("match rate:", "//covered:ignore - few rates\nmatch rate:", key="1")
    undo = edit(f"//covered:ignore - few rates\n{old}", "match rate:\n    case 1, 2:\n        go()", key="2")
    (found,) = told(trajectory(step("user", "fetch the rates"), *wrote, step("user", words), *undo))
    assert found == (
        f"Where the linter `covered` complains about `match rate:`: {rule}. Instead of `//covered:ignore`."
    )
