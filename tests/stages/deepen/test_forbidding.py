"""Prohibitions in the words of English and of other languages."""

import pytest

from t2s_local.skills.patch.page import Page
from t2s_local.stages.deepen.forbidding import forbidding_sentences
from t2s_local.stages.deepen.prohibitions import Ban, bans_in
from t2s_local.stages.deepen.units import units_of


def bans(text: str) -> list[Ban]:
    (unit,) = units_of(Page(path="SKILL.md", text=f"- {text}\n"), frozenset())
    return list(bans_in(unit, frozenset()))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Running the linter is not allowed.", {"linter"}),
        ("The linter must not be run.", {"linter"}),
        ("Force pushes are forbidden.", {"forc", "push"}),
        ("You must not run the linter.", {"linter"}),
        ("Agents may not run the linter here.", {"linter", "her"}),
        ("It is not allowed to run the linter.", {"linter"}),
        ("We never run the linter.", {"linter"}),
        ("Under no circumstances run the linter.", {"linter"}),
        ("Avoid linting.", {"lint"}),
    ],
)
def test_what_is_forbidden_is_read_in_any_order_of_the_words(text: str, words: set[str]) -> None:
    (ban,) = bans(text)
    assert ban.words - {"her"} == words - {"her"}
    assert not ban.unasked
    assert not ban.case


@pytest.mark.parametrize(
    "text",
    [
        "Only add tests when asked.",
        "Add tests only when asked.",
        "Add tests only on request.",
        "Only add tests if the user asked for them.",
        "Do not add tests unless asked.",
        "Never add tests without being asked.",
    ],
)
def test_what_waits_for_the_wish_of_a_user_is_forbidden_unasked(text: str) -> None:
    (ban,) = bans(text)
    assert (ban.words, ban.unasked) == (frozenset({"add", "test"}), True)


@pytest.mark.parametrize(
    "text",
    [
        "Only deploy if the tests pass.",
        "Do not deploy unless the tests pass.",
        "`deploy` before the tests is not allowed.",
        "Setze `deploy` nie ein, bevor die Tests laufen.",
        "Si la compilación falla, nunca ejecutes `deploy`.",
        "如果测试失败，不要运行 `deploy`。",
    ],
)
def test_what_is_forbidden_in_some_case_alone_is_shown_and_not_counted(text: str) -> None:
    assert list(forbidding_sentences(text)) == [text]
    assert not any(ban.names or ban.words for ban in bans(text) if not ban.case)


@pytest.mark.parametrize(
    "text",
    [
        "Niemals `deploy` verwenden.",
        "`deploy` ist verboten.",
        "Führe `deploy` nicht aus.",
        "Nunca uses `deploy`.",
        "No está permitido usar `deploy`.",
        "N'utilisez pas `deploy`.",
        "N’utilise jamais `deploy`.",
        "`deploy` est interdit.",
        "Никогда не запускай `deploy`.",
        "`deploy` использовать нельзя.",
        "不要使用 `deploy`。",
        "禁止运行 `deploy`。",
        "`deploy` を使わないでください。",
        "`deploy`の実行は禁止です。",
        "`deploy`를 사용하지 마세요.",
        "`deploy` 사용 금지.",
    ],
)
def test_other_languages_forbid_by_the_names_in_code(text: str) -> None:
    (ban,) = bans(text)
    assert (ban.names, ban.unasked) == (frozenset({"deploy"}), False)


@pytest.mark.parametrize(
    "text",
    [
        "Nie `deploy` ohne Rückfrage.",
        "Nunca ejecutes `deploy` sin permiso.",
        "未经许可禁止运行 `deploy`。",
        "Jamais `deploy` sans accord.",
    ],
)
def test_other_languages_have_wishes_that_lift_a_prohibition(text: str) -> None:
    (ban,) = bans(text)
    assert (ban.names, ban.unasked) == (frozenset({"deploy"}), True)


@pytest.mark.parametrize(
    "text",
    [
        "Run the linter.",
        "The linter does not find unused names.",
        "Only the last line counts.",
        "`deploy` findet die Tests nicht.",
        "Führe `deploy` aus, wenn die Tests laufen.",
        "`deploy` no encuentra las pruebas.",
        "运行 `deploy`。",
        "`deploy` を実行してください。",
        "Use `a`, not `b`.",
    ],
)
def test_what_only_describes_or_orders_forbids_nothing(text: str) -> None:
    assert bans(text) == []
    assert list(forbidding_sentences(text)) == []


def test_the_other_half_of_a_foreign_sentence_is_not_forbidden() -> None:
    (ban,) = bans("不要用 `npm`，用 `pnpm`。")
    assert ban.names == {"npm"}
    (ban,) = bans("Nie `npm` verwenden, sondern `pnpm`.")
    assert ban.names == {"npm"}
