"""A rule of a skill is shown in the words of its page, wherever it is shown."""

import json
from pathlib import Path

import pytest

from t2s_local.text.text import squeeze
from tests.commands import in_process


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worded")
    assert in_process("demo", "-o", folder / "skills", "--workspace", folder / "ws", "-q").code == 0
    return folder


def told(made: Path, *words: str | Path) -> list[dict[str, object]]:
    ran = in_process(*words, "--workspace", made / "ws", "--json")
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def page_of(made: Path, skill: object) -> str:
    files = sorted((made / "skills" / str(skill)).rglob("*.md"))
    return plain("\n".join(file.read_text() for file in files))


def plain(text: str) -> str:
    """Text without marks and escapes of Markdown."""
    return squeeze(text.replace("**", "").replace("\\", "").replace("`", ""))


def test_why_and_review_show_what_the_page_says(made: Path) -> None:
    items = told(made, "review", made / "skills", "--list")
    rules = [item for item in items if item.get("kind") == "rule" and item["skill"] is not None]
    rules += [
        rule for folder in (made / "skills").iterdir() if folder.name[0] != "." for rule in told(made, "why", folder)
    ]
    assert len(rules) > 30
    for rule in rules:
        assert rule["page"], rule["id"]
        page, lines = page_of(made, rule["skill"]), rule["page"]
        assert isinstance(lines, list)
        for line in lines:
            assert plain(line) in page


def test_a_skill_under_review_has_the_words_of_its_rules(made: Path) -> None:
    items = told(made, "review", made / "skills", "--list")
    for skill in (item for item in items if item.get("kind") == "skill"):
        inside = [item["page"] for item in items if item.get("kind") == "rule" and item["skill"] == skill["id"]]
        assert skill["rules"] == inside
        assert len(inside) == skill["n_rules"]


def test_a_rule_in_no_skill_has_the_words_that_a_page_would_have_for_it(made: Path) -> None:
    items = told(made, "review", made / "skills", "--list")
    waiting = {item["id"]: item["page"] for item in items if item.get("kind") == "rule" and item["skill"] is None}
    assert waiting
    assert all(waiting.values())
    assert waiting == {item["id"]: item["page"] for item in told(made, "candidates")}
