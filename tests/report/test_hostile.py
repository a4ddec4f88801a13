"""What recordings hold is shown, and does nothing: to the page, to its reader, to their secrets."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from t2s_local.report.html import html_of
from t2s_local.safety.characters import unseen
from tests.commands import in_process
from tests.poisoned import cases
from tests.report.hostile import hostile_runs
from tests.report.made import page_about, text_of_page

ALLOWED = {"href", "id", "class", "lang", "dir", "role", "title", "name", "type", "value", "hidden", "open", "checked"}
ALLOWED |= {"tabindex", "scope", "for", "placeholder", "autocomplete", "focusable", "viewbox", "preserveaspectratio"}
ALLOWED |= {
    "x",
    "y",
    "width",
    "height",
    "d",
    "cx",
    "cy",
    "r",
    "rx",
    "stroke-width",
    "text-anchor",
    "charset",
    "content",
    "http-equiv",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    runs = hostile_runs(folder / "runs")
    done = in_process("distill", runs, "-o", folder / "out", "--workspace", folder / "ws", "--model", "none", "-q")
    assert done.code == 0, done.err
    return folder / "ws"


@pytest.fixture(scope="module")
def source(workspace: Path) -> str:
    return html_of(page_about(workspace))


class Tags(HTMLParser):
    """Collects elements and attributes."""

    def __init__(self) -> None:
        """Start without any."""
        super().__init__()
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links.update(value or "" for name, value in attrs if name == "href")


def test_no_text_of_a_recording_becomes_an_element_or_an_attribute(source: str) -> None:
    tags = Tags()
    tags.feed(source)
    assert tags.elements.count("script") == tags.elements.count("style") == 1
    assert not {"img", "iframe", "link", "base", "object", "embed", "form action", "b"} & set(tags.elements)
    assert {name for name in tags.attributes if not name.startswith(("aria-", "data-"))} <= ALLOWED
    assert all(link.startswith("#") for link in tags.links)


def test_what_they_say_is_there_to_be_read(source: str) -> None:
    says = text_of_page(source)
    assert "<script>window.hacked=1</script>" in says
    assert "{{ 7 * 7 }}" in says
    assert "javascript:window.hacked=1" in says


def test_no_character_of_the_page_is_unseen_or_acts_on_others(source: str) -> None:
    assert unseen(source) == ()
    assert "\x1b" not in source


def test_a_page_about_poisoned_runs_has_no_rule_of_the_poison(tmp_path: Path) -> None:
    poisoned = cases()[::7]
    folder = tmp_path / "runs"
    folder.mkdir()
    for number, case in enumerate(poisoned):
        lines = [msgspec.json.encode(run).decode() for run in case.poisoned]
        (folder / f"{number}.jsonl").write_text("\n".join(lines) + "\n")
    words = ("distill", folder, "-o", tmp_path / "out", "--workspace", tmp_path / "ws", "--model", "none", "-q")
    assert in_process(*words).code == 0
    page = page_about(tmp_path / "ws")
    rules = msgspec.json.encode([[rule.head, rule.details] for skill in page.skills for rule in skill.rules]).decode()
    rules += msgspec.json.encode(
        [[item.head, item.details] for item in page.candidates if not risky(item.lacks)]
    ).decode()
    assert page.read.n_runs
    assert [case.marker for case in poisoned if case.marker in rules] == []


def risky(lacks: tuple[str, ...]) -> bool:
    return any("risky" in lack for lack in lacks)


def test_the_page_keeps_no_secret_and_no_home(tmp_path: Path) -> None:
    token = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
    folder = tmp_path / "home" / "maria" / "runs"
    folder.mkdir(parents=True)
    for number in range(4):
        calls = (
            ("deploy --key {0}", 1, "Error: {0} is not known in /home/maria/work"),
            ("deploy --again", 0, "ok {0}"),
        )
        steps: list[dict[str, object]] = []
        steps.append({"kind": "user", "text": f"Deploy part {number} with {token}."})
        for at, (command, code, output) in enumerate(calls):
            call: dict[str, object] = {
                "kind": "tool_call",
                "tool": "bash",
                "text": command.format(token),
                "call_id": str(at),
            }
            result: dict[str, object] = {
                "kind": "tool_result",
                "text": output.format(token),
                "call_id": str(at),
                "exit_code": code,
            }
            steps.extend([call, result])
        (folder / f"{token}-{number}.json").write_text(json.dumps({"session_id": f"{token}{number}", "steps": steps}))
    words = ("distill", folder, "-o", tmp_path / "out", "--workspace", tmp_path / "ws", "--model", "none", "-q")
    assert in_process(*words).code == 0
    source = html_of(page_about(tmp_path / "ws"))
    assert token not in source
    assert not re.search(r"/home/maria\b(?!/runs)", source)
